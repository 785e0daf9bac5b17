using DqnAkka.Actors;

namespace DqnAkka.Process.Tests;

/// <summary>What the cluster tests read out of a status.</summary>
internal static class ClusterTraining
{
    /// <summary>CartPole, without an end of its own.</summary>
    public static string[] Endless { get; } = ["--config", "cartpole", "--set", "dqn.stop.score=none", "--set", "dqn.stop.steps=0"];

    /// <summary>The training's status, on whichever node it runs.</summary>
    public static TrainingStatus? Training(this IReadOnlyList<NodeStatus> nodes) => nodes.FirstOrDefault(node => node.Training is not null)?.Training;

    /// <summary>Learner updates; 0 without a learner.</summary>
    public static long Updates(this IReadOnlyList<NodeStatus> nodes) => nodes.Training()?.Updates ?? 0;

    /// <summary>Indices of all runners, in order.</summary>
    public static int[] RunnerIndices(this IReadOnlyList<NodeStatus> nodes) =>
        [.. nodes.SelectMany(node => node.Runners?.Runners ?? []).Select(runner => runner.Index).Order()];

    /// <summary>All shards.</summary>
    public static IEnumerable<ShardStatus> Shards(this IReadOnlyList<NodeStatus> nodes) => nodes.SelectMany(node => node.Shards);

    /// <summary>The node of that address.</summary>
    public static NodeStatus? At(this IReadOnlyList<NodeStatus> nodes, TestNode node) => nodes.FirstOrDefault(status => status.Address == node.Address);
}
