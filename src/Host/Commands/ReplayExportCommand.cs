using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Writes what a run's shards hold to a file that offline learners read.</summary>
internal sealed class ReplayExportCommand(HostConsole console)
{
    /// <summary>Writes the file; it appears whole or not at all.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="output">The file.</param>
    /// <param name="isForced">Whether one that is there is replaced.</param>
    /// <param name="stop">Cancelled when the user gives up.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">There is nothing to read, it is damaged, or the file may not be written.</exception>
    public async Task<int> RunAsync(string run, string output, bool isForced, CancellationToken stop)
    {
        string path = Path.GetFullPath(output);
        RequireFree(path, isForced);
        try
        {
            using RunReplay contents = RunReplay.Open(run);
            foreach (string line in contents.Missing.Lines)
            {
                await console.Error.WriteLineAsync($"warning: {line}: what is exported lacks its transitions").ConfigureAwait(false);
            }

            long transitions = await WriteAsync(contents, path, isForced, stop).ConfigureAwait(false);
            await console.Output.WriteLineAsync(FormattableString.Invariant(
                $"{transitions} transitions of {contents.Shards.Count} shards are in {path}, {new FileInfo(path).Length} bytes")).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (ReplayFileException exception)
        {
            await console.Error.WriteLineAsync($"error: {exception.Message}: export when the node has ended").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync(
                $"error: {path} cannot be written ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}): make room, or give another --output").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static void RequireFree(string path, bool isForced)
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

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new UserErrorException($"--output {path} lies in no folder that exists: make it first");
        }
    }

    private static async Task<long> WriteAsync(RunReplay contents, string path, bool isForced, CancellationToken stop)
    {
        string unfinished = $"{path}.tmp";
        try
        {
            long transitions;
            FileStream stream = new(unfinished, FileMode.Create, FileAccess.Write);
            await using (stream.ConfigureAwait(false))
            {
                transitions = await ParquetReplayWriter.WriteAsync(contents, stream, stop).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, isForced);
            return transitions;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
