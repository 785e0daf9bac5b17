using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What the <c>export</c> command was asked.</summary>
/// <param name="Run">A run's folder, the folder of its checkpoints, or one's manifest.</param>
/// <param name="Format">The file's format, as typed.</param>
/// <param name="Output">The file.</param>
/// <param name="Choice">Which of a folder's checkpoints.</param>
/// <param name="IsForced">Whether a file that is there is replaced.</param>
internal sealed record ExportRequest(string Run, string Format, string Output, CheckpointChoice Choice, bool IsForced);

/// <summary>Writes a checkpoint's policy to a file that other programs read.</summary>
internal sealed class ExportCommand(ICheckpointSource checkpoints, HostConsole console)
{
    private static readonly Dictionary<string, Action<CheckpointContent, Stream>> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["onnx"] = PolicyExport.WriteOnnx,
        ["safetensors"] = PolicyExport.WriteSafeTensors,
    };

    /// <summary>Writes the file; it appears whole or not at all.</summary>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">There is nothing to read, it is damaged, the format cannot hold it, or the file may not be written.</exception>
    public async Task<int> RunAsync(ExportRequest request)
    {
        if (!Formats.TryGetValue(request.Format, out Action<CheckpointContent, Stream>? write))
        {
            throw new UserErrorException($"--format {request.Format} is none that is written: give {string.Join(" or ", Formats.Keys)}");
        }

        string path = Path.GetFullPath(request.Output);
        OutputFile.RequireFree(path, request.IsForced);
        LoadedCheckpoint loaded = checkpoints.Read(request.Run, request.Choice);
        foreach (string notice in loaded.Notices)
        {
            await console.Error.WriteLineAsync($"warning: {notice}").ConfigureAwait(false);
        }

        CheckpointContent content = loaded.Content;
        try
        {
            long length = await OutputFile.WriteAsync(
                path,
                request.IsForced,
                stream =>
                {
                    write(content, stream);
                    return Task.FromResult(stream.Length);
                }).ConfigureAwait(false);
            await console.Output.WriteLineAsync($"the policy {content.Layout.Description} of {content.EnvironmentName} is in {path}, {length} bytes").ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (LearnerException exception)
        {
            throw new UserErrorException(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"error: {OutputFile.Problem(path, exception)}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
