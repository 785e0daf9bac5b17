using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Process.Tests;

/// <summary>Synchronous data-parallel training over real processes.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class DataParallelTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(4);
    private static readonly string[] Mode = ["--set", "dqn.learner.mode=data-parallel", "--set", "dqn.learner.replicas=2"];

    [Fact]
    public async Task Two_replicas_learn_CartPole_and_one_that_is_killed_is_done_without_until_it_comes_back()
    {
        // Without an end of its own: alone, it would reach the score before a replica's process has started.
        using TestCluster cluster = new(["--config", "cartpole", "--set", "dqn.stop.score=none", "--set", "dqn.stop.steps=0", .. Mode]);
        TestNode seed = cluster.Seed("seed,learner");
        TestNode replica = TestCluster.Node("learner");
        TestNode[] others = [TestCluster.Node("replay"), TestCluster.Node("runner")];
        foreach (TestNode node in (TestNode[])[seed, .. others])
        {
            cluster.Start(node);
        }

        await TestCluster.WaitForAsync(seed, nodes => nodes.At(seed)?.Training is not null, Limit, "the learner");
        cluster.Start(replica);
        IReadOnlyList<NodeStatus> two = await TestCluster.WaitForAsync(
            seed, nodes => nodes.Training()?.Distributed is { Mode: LearnerMode.DataParallel, Members: 2 } && nodes.Updates() > 0, Limit, "two that learn together");
        replica.Process!.Kill();
        IReadOnlyList<NodeStatus> one = await TestCluster.WaitForAsync(
            seed, nodes => nodes.Training()?.Distributed?.Members == 1 && nodes.Updates() > two.Updates(), Limit, "the learner alone");
        cluster.Start(replica);
        IReadOnlyList<NodeStatus> again = await TestCluster.WaitForAsync(
            seed, nodes => nodes.Training()?.Distributed?.Members == 2 && nodes.Updates() > one.Updates(), Limit, "both again");
        Assert.True(again.Training()!.Distributed!.Epoch > two.Training()!.Distributed!.Epoch);
        Assert.Equal(two.Training()!.Generation, again.Training()!.Generation);

        int before = seed.Process!.SoFar.Lines.Length;
        await TestCluster.WaitForAsync(seed, _ => seed.Process.SoFar.Lines.Skip(before).Any(IsSolved), EndLimit, "a greedy mean of 475 by both");
        seed.Process.Terminate();
        HostResult result = await seed.Process.WaitAsync();
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private static bool IsSolved(string line) => line.StartsWith("evaluation ", StringComparison.Ordinal) && EvaluationLines.Mean(line) >= 475;
}
