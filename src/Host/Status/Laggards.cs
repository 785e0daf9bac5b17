using System.Globalization;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Who in a cluster lags behind or does nothing.</summary>
internal static class Laggards
{
    // A few snapshots are always underway.
    private const int MaxVersionsBehind = 4;

    /// <summary>The learner that counts: of two that both answer, one is about to hear that it is no longer it.</summary>
    public static TrainingStatus? Training(IReadOnlyList<NodeStatus> members) =>
        members.Select(member => member.Training).OfType<TrainingStatus>().MaxBy(training => training.Generation);

    /// <summary>One phrase for each; none where all is well.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<NodeStatus> members)
    {
        TrainingStatus? training = Training(members);
        List<string> lags = training is null ? ["no learner answers"] : [];
        foreach (NodeStatus member in members)
        {
            if (!member.HasAnswered)
            {
                lags.Add($"{member.Address} {(member.IsReachable ? "has not answered" : "cannot be reached")}");
                continue;
            }

            if (training is not null && member.Mirror is { } mirror && Behind(mirror, training) is { } behind)
            {
                lags.Add($"the snapshot of {member.Address} {behind}");
            }

            lags.AddRange(member.Shards.Where(shard => shard.Count == 0).Select(shard => Text($"shard {shard.Shard} on {member.Address} holds nothing")));
            lags.AddRange((member.Runners?.Runners ?? [])
                .Where(runner => !(runner.StepsPerSecond > 0))
                .Select(runner => Text($"runner {runner.Index} on {member.Address} stands still")));
        }

        return lags;
    }

    private static string? Behind(MirrorStatus mirror, TrainingStatus training)
    {
        if (mirror.Generation == 0)
        {
            return training.SnapshotVersion > 0 ? "has not come" : null;
        }

        if (mirror.Generation < training.Generation)
        {
            return "is of an earlier learner";
        }

        long behind = training.SnapshotVersion - mirror.Version;
        return mirror.Generation == training.Generation && behind > MaxVersionsBehind ? Text($"is {behind} versions behind") : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
