using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Process.Tests;

/// <summary>The parameter server over real processes: two nodes with ranges, three with a gradient worker, two with runners, two with replay shards.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class ParameterServerTests(ITestOutputHelper output)
{
    private const int Score = 195;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan KillPeriod = TimeSpan.FromSeconds(10);
    private static readonly string[] Mode = ["--set", "dqn.learner.mode=parameter-server"];

    [Fact]
    public async Task CartPole_is_learned_while_a_gradient_worker_is_killed_every_ten_seconds()
    {
        // To 475, and with five seeds, it is trained by bench -- modes, which takes longer than a test may.
        using ModeTraining training = new("parameter-server", seed: 1, "--set", $"dqn.stop.score={Score}");

        HostResult result = await training.RunAsync(KillPeriod);

        output.WriteLine($"{training.Kills} kills; {result.Lines[^1]}");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.True(training.Kills > 0 && EvaluationLines.Mean(result.Lines[^1]) >= Score, result.Output);
        Assert.Empty(await training.EndOthersAsync());
    }

    [Fact]
    public async Task A_range_whose_node_is_killed_comes_back_elsewhere_and_all_ranges_go_on_from_one_checkpoint()
    {
        using TestCluster cluster = new([.. ClusterTraining.Endless, .. Mode, "--set", "dqn.checkpoint.period=500", "--set", "dqn.evaluation.episodes=1", "--set", "dqn.evaluation.period=1000000"]);
        TestNode seed = cluster.Seed("seed,learner,replay,runner");
        TestNode[] servers = [TestCluster.Node("parameter-server"), TestCluster.Node("parameter-server")];
        TestNode worker = TestCluster.Node("gradient");
        foreach (TestNode node in (TestNode[])[seed, .. servers, worker])
        {
            cluster.Start(node);
        }

        IReadOnlyList<NodeStatus> before = await TestCluster.WaitForAsync(
            seed,
            nodes => nodes.Training()?.CheckpointUpdates >= 500 && servers.All(server => nodes.At(server) is not null)
                && servers.Sum(server => nodes.At(server)!.ParameterRanges.Count) == 2,
            Limit,
            "a checkpoint, and two ranges on the nodes with the role");
        // Both are on the node that was up first, where the other one was long in coming.
        TestNode victim = servers.First(server => before.At(server)!.ParameterRanges.Count > 0);
        TestNode left = servers.Single(server => server != victim);
        victim.Process!.Kill();

        IReadOnlyList<NodeStatus> after = await TestCluster.WaitForAsync(
            seed,
            nodes => nodes.At(left)?.ParameterRanges is [var one, var other] && one.Epoch == other.Epoch && one.Epoch > before.Training()!.Distributed!.Epoch
                && nodes.Training()?.Distributed?.Version > before.Training()!.Updates,
            Limit,
            "both ranges on the node that is left, and more updates than before");

        Assert.Equal(LearnerMode.ParameterServer, after.Training()!.Distributed!.Mode);
        Assert.Contains("all ranges return to the newest checkpoint", seed.Process!.SoFar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_a_range_leaves_and_the_server_does_not_wait_for_ranges_to_move()
    {
        using TestCluster cluster = new([.. ClusterTraining.Endless, .. Mode, "--set", "dqn.parameter-server.shards=1", "--set", "dqn.evaluation.episodes=1", "--set", "dqn.evaluation.period=1000000"]);
        TestNode seed = cluster.Seed("seed,learner,replay,runner,gradient");
        TestNode server = TestCluster.Node("parameter-server");
        TestNode other = TestCluster.Node("parameter-server");
        cluster.Start(seed);
        cluster.Start(server);
        await TestCluster.WaitForAsync(seed, nodes => nodes.At(server)?.ParameterRanges.Count == 1 && nodes.Updates() > 0, Limit, "the range on the first node");
        cluster.Start(other);
        await TestCluster.WaitForAsync(seed, nodes => nodes.At(other)?.Membership == "Up", Limit, "the other node");

        HostResult asked = await HostProcess.RunAsync(AppContext.BaseDirectory, "leave", "--node", other.Address);
        Assert.Equal(0, asked.ExitCode);
        HostResult left = await other.Process!.WaitAsync();
        Assert.True(left.ExitCode == 0, left.Error);

        long updates = (await TestCluster.WaitForAsync(seed, nodes => nodes.Count == 2, Limit, "the cluster without it")).Updates();
        await TestCluster.WaitForAsync(seed, nodes => nodes.Updates() > updates, Limit, "more updates");
        Assert.DoesNotContain("makes no more until", seed.Process!.SoFar.Output + seed.Process.SoFar.Error, StringComparison.Ordinal);
    }
}
