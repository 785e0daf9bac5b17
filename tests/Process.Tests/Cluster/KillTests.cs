using System.Diagnostics;
using DqnAkka.Actors;

namespace DqnAkka.Process.Tests;

/// <summary>kill -9 of each role during a training that goes on for ever.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class KillTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(15);

    // Reports are some tenths of a second apart.
    private const int MovesOfRest = 10;

    private static readonly string[] EndlessTraining =
    [
        .. ClusterTraining.Endless,
        "--set", "dqn.evaluation.episodes=1",
        "--set", "dqn.evaluation.period=1000000",
        "--set", "dqn.checkpoint.period=2000",
    ];

    [Fact]
    public async Task A_runner_node_that_is_killed_costs_its_own_steps_only_and_comes_back_under_its_indices()
    {
        using TestCluster cluster = new(EndlessTraining);
        TestNode seed = cluster.Seed("seed,learner,replay");
        TestNode stays = TestCluster.Node("runner");
        TestNode killed = TestCluster.Node("runner");
        cluster.Start(seed);
        cluster.Start(stays);
        await TrainsWith(seed, runners: 2);
        cluster.Start(killed);
        IReadOnlyList<NodeStatus> before = await TrainsWith(seed, runners: 4);
        Assert.Equal([0, 1, 2, 3], before.RunnerIndices());
        int[] indices = Indices(before, killed);
        int[] others = Indices(before, stays);

        killed.Process!.Kill();
        long generation = before.Training()!.Generation;
        long[] incarnations = Incarnations(before);
        cluster.Start(killed);
        IReadOnlyList<NodeStatus> after = await TrainsWith(seed, runners: 4);

        Assert.Equal(indices, Indices(after, killed));
        Assert.Equal(others, Indices(after, stays));
        Assert.Equal(generation, after.Training()!.Generation);
        Assert.Equal(incarnations, Incarnations(after));
    }

    [Fact]
    public async Task Shards_of_a_replay_node_that_is_killed_come_back_elsewhere_and_the_learner_goes_on()
    {
        using TestCluster cluster = new(EndlessTraining);
        TestNode seed = cluster.Seed("seed,learner");
        TestNode first = TestCluster.Node("replay");
        TestNode second = TestCluster.Node("replay");
        TestNode runner = TestCluster.Node("runner");
        foreach (TestNode node in new[] { seed, first, second, runner })
        {
            cluster.Start(node);
        }

        IReadOnlyList<NodeStatus> before = await TestCluster.WaitForAsync(
            seed, nodes => nodes.Updates() > 0 && nodes.Shards().Count() == 2 && nodes.Count == 4, Limit, "both shards and a learner that trains");
        TestNode holder = before.At(first)!.Shards.Count > 0 ? first : second;
        long generation = before.Training()!.Generation;
        TimeSpan stall = await StallAfterAsync(seed, holder);

        Assert.True(stall < LongestStall, $"the learner stood still for {stall}");
        IReadOnlyList<NodeStatus> after = await TestCluster.WaitForAsync(
            seed, nodes => nodes.Shards().Count() == 2 && nodes.Count == 3, Limit, "both shards on the node that is left");
        Assert.Equal(generation, after.Training()!.Generation);
    }

    [Fact]
    public async Task A_replay_node_that_is_killed_and_started_again_goes_on_with_everything_that_it_had_acknowledged()
    {
        using TestCluster cluster = new(EndlessTraining);
        TestNode seed = cluster.Seed("seed");
        TestNode learner = TestCluster.Node("learner");
        TestNode replay = TestCluster.Node("replay");
        TestNode runner = TestCluster.Node("runner");
        foreach (TestNode node in new[] { seed, learner, replay, runner })
        {
            cluster.Start(node);
        }

        IReadOnlyList<NodeStatus> before = await TestCluster.WaitForAsync(
            seed, nodes => nodes.Updates() > 0 && nodes.Shards().Sum(shard => shard.Count) > 20_000, Limit, "a learner that trains on some transitions");
        Assert.All(before.Shards(), shard => Assert.True(shard.IsDurable));
        replay.Process!.Kill();
        cluster.Start(replay);
        IReadOnlyList<NodeStatus> after = await TestCluster.WaitForAsync(
            seed,
            nodes => nodes.Shards().Count() == 2 && nodes.Shards().All(shard => shard.Reopened > 0)
                && nodes.Updates() > before.Updates() + 1000 && nodes.Shards().Sum(shard => shard.Inserts) > before.Shards().Sum(shard => shard.Inserts) + 1000,
            Limit,
            "both shards with what they held, and a learner that trains on");

        Assert.Equal(Incarnations(before), Incarnations(after));
        foreach (ShardStatus shard in after.Shards())
        {
            ShardStatus then = before.Shards().Single(other => other.Shard == shard.Shard);
            Assert.True(shard.Inserts >= then.Inserts && shard.Reopened >= Math.Min(then.Count, 24_000), $"{then} then {shard}");
        }

        long learned = after.Training()!.Inserts;
        // In one status the shards' counts may be older than the learner's: those of the second report after it are not.
        IReadOnlyList<NodeStatus> later = after;
        for (int report = 0; report < 2; report++)
        {
            IReadOnlyList<NodeStatus> newest = later;
            later = await TestCluster.WaitForAsync(
                seed,
                nodes => nodes.Shards().Count() == 2 && nodes.Shards().All(shard => shard.Inserts > newest.Shards().Single(other => other.Shard == shard.Shard).Inserts),
                Limit,
                "newer counts of both shards");
        }

        Assert.InRange(learned, before.Training()!.Inserts, later.Shards().Sum(shard => shard.Inserts));
        Assert.Contains("goes on with", replay.Process!.SoFar.Error + replay.Process.SoFar.Output, StringComparison.Ordinal);

        // Without a learner there is no more credit, and everything comes to rest: every transition was inserted once and acknowledged.
        learner.Process!.Kill();
        await TestCluster.WaitForAsync(
            seed,
            nodes => nodes.Shards().Count() == 2 && nodes.SelectMany(node => node.Runners?.Runners ?? []).All(one => one.StepsPerSecond < 1)
                && nodes.SelectMany(node => node.Runners?.Acknowledged ?? []).Sum(entry => entry.Transitions) == nodes.Shards().Sum(shard => shard.Inserts),
            2 * Limit,
            "as many transitions acknowledged as inserted");
    }

    [Fact]
    public async Task A_standby_takes_over_from_a_learner_that_is_killed_and_loses_at_most_one_checkpoint_interval()
    {
        using TestCluster cluster = new(EndlessTraining);
        TestNode seed = cluster.Seed("seed");
        TestNode learner = TestCluster.Node("learner");
        TestNode standby = TestCluster.Node("learner");
        TestNode worker = TestCluster.Node("replay,runner");
        cluster.Start(seed);
        cluster.Start(worker);
        cluster.Start(learner);
        await TestCluster.WaitForAsync(seed, nodes => nodes.At(learner)?.Training is not null, Limit, "the learner");
        cluster.Start(standby);
        IReadOnlyList<NodeStatus> before = await TestCluster.WaitForAsync(
            seed, nodes => nodes.Training()?.CheckpointUpdates >= 2000 && nodes.Count == 4, Limit, "a checkpoint and the standby");
        Assert.NotNull(before.At(learner)!.Training);

        TimeSpan stall = await StallAfterAsync(seed, learner);

        Assert.True(stall < LongestStall, $"nothing was learned for {stall}");
        IReadOnlyList<NodeStatus> after = await TestCluster.WaitForAsync(seed, nodes => nodes.At(standby)?.Training is not null, Limit, "the standby's learner");
        TrainingStatus then = before.Training()!;
        TrainingStatus now = after.Training()!;
        Assert.True(now.Generation > then.Generation);
        Assert.True(now.Updates >= then.Updates - 2000 - (then.UpdatesPerSecond * 2), $"{then} then {now}");
        Assert.True(now.Inserts >= then.Inserts, $"{then} then {now}");
        Assert.Contains("the run goes on from its checkpoint of", standby.Process!.SoFar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_that_is_killed_stops_nothing_and_joins_again()
    {
        using TestCluster cluster = new(EndlessTraining);
        TestNode seed = cluster.Seed("seed");
        TestNode learner = TestCluster.Node("learner,replay");
        TestNode runner = TestCluster.Node("runner");
        foreach (TestNode node in new[] { seed, learner, runner })
        {
            cluster.Start(node);
        }

        IReadOnlyList<NodeStatus> before = await TestCluster.WaitForAsync(
            learner, nodes => nodes.Updates() > 0 && nodes.Count == 3, Limit, "three nodes that train");
        TimeSpan stall = await StallAfterAsync(learner, seed);
        Assert.True(stall < TimeSpan.FromSeconds(5), $"the learner stood still for {stall}");

        cluster.Start(seed);
        IReadOnlyList<NodeStatus> after = await TestCluster.WaitForAsync(
            seed, nodes => nodes.Count == 3 && nodes.All(node => node.Membership == "Up"), Limit, "the seed back in the same cluster");
        Assert.Equal(before.Training()!.Generation, after.Training()!.Generation);
    }

    private static Task<IReadOnlyList<NodeStatus>> TrainsWith(TestNode node, int runners) => TestCluster.WaitForAsync(
        node,
        nodes => nodes.Updates() > 0 && nodes.RunnerIndices().Length == runners
            && nodes.SelectMany(status => status.Runners?.Runners ?? []).All(runner => runner.StepsPerSecond > 0),
        Limit,
        $"{runners} runners that step and a learner that trains");

    /// <summary>
    /// Kills a node's process and watches the learner until it learns in a cluster without the node, or for as long as a fail-over may take: the
    /// longest time without an update.
    /// </summary>
    private static async Task<TimeSpan> StallAfterAsync(TestNode watch, TestNode victim)
    {
        victim.Process!.Kill();
        long started = Stopwatch.GetTimestamp();
        long lastMove = started;
        (long, long) last = (0, 0);
        TimeSpan longest = TimeSpan.Zero;
        int movesWithout = 0;
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(250));
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(25) && movesWithout < MovesOfRest)
        {
            await timer.WaitForNextTickAsync();
            IReadOnlyList<NodeStatus>? nodes = await TestCluster.StatusAsync(watch);
            TrainingStatus? training = nodes?.Training();
            long now = Stopwatch.GetTimestamp();
            if (training is not null && (training.Generation, training.Updates) != last)
            {
                last = (training.Generation, training.Updates);
                longest = Max(longest, Stopwatch.GetElapsedTime(lastMove, now));
                lastMove = now;
                movesWithout += nodes!.At(victim) is null ? 1 : 0;
            }
        }

        return Max(longest, Stopwatch.GetElapsedTime(lastMove));
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static int[] Indices(IReadOnlyList<NodeStatus> nodes, TestNode node) =>
        [.. nodes.At(node)!.Runners!.Runners.Select(runner => runner.Index).Order()];

    private static long[] Incarnations(IReadOnlyList<NodeStatus> nodes) => [.. nodes.Shards().OrderBy(shard => shard.Shard).Select(shard => shard.Incarnation)];
}
