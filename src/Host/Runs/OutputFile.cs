using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>A file that <c>--output</c> names. It appears whole or not at all, and never over something that is no file.</summary>
internal static class OutputFile
{
    /// <summary>Throws where the file may not be written.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="isForced">Whether one that is there is replaced.</param>
    /// <exception cref="UserErrorException">It is there, is no regular file, belongs to a run's checkpoints, or lies in no folder.</exception>
    public static void RequireFree(string path, bool isForced)
    {
        if (Directory.Exists(path))
        {
            throw new UserErrorException($"--output {path} is a folder: name a file");
        }

        // To rename a file over a device takes the device away from everybody.
        if (File.Exists(path) && !FileKind.IsRegular(path))
        {
            throw new UserErrorException($"--output {path} is no regular file: give another --output");
        }

        if (File.Exists(path) && !isForced)
        {
            throw new UserErrorException($"--output {path} exists: give another name, or --force to replace it");
        }

        // Not by force either: what a run goes on from is nobody's output.
        if (File.Exists(path) && new CheckpointStore(Path.GetDirectoryName(path)!).Exists)
        {
            throw new UserErrorException($"--output {path} belongs to the checkpoints of a run: give another --output");
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new UserErrorException($"--output {path} lies in no folder that exists: make it first");
        }
    }

    /// <summary>Writes the file under another name and gives it its own once it is whole.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="isForced">Whether one that is there is replaced.</param>
    /// <param name="write">Writes the contents.</param>
    /// <returns>What <paramref name="write"/> returned.</returns>
    public static async Task<T> WriteAsync<T>(string path, bool isForced, Func<Stream, Task<T>> write)
    {
        string unfinished = $"{path}.tmp";
        try
        {
            T result;
            FileStream stream = new(unfinished, FileMode.Create, FileAccess.Write);
            await using (stream.ConfigureAwait(false))
            {
                result = await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, isForced);
            return result;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>One line for a file that could not be written.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="exception">An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    public static string Problem(string path, Exception exception)
    {
        string remedy = exception is IOException ? "make room, or give another --output" : "give another --output, in a folder that you may write to";
        return $"{path} cannot be written ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}): {remedy}";
    }
}
