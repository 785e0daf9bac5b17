using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Whether a file can be trained on with a configuration; each demand that is not met is one line with both values.</summary>
internal static class ImportChecks
{
    // Read for the check alone: large enough that it costs little beside the reading.
    private const int CheckedRows = 1 << 12;

    /// <summary>Compares what the file says of itself with the configuration.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">What its transitions are.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="observation">The environment's observations.</param>
    /// <param name="actionCount">The environment's actions.</param>
    /// <exception cref="UserErrorException">They do not fit.</exception>
    public static void RequireFit(string path, ReplayDescription file, TrainingOptions options, ObservationFormat observation, int actionCount)
    {
        string environment = options.Environment.DisplayName;
        (string What, string Theirs, string Ours, string Remedy)[] demands =
        [
            ("environment", file.Environment, environment, "name the file's own with --set dqn.environment.id=ID or --config"),
            ("observations", file.Observation.ToString(), observation.ToString(), $"this is not the form of {environment}"),
            ("action count", Text(file.ActionCount), Text(actionCount), $"these are not the actions of {environment}"),
            ("n-step", Text(file.NStep), Text(options.Learner.NStep), $"the file's returns are summed already; give --set dqn.learner.n-step={Text(file.NStep)}"),
            ("gamma", Text(file.Gamma), Text(options.Learner.Gamma), $"the file's returns are discounted already; give --set dqn.learner.gamma={Text(file.Gamma)}"),
        ];
        string[] lines = [.. demands.Where(demand => !IsSame(demand.Theirs, demand.Ours)).Select(demand => $"{path} has {demand.What} {demand.Theirs}, the configuration {demand.Ours}: {demand.Remedy}")];
        if (lines.Length > 0)
        {
            throw new UserErrorException(lines);
        }
    }

    /// <summary>Makes sure that training begins, and that it ends.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">Transitions that will be inserted.</param>
    /// <param name="options">The configuration.</param>
    /// <exception cref="UserErrorException">It would not.</exception>
    public static void RequireCourse(string path, long count, TrainingOptions options)
    {
        if (count < options.Replay.MinSize)
        {
            throw new UserErrorException(
                $"{path} gives {count} transitions, less than dqn.replay.min-size = {options.Replay.MinSize}, so learning would never start: lower the minimum or give more --epochs");
        }

        // Where samples have no limit the end of the file is none either, and a score may never be reached.
        bool endsByItself = options.Stop.Minutes > 0 || (options.Stop.Steps > 0 && options.Stop.Steps <= count);
        if (options.Replay.SamplesPerInsert == 0 && !endsByItself)
        {
            throw new UserErrorException(
                "dqn.replay.samples-per-insert = 0 sets no limit, so learning from a file would go on for ever if it reaches no dqn.stop.score: give samples per insert, or dqn.stop.minutes");
        }
    }

    /// <summary>Reads the whole file once: what is wrong with a row says so before anything is trained.</summary>
    /// <param name="path">The file.</param>
    /// <param name="contents">Its contents.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="stop">Cancelled when the user gives up.</param>
    /// <exception cref="UserErrorException">A row cannot be read or makes no sense.</exception>
    public static void RequireSoundRows(string path, IReplayContents contents, int actionCount, CancellationToken stop)
    {
        long row = 0;
        float[] observation = new float[contents.Description.Observation.Size];
        foreach (ReplayRows rows in contents.Shards.SelectMany(shard => shard.Read(CheckedRows)))
        {
            stop.ThrowIfCancellationRequested();
            for (int i = 0; i < rows.Transitions.Count; i++, row++)
            {
                if (Fault(rows.Transitions, i, actionCount, observation) is { } fault)
                {
                    throw new UserErrorException(FormattableString.Invariant($"{path} has {fault} in row {row}"));
                }
            }
        }
    }

    /// <summary>A file that was exported without its run's configuration has the environment's arguments behind its name.</summary>
    private static bool IsSame(string theirs, string ours) =>
        theirs == ours || theirs.StartsWith($"{ours} ", StringComparison.Ordinal) || theirs.StartsWith($"{ours}, ", StringComparison.Ordinal);

    private static string? Fault(TransitionBatch batch, int row, int actionCount, float[] observation)
    {
        return
            batch.Actions[row] < 0 || batch.Actions[row] >= actionCount ? $"the action {Text(batch.Actions[row])}, of actions 0 to {Text(actionCount - 1)},"
            : !float.IsFinite(batch.Returns[row]) ? $"the return {Text(batch.Returns[row])}"
            : !(batch.Discounts[row] >= 0 && batch.Discounts[row] <= 1) ? $"the discount {Text(batch.Discounts[row])}"
            : !IsFinite(batch.Observation(row)) || !IsFinite(batch.NextObservation(row)) ? "an observation that is not finite"
            : null;

        bool IsFinite(ReadOnlySpan<byte> packed)
        {
            if (batch.Format.Type == ObservationType.Float32)
            {
                batch.Format.Decode(packed, observation);
            }

            return Array.TrueForAll(observation, float.IsFinite);
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
