using System.Globalization;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Prints a cluster's status for people: one table for each kind of part.</summary>
internal static class StatusTables
{
    /// <summary>Writes the tables that have rows, and who lags.</summary>
    public static void Write(IReadOnlyList<NodeStatus> members, TextWriter output)
    {
        Table(output, ["member", "roles", "state", "up for", "refused", "skipped", "waits for"], members.Select(Member));
        Table(
            output,
            ["learner", "updates", "updates/s", "steps", "steps/s", "snapshot", "checkpoint", "samples/insert", "limiter", "runners", "restarts"],
            members.Where(member => member.Training is not null).Select(member => Learner(member.Address, member.Training!)));
        Table(
            output,
            ["shard", "member", "items", "mass", "inserts", "inherited", "evicted", "samples", "durable", "incarnation"],
            members
                .SelectMany(member => member.Shards, (member, shard) => (member, shard))
                .OrderBy(row => row.shard.Shard)
                .Select(row => Shard(row.member, row.shard)));
        Table(
            output,
            ["runner", "member", "epsilon", "steps/s", "steps", "snapshot"],
            members
                .SelectMany(member => member.Runners?.Runners ?? [], (member, runner) => (member, runner))
                .OrderBy(row => row.runner.Index)
                .Select(row => Runner(row.member, row.runner)));
        DistributedTables.Write(members, output);
        string[] cut = [.. members.Where(member => member.IsCut).Select(member => member.Address)];
        if (cut.Length > 0)
        {
            output.WriteLine($"the lists of {string.Join(", ", cut)} are cut to what fits a message; more is left out");
        }

        IReadOnlyList<string> lags = Laggards.Find(members);
        output.WriteLine($"lags: {(lags.Count > 0 ? string.Join("; ", lags) : "nobody")}");
    }

    /// <summary>Writes a table and an empty line, where it has rows.</summary>
    public static void Table(TextWriter output, string[] header, IEnumerable<string[]> body)
    {
        List<string[]> rows = [header, .. body];
        if (rows.Count > 1)
        {
            TextTable.Write(rows, output);
            output.WriteLine();
        }
    }

    private static string[] Member(NodeStatus member) =>
    [
        member.Address,
        string.Join(",", member.Roles),
        !member.IsReachable ? $"{member.Membership}, unreachable" : member.HasAnswered ? member.Membership : $"{member.Membership}, silent",
        member.HasAnswered ? HumanNumber.Duration(member.Uptime) : "",
        member.HasAnswered ? Text($"{member.RejectedFrames}") : "",
        member.HasAnswered ? Text($"{member.SkippedFrames}") : "",
        member.WaitsFor,
    ];

    private static string[] Learner(string address, TrainingStatus training) =>
    [
        address,
        training.SkippedUpdates == 0 ? Text($"{training.Updates}") : Text($"{training.Updates}, {training.SkippedUpdates} skipped"),
        Text($"{training.UpdatesPerSecond:0.#}"),
        Text($"{training.Steps}"),
        Text($"{training.StepsPerSecond:0.#}"),
        Text($"{ShortIncarnation(training.Generation)}/{training.SnapshotVersion}"),
        training.CheckpointUpdates < 0 ? "none" : Text($"update {training.CheckpointUpdates}, {HumanNumber.Duration(training.CheckpointAge)} ago"),
        double.IsNaN(training.SamplesPerInsert) ? "" : Text($"{training.SamplesPerInsert:0.##}"),
        LimiterText.Describe(training.LimiterError),
        Text($"{training.Runners}"),
        Text($"{training.LearnerRestarts} learner, {training.RunnerRestarts} runner"),
    ];

    private static string[] Shard(NodeStatus member, ShardStatus shard) =>
    [
        Text($"{shard.Shard}"),
        member.Address,
        Text($"{shard.Count}"),
        Text($"{shard.Mass:0.###}"),
        Text($"{shard.Inserts}"),
        Text($"{shard.Inherited}"),
        Text($"{shard.Evicted}"),
        Text($"{shard.Samples}"),
        !shard.IsDurable ? "no" : shard.Reopened > 0 ? Text($"yes, reopened with {shard.Reopened}") : "yes",
        ShortIncarnation(shard.Incarnation),
    ];

    private static string[] Runner(NodeStatus member, RunnerStatus runner) =>
    [
        Text($"{runner.Index}"),
        member.Address,
        Text($"{runner.Epsilon:0.####}"),
        Text($"{runner.StepsPerSecond:0.#}"),
        Text($"{runner.Steps}"),
        member.Mirror is { Generation: > 0 } mirror ? Text($"{ShortIncarnation(mirror.Generation)}/{mirror.Version}") : "none",
    ];

    // They are clock ticks: the last digits tell two of them apart.
    private static string ShortIncarnation(long incarnation) => (incarnation % 100_000_000).ToString("00000000", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
