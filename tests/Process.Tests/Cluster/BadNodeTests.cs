using System.Net;
using System.Net.Sockets;

namespace DqnAkka.Process.Tests;

/// <summary>Nodes that cannot begin or may not join: one clear line, and an exit code that a supervisor can act on.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class BadNodeTests
{
    private static readonly string[] EndlessTraining =
        [.. ClusterTraining.Endless, "--set", "dqn.evaluation.period=1000000"];

    [Theory]
    [InlineData("sed,learner", "sed", "seed")]
    [InlineData("", "--roles", "ROLE,...")]
    public async Task An_unknown_role_is_named(string roles, params string[] words)
    {
        using TemporaryFolder folder = new();
        HostResult result = await HostProcess.RunAsync(folder.Root, "node", "--roles", roles);

        Assert.Equal(2, result.ExitCode);
        string line = Assert.Single(result.ErrorLines);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_beyond_loopback_needs_TLS_or_the_users_word()
    {
        using TemporaryFolder folder = new();
        HostResult result = await HostProcess.RunAsync(folder.Root, "node", "--roles", "seed", "--hostname", "0.0.0.0");

        Assert.Equal(2, result.ExitCode);
        string line = Assert.Single(result.ErrorLines);
        Assert.Contains("allow-insecure", line, StringComparison.Ordinal);
        Assert.Contains("tls", line, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using TemporaryFolder folder = new();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        HostResult result = await HostProcess.RunAsync(folder.Root, "node", "--roles", "seed", "--port", $"{port}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(result.ErrorLines, line => line.Contains($"{port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_without_its_seed_says_what_it_waits_for_and_goes_on_when_the_seed_comes()
    {
        using TestCluster cluster = new(EndlessTraining);
        TestNode runner = TestCluster.Node("runner");
        HostProcess early = cluster.Start(runner);
        await early.WaitForOutputAsync($"waits for a seed node: 127.0.0.1:{cluster.SeedPort} has not answered");

        TestNode seed = cluster.Seed("seed,learner,replay");
        cluster.Start(seed);
        await TestCluster.WaitForAsync(
            seed, nodes => nodes.Count == 2 && nodes.RunnerIndices().Length == 2, TimeSpan.FromSeconds(60), "the runner in the cluster");
    }

    [Fact]
    public async Task A_node_that_differs_is_refused_with_every_key_that_differs()
    {
        using TestCluster cluster = new(EndlessTraining);
        TestNode seed = cluster.Seed("seed,learner,replay,runner");
        cluster.Start(seed);
        await TestCluster.WaitForAsync(seed, nodes => nodes.Updates() > 0, TimeSpan.FromSeconds(60), "a training");
        TestNode other = TestCluster.Node("replay", "--set", "dqn.network.hidden=[32]", "--set", "dqn.replay.shards=3", "--set", "dqn.runner.count=7");
        HostResult result = await cluster.Start(other).WaitAsync();

        Assert.Equal(2, result.ExitCode);
        string line = Assert.Single(result.ErrorLines, line => line.StartsWith("error:", StringComparison.Ordinal));
        Assert.Contains("dqn.network.hidden", line, StringComparison.Ordinal);
        Assert.Contains("dqn.replay.shards", line, StringComparison.Ordinal);
        Assert.DoesNotContain("dqn.runner.count", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_node_that_is_asked_to_leave_hands_over_what_it_holds()
    {
        using TestCluster cluster = new(EndlessTraining);
        TestNode seed = cluster.Seed("seed,learner,runner");
        TestNode leaves = TestCluster.Node("replay");
        TestNode stays = TestCluster.Node("replay");
        cluster.Start(seed);
        cluster.Start(leaves);
        await TestCluster.WaitForAsync(
            seed, nodes => nodes.At(leaves)?.Shards.Sum(shard => shard.Count) > 5000, TimeSpan.FromSeconds(60), "transitions on the first replay node");
        cluster.Start(stays);
        await TestCluster.WaitForAsync(seed, nodes => nodes.At(stays)?.Membership == "Up", TimeSpan.FromSeconds(60), "the second replay node");
        HostResult asked = await HostProcess.RunAsync(AppContext.BaseDirectory, "leave", "--node", leaves.Address);
        Assert.Equal(0, asked.ExitCode);

        HostResult left = await leaves.Process!.WaitAsync();
        Assert.True(left.ExitCode == 0, left.Error);
        await TestCluster.WaitForAsync(
            seed,
            nodes => nodes.At(stays)?.Shards.Count == 2 && nodes.At(stays)!.Shards.Sum(shard => shard.Inherited) > 5000,
            TimeSpan.FromSeconds(60),
            "what the first replay node held, on the second");
    }
}
