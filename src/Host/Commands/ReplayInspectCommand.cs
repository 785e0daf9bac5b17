using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Prints what a run's shards or an exported file hold.</summary>
internal sealed class ReplayInspectCommand(HostConsole console)
{
    private const int PartRows = 1 << 14;

    /// <summary>Reads everything and prints it.</summary>
    /// <param name="path">A run's folder or an exported file.</param>
    /// <param name="isJson">Whether a script reads it.</param>
    /// <param name="stop">Cancelled when the user gives up.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">There is nothing to read, or it is damaged.</exception>
    public int Run(string path, bool isJson, CancellationToken stop)
    {
        try
        {
            using IReplayContents contents = File.Exists(path) ? ParquetReplayFile.Open(path) : RunReplay.Open(path);
            Print(contents, isJson, stop);
            return ExitCode.Done;
        }
        catch (ReplayFileException exception)
        {
            console.Error.WriteLine($"error: {exception.Message}: ask the node with the status command, or wait until it has ended");
            return ExitCode.Failed;
        }
    }

    private void Print(IReplayContents contents, bool isJson, CancellationToken stop)
    {
        ReplaySurvey all = new();
        List<(ShardDescription Shard, ReplaySurvey Survey)> shards = [];
        foreach (IShardContents shard in contents.Shards)
        {
            ReplaySurvey survey = new();
            ShardDescription description = shard.Description;
            foreach (ReplayRows rows in shard.Read(PartRows))
            {
                stop.ThrowIfCancellationRequested();
                survey.Add(rows, description.NextKey);
                all.Add(rows, description.NextKey);
            }

            shards.Add((description, survey));
        }

        if (isJson)
        {
            SurveyDocument.Write(contents.Description, shards, contents.Missing, all, console.Output);
        }
        else
        {
            SurveyTables.Write(contents.Description, shards, contents.Missing, all, console.Output);
        }
    }
}
