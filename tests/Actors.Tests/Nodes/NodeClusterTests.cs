using Akka.Actor;
using Akka.Cluster;

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
        IReadOnlyList<string> remembered = seed.Remembered.Take();
        while (remembered.Count == 0)
        {
            remembered = seed.Remembered.Take();
        }

        Assert.Equal([node.Address], remembered);
        Assert.Empty(node.Lines);
    }

    [Fact]
    public async Task A_node_that_starts_before_its_seed_says_what_it_waits_for_and_joins_when_it_comes()
    {
        ShiftedTime time = new(TimeSpan.Zero);
        int port = await FreePort();
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [$"127.0.0.1:{port}"], Time = time });
        time.Advance(TimeSpan.FromSeconds(20));
        string line = await node.Line(line => line.StartsWith("waits for", StringComparison.Ordinal));
        Assert.StartsWith($"waits for a seed node: 127.0.0.1:{port} has not answered for 2", line, StringComparison.Ordinal);
        NodeStatus status = await node.Ask<NodeStatus>(new NodeProtocol.StatusRequest(WholeCluster: false));
        Assert.Equal("Waiting", status.Membership);
        Assert.StartsWith("a seed node: ", status.WaitsFor, StringComparison.Ordinal);

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
        NodeProtocol.JoinRefused refused = await seed.Ask<NodeProtocol.JoinRefused>(request);
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
        NodeProtocol.JoinPending pending = await seed.Ask<NodeProtocol.JoinPending>(claim);
        Assert.Contains(node.Address, pending.Reason, StringComparison.Ordinal);
        object answer = pending;
        while (answer is NodeProtocol.JoinPending)
        {
            answer = await seed.Ask<object>(claim);
        }

        Assert.Equal(
            $"the address {node.Address} is taken by a running node: give this one another --port or --hostname",
            Assert.IsType<NodeProtocol.JoinRefused>(answer).Reason);
        Assert.IsType<NodeProtocol.JoinAccepted>(await seed.Ask<object>(Request(node.Address, node.Cluster.SelfUniqueAddress.Uid)));
    }

    [Fact]
    public async Task A_first_seed_that_starts_again_joins_the_cluster_that_lives()
    {
        TestNode first = TestNode.Start(Seed);
        await using TestNode second = TestNode.Start(new TestNodeOptions { SeedNodes = [first.Address] });
        await using TestNode third = TestNode.Start(new TestNodeOptions { SeedNodes = [first.Address] });
        await Task.WhenAll(second.Up(), third.Up());
        int port = first.Port;
        await first.Kill();

        await using TestNode again = TestNode.Start(Seed with { Port = port, Remembered = [second.Address, third.Address] });
        await again.Up();
        Assert.Contains(second.Cluster.SelfUniqueAddress, again.Cluster.State.Members.Select(member => member.UniqueAddress));
        Assert.Contains(third.Cluster.SelfUniqueAddress, again.Cluster.State.Members.Select(member => member.UniqueAddress));
        await first.DisposeAsync();
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
        Assert.Contains($"{seed.Address} is 7200 s behind", own, StringComparison.Ordinal);
        Assert.Equal(own, await seed.Line(line => line.StartsWith("the clocks of", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_that_the_cluster_downs_ends_as_removed()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address] });
        await node.Up();
        seed.Cluster.Down(node.Cluster.SelfAddress);
        NodeEnd end = await node.End();
        Assert.Equal(NodeEndKind.Removed, end.Kind);
        Assert.Contains($"the cluster went on without {node.Address}", end.Message, StringComparison.Ordinal);
        Assert.False(seed.HasEnded);
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
        IReadOnlyList<string> remembered = seed.Remembered.Take();
        while (remembered.Count > 0)
        {
            remembered = seed.Remembered.Take();
        }
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
        string line = await seed.Line(line => line.Contains("stands still", StringComparison.Ordinal) || line.Contains("policy snapshot", StringComparison.Ordinal));
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
        // Its time begins with a look, which is a tick away.
        await seed.Line(line => Advance(time, line, "replay shards to be allocated to it")).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static bool Advance(ShiftedTime time, string line, string text) => line.Contains(text, StringComparison.Ordinal);

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
