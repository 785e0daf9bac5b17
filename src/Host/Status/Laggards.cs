using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Who in a cluster lags behind or does nothing.</summary>
internal static class Laggards
{
    // A few snapshots are always underway.
    private const int MaxVersionsBehind = 4;
    private static readonly string[] ServerRoles = [ClusterRoles.ParameterServer, ClusterRoles.Gradient];

    /// <summary>The learner that counts: of two that both answer, one is about to hear that it is no longer it.</summary>
    public static TrainingStatus? Training(IReadOnlyList<NodeStatus> members) =>
        members.Select(member => member.Training).OfType<TrainingStatus>().MaxBy(training => training.Generation);

    /// <summary>One phrase for each; none where all is well.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<NodeStatus> members)
    {
        TrainingStatus? training = Training(members);
        List<string> lags = training is null ? ["no learner answers"] : [.. MissingRoles(members, training)];
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
            lags.AddRange(member.ParameterRanges.Where(range => range.Epoch == 0).Select(range => Text($"range {range.Range} on {member.Address} has no parameters")));
            lags.AddRange(member.GradientMembers.Select(computing => Idle(member.Address, computing)).OfType<string>());
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

    private static IEnumerable<string> MissingRoles(IReadOnlyList<NodeStatus> members, TrainingStatus training) =>
        from role in training.Distributed?.Mode == LearnerMode.ParameterServer ? ServerRoles : []
        where !members.Any(member => member.Roles.Contains(role))
        select $"no member has the role {role}";

    // A replica beyond learner.replicas stands by.
    private static string? Idle(string address, GradientMemberStatus member) => member switch
    {
        { Index: < 0, Epoch: 0 } => null,
        { Epoch: 0 } => Text($"gradient worker {member.Index} on {address} takes no part"),
        { GradientsPerSecond: > 0 } => null,
        { Index: < 0 } => $"the replica on {address} stands still",
        _ => Text($"gradient worker {member.Index} on {address} stands still"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
