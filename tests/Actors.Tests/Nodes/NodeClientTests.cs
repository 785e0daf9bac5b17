using Akka.Actor.Setup;

namespace DqnAkka.Actors.Tests;

/// <summary>What <c>status</c> and <c>leave</c> ask, from a system that is no node.</summary>
public sealed class NodeClientTests
{
    private static readonly TestNodeOptions Seed = new() { Roles = [ClusterRoles.Seed], SeedNodes = TestNodeOptions.Itself };

    [Fact]
    public async Task Any_node_gives_the_status_of_all()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode replay = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address] });
        await using TestNode runner = TestNode.Start(new TestNodeOptions { Roles = [ClusterRoles.Runner], SeedNodes = [seed.Address] });
        await Task.WhenAll(replay.Up(), runner.Up());
        ShardStatus shard = new(1, 638_000_000_000_000_001, 10, 4.5, 12, 3, 5, 20);
        RunnerPoolStatus pool = new([new RunnerStatus(0, 0.4, 1000, 99.5)], 2, [new ProgressProtocol.AcknowledgedTransitions(1, 638_000_000_000_000_001, 12)]);
        TrainingStatus training = new() { Generation = 7, Updates = 55 };
        await Report(replay, "shard-1", shard);
        await Report(runner, "runners", pool);
        await Report(seed, "training", training);

        IReadOnlyList<NodeStatus> members = await Ask(replay.Address);
        Assert.Equal(new[] { seed.Address, replay.Address, runner.Address }.Order(StringComparer.Ordinal), members.Select(member => member.Address));
        Assert.All(members, member => Assert.Equal(("Up", true, true), (member.Membership, member.IsReachable, member.HasAnswered)));
        Assert.Equal([shard], members.Single(member => member.Address == replay.Address).Shards);
        Assert.Equal(training, members.Single(member => member.Address == seed.Address).Training);
        RunnerPoolStatus shown = members.Single(member => member.Address == runner.Address).Runners!;
        Assert.Equal(pool.Runners, shown.Runners);
        Assert.Equal(pool.Acknowledged, shown.Acknowledged);
        Assert.Equal(pool.Restarts, shown.Restarts);
    }

    [Fact]
    public async Task A_member_that_does_not_answer_is_listed_as_silent()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await using TestNode other = TestNode.Start(new TestNodeOptions { SeedNodes = [seed.Address] });
        await other.Up();
        other.System.Stop(other.Node);
        IReadOnlyList<NodeStatus> members = await Ask(seed.Address);
        NodeStatus silent = members.Single(member => member.Address == other.Address);
        Assert.False(silent.HasAnswered);
        Assert.Equal([ClusterRoles.Replay], silent.Roles);
        Assert.True(members.Single(member => member.Address == seed.Address).HasAnswered);
    }

    [Fact]
    public async Task A_node_that_waits_for_its_seed_says_so()
    {
        await using TestNode node = TestNode.Start(new TestNodeOptions { SeedNodes = ["127.0.0.1:1"] });
        NodeStatus status = Assert.Single(await Ask(node.Address));
        Assert.Equal("Waiting", status.Membership);
    }

    [Fact]
    public async Task A_node_that_is_asked_to_leave_ends()
    {
        await using TestNode seed = TestNode.Start(Seed);
        await seed.Up();
        Assert.Equal(seed.Address, await LeaveClient.AskAsync(seed.Address, TestSettings.Production, ActorSystemSetup.Empty, CancellationToken.None));
        Assert.Equal(NodeEndKind.Left, (await seed.End()).Kind);
    }

    [Fact]
    public async Task Where_no_node_is_one_line_says_so()
    {
        NodeClientException exception = await Assert.ThrowsAsync<NodeClientException>(() => Ask("127.0.0.1:1"));
        Assert.StartsWith("127.0.0.1:1 cannot be reached: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        exception = await Assert.ThrowsAsync<NodeClientException>(() => Ask("nonsense"));
        Assert.Equal("nonsense is no address of a node: write it as host:port, for example 127.0.0.1:4053", exception.Message);
    }

    private static Task<IReadOnlyList<NodeStatus>> Ask(string node) =>
        StatusClient.AskAsync(node, TestSettings.Production, ActorSystemSetup.Empty, CancellationToken.None);

    /// <summary>Returns when the node's actor has the report.</summary>
    private static async Task Report(TestNode node, string part, object status)
    {
        node.Node.Tell(new NodeProtocol.PartReport(part, 0, "", status), Akka.Actor.ActorRefs.NoSender);
        await node.Ask<NodeStatus>(new NodeProtocol.StatusRequest(WholeCluster: false));
    }
}
