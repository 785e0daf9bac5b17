using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Writes what a run's shards hold to a file that offline learners read.</summary>
internal sealed class ReplayExportCommand(HostConsole console)
{
    /// <summary>Writes the file; it appears whole or not at all.</summary>
    /// <param name="run">The run's folder, or a file of one of its shards.</param>
    /// <param name="output">The file.</param>
    /// <param name="isForced">Whether one that is there is replaced.</param>
    /// <param name="stop">Cancelled when the user gives up.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">There is nothing to read, it is damaged, or the file may not be written.</exception>
    public async Task<int> RunAsync(string run, string output, bool isForced, CancellationToken stop)
    {
        string path = Path.GetFullPath(output);
        OutputFile.RequireFree(path, isForced);
        try
        {
            using RunReplay contents = RunReplay.Open(run);
            foreach (string line in contents.Missing.Lines)
            {
                await console.Error.WriteLineAsync($"warning: {line}: what is exported lacks its transitions").ConfigureAwait(false);
            }

            long transitions = await OutputFile.WriteAsync(path, isForced, stream => ParquetReplayWriter.WriteAsync(contents, stream, stop)).ConfigureAwait(false);
            await console.Output.WriteLineAsync(FormattableString.Invariant(
                $"{transitions} transitions of {contents.Shards.Count} shards are in {path}, {new FileInfo(path).Length} bytes")).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (ReplayFileException exception)
        {
            await console.Error.WriteLineAsync($"error: {exception.Message}: wait until it has ended").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"error: {OutputFile.Problem(path, exception)}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
