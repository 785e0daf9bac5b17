using System.Text.RegularExpressions;
using Akka.Actor;

namespace DqnAkka.Actors.Tests;

/// <summary>Nodes find each other, and are refused, over real remoting.</summary>
public sealed class NodeClusterTests
{
    private static readonly TestNodeOptions Seed = new() { Roles = [ClusterRoles.Seed], SeedNodes = TestNodeOptions.Itself };

    [Fact]
    public async Task A_node_joins_through_its_seed_and_the_seed_remembers_it()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address] });
        await node.Up();
        Assert.Equal(2, node.Cluster.State.Members.Count);
        seed.ExpectRemembered(node.Address);
        Assert.Empty(node.Lines);
    }

    [Fact]
    public async Task A_node_that_starts_before_its_seed_says_what_it_waits_for_and_joins_when_it_comes()
    {
        ShiftedTime time = new(TimeSpan.Zero);
        int port = await FreePort();
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [$"127.0.0.1:{port}"], Time = time });
        NodeStatus status = await node.Ask<NodeStatus>(new NodeProtocol.StatusRequest(WholeCluster: false));
        while (status.WaitsFor.Length == 0)
        {
            status = await node.Ask<NodeStatus>(new NodeProtocol.StatusRequest(WholeCluster: false));
        }

        Assert.Equal("Waiting", status.Membership);
        Assert.StartsWith("a seed node: ", status.WaitsFor, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(20));
        string line = await node.Line(line => line.StartsWith("waits for", StringComparison.Ordinal));
        Assert.StartsWith($"waits for a seed node: 127.0.0.1:{port} has not answered for 2", line, StringComparison.Ordinal);

        await using TestNode seed = TestNode.Start(Seed with { Port = port });
        await node.Up();
    }

    [Fact]
    public async Task A_configuration_that_differs_is_refused_with_the_keys_named()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode node = TestNode.Start(new TestNodeOptions
        {
            SeedNodes = [seed.Address],
            Agreement = new Dictionary<string, string> { ["dqn.replay.shards"] = "4" },
        });
        NodeEnd end = await node.End();
        Assert.Equal(NodeEndKind.Refused, end.Kind);
        Assert.Equal(
            $"{seed.Address} refuses this node: its configuration differs: dqn.replay.shards is 4 here and 2 in the cluster ({seed.Address}): give every node the same --config and --set",
            end.Message);
        Assert.Single(seed.Cluster.State.Members);
    }

    [Fact]
    public async Task Another_major_version_is_refused()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await seed.Up();
        NodeProtocol.JoinRequest request = Request("127.0.0.1:1", 1) with { Major = WireFormat.Major + 1 };
        NodeProtocol.JoinRefused refused = Assert.IsType<NodeProtocol.JoinRefused>(await Verdict(seed, request));
        Assert.Contains("upgrade the cluster's nodes", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_is_not_up_lets_others_wait()
    {
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [$"127.0.0.1:{await FreePort()}"] });
        NodeProtocol.JoinPending pending = await node.Ask<NodeProtocol.JoinPending>(Request("127.0.0.1:1", 1) with { Major = 9 });
        Assert.Equal(node.Address, pending.Address);
        Assert.NotEmpty(pending.Reason);
    }

    [Fact]
    public async Task An_address_where_another_process_answers_is_refused_and_one_whose_process_is_new_is_not()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address] });
        await node.Up();
        NodeProtocol.JoinRequest claim = Request(node.Address, node.Cluster.SelfUniqueAddress.Uid + 1);
        Assert.Equal(
            $"the address {node.Address} is taken by a running node: give this one another --port or --hostname",
            Assert.IsType<NodeProtocol.JoinRefused>(await Verdict(seed, claim)).Reason);
        Assert.IsType<NodeProtocol.JoinAccepted>(await Verdict(seed, Request(node.Address, node.Cluster.SelfUniqueAddress.Uid)));
    }

    [Fact]
    public async Task A_process_that_is_started_under_the_address_of_a_member_is_refused_and_the_member_stays()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address] });
        await node.Up();
        await using TestNode impostor = TestNode.Start(new TestNodeOptions
        {
            SeedNodes = [seed.Address],
            Settings = $"akka.remote.dot-netty.tcp {{ public-hostname = 127.0.0.1, public-port = {node.Port} }}",
        });
        Assert.Equal(node.Address, impostor.Address);
        NodeEnd end = await impostor.End();
        Assert.Equal(NodeEndKind.Refused, end.Kind);
        Assert.Contains("is taken by a running node", end.Message, StringComparison.Ordinal);
        Assert.False(node.HasEnded);
    }

    [Fact]
    public async Task A_first_seed_that_starts_again_joins_the_cluster_that_lives()
    {
        TestNode first = TestNode.Start(Seed);
        await using TestNode second = TestNode.Start(new TestNodeOptions { SeedNodes = [first.Address] });
        await using TestNode third = TestNode.Start(new TestNodeOptions { SeedNodes = [first.Address] });
        await Task.WhenAll(second.Up(), third.Up());
        int port = first.Port;
        await first.DisposeAsync();

        await using TestNode again = TestNode.Start(Seed with { Port = port, Remembered = [second.Address, third.Address] });
        await again.Up();
        // A node's own picture of the cluster follows its messages with a delay.
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (!new[] { second, third }.All(node => again.Cluster.State.Members.Any(member => member.UniqueAddress == node.Cluster.SelfUniqueAddress)))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    [Fact]
    public async Task A_training_in_one_process_takes_nobody_in()
    {
        await using TestNode embedded = TestNode.Start(new TestNodeOptions { IsEmbedded = true });
        embedded.Cluster.Join(embedded.Cluster.SelfAddress);
        await embedded.Up();
        NodeProtocol.JoinRefused refused = await embedded.Ask<NodeProtocol.JoinRefused>(Request("127.0.0.1:1", 1));
        Assert.Contains("takes no further nodes", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clocks_that_differ_are_told_on_both_nodes_and_refuse_nobody()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address], Time = new ShiftedTime(TimeSpan.FromHours(2)) });
        await node.Up();
        string own = await node.Line(line => line.StartsWith("the clocks of", StringComparison.Ordinal));
        // What the request was underway counts as a difference too, and a busy machine may take seconds for it.
        Assert.Matches($"{Regex.Escape(seed.Address)} is 7(19[0-9]|20[0-9]) s behind", own);
        Assert.Equal(own, await seed.Line(line => line.StartsWith("the clocks of", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_that_the_cluster_downs_ends_as_removed()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address] });
        await node.Up();
        node.ExpectRemembered(seed.Address);
        seed.Cluster.Down(node.Cluster.SelfAddress);
        NodeEnd end = await node.End();
        Assert.Equal(NodeEndKind.Removed, end.Kind);
        Assert.Contains($"the cluster went on without {node.Address}", end.Message, StringComparison.Ordinal);
        Assert.False(seed.HasEnded);
        // To a member that is removed all others are removed as well; it must still find them when it starts again.
        await node.System.Terminate();
        Assert.Empty(node.Remembered);
    }

    [Fact]
    public async Task The_end_of_the_run_and_a_request_to_leave_end_the_node()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address] });
        await node.Up();
        Assert.Equal(node.Address, (await node.Ask<NodeProtocol.LeaveAccepted>(NodeProtocol.LeaveRequest.Instance)).Address);
        Assert.Equal(NodeEndKind.Left, (await node.End()).Kind);
        seed.Node.Tell(new RunProtocol.RunEnded(StopReason.Score, ""));
        Assert.Equal(new NodeEnd(NodeEndKind.RunEnded, "", StopReason.Score), await seed.End());
        seed.ExpectRemembered();
    }

    [Fact]
    public async Task A_part_that_stands_still_is_told_to_the_user_and_to_the_run()
    {
        ShiftedTime time = new(TimeSpan.Zero);
        await using TestNode seed = TestNode.Start(Seed with { Roles = [ClusterRoles.Seed, ClusterRoles.Replay], Time = time });
        await seed.Up();
        seed.Node.Tell(new NodeProtocol.PartReport("mirror", 0, "a policy snapshot", new MirrorStatus(0, 0, TimeSpan.Zero)));
        seed.Node.Tell(new NodeProtocol.PartReport("shard-0", 0, "", new ShardStatus(0, 1, 0, 0, 0, 0, 0, 0)));
        // The status is an answer after the reports: only then may the clock run on.
        await seed.Ask<NodeStatus>(new NodeProtocol.StatusRequest(WholeCluster: false));
        time.Advance(TimeSpan.FromSeconds(30));
        seed.Node.Tell(new NodeProtocol.PartReport("mirror", 0, "a policy snapshot", new MirrorStatus(0, 0, TimeSpan.Zero)));
        string line = await seed.Line(line => line.Contains("policy snapshot", StringComparison.Ordinal));
        Assert.Equal($"node {seed.Address} [seed,replay]: nothing has moved for 30 s: waits for a policy snapshot (mirror)", line);
        Assert.True(seed.Notices.TryTake(out ProgressProtocol.Notice? notice, TimeSpan.FromSeconds(10)));
        Assert.Equal(line, notice.Message);
    }

    [Fact]
    public async Task A_replay_node_without_shards_says_so()
    {
        ShiftedTime time = new(TimeSpan.Zero);
        await using TestNode seed = TestNode.Start(Seed with { Roles = [ClusterRoles.Seed, ClusterRoles.Replay], Time = time });
        await seed.Up();
        Task<string> said = seed.Line(line => line.Contains("nothing has moved", StringComparison.Ordinal));
        // The first look after it is up begins the time, and nobody hears of that look: the clock runs on until there was one.
        while (await Task.WhenAny(said, Task.Delay(TimeSpan.FromSeconds(0.2))) != said)
        {
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(
            $"node {seed.Address} [seed,replay]: nothing has moved for 30 s: waits for replay shards to be allocated to it (replay)", await said);
    }

    /// <summary>Asks until the answer is more than "not yet".</summary>
    private static async Task<object> Verdict(TestNode node, NodeProtocol.JoinRequest request)
    {
        object answer = await node.Ask<object>(request);
        while (answer is NodeProtocol.JoinPending)
        {
            answer = await node.Ask<object>(request);
        }

        return answer;
    }

    private static async Task<int> FreePort()
    {
        await using TestNode probe = TestNode.Start(new TestNodeOptions { IsEmbedded = true });
        return probe.Port;
    }

    private static NodeProtocol.JoinRequest Request(string address, int uid) => new(
        WireFormat.Major,
        WireFormat.Minor,
        "0.1.0",
        address,
        uid,
        DateTime.UtcNow.Ticks,
        [ClusterRoles.Runner],
        new Dictionary<string, string> { ["dqn.replay.shards"] = "2" });
}
