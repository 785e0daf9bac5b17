using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>The mirror alone; the test is the publisher, and loses or damages what it likes.</summary>
public sealed class PolicyMirrorActorTests : TestKit
{
    private const int Length = 55;
    private const int ChunkBytes = 40;
    private const int Chunks = 6;
    private readonly IActorRef _mirror;
    private readonly TestProbe _node;
    private readonly TestProbe _training;
    private readonly TestProbe _publisher;
    private readonly TestProbe _subscriber;

    public PolicyMirrorActorTests(ITestOutputHelper output) : base(TestSettings.Cluster, output: output)
    {
        _node = CreateTestProbe();
        _training = CreateTestProbe();
        _publisher = CreateTestProbe();
        _subscriber = CreateTestProbe();
        _mirror = Sys.ActorOf(PolicyMirrorActor.CreateProps(_node, _training, Length));
        _mirror.Tell(SnapshotProtocol.Subscribe.Instance, _subscriber);
    }

    [Fact]
    public async Task A_snapshot_whose_chunks_come_in_another_order_is_handed_out_and_every_chunk_is_confirmed()
    {
        PolicySnapshot snapshot = SnapshotPieces.Snapshot(1, 1, Length);
        Announce(snapshot);
        int received = 0;
        foreach (SnapshotProtocol.Chunk chunk in SnapshotPieces.Chunks(snapshot, ChunkBytes).Reverse())
        {
            _mirror.Tell(chunk, _publisher);
            received++;
            await _publisher.ExpectMsgAsync(new SnapshotProtocol.Received(1, 1, received, IsWhole: received == Chunks));
        }

        Assert.Equal(snapshot.Parameters, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Parameters);
    }

    [Fact]
    public async Task A_snapshot_of_one_chunk_has_one_answer()
    {
        IActorRef mirror = Sys.ActorOf(PolicyMirrorActor.CreateProps(_node, _training, 3));
        PolicySnapshot snapshot = SnapshotPieces.Snapshot(1, 1, 3);
        mirror.Tell(SnapshotWire.Describe(snapshot, ChunkBytes), _publisher);
        mirror.Tell(SnapshotWire.Cut(snapshot, ChunkBytes, 0), _publisher);
        await _publisher.ExpectMsgAsync(new SnapshotProtocol.Received(1, 1, 1, IsWhole: true));
        // The answer to a message that came later shows that there was no other.
        mirror.Tell(SnapshotWire.Describe(snapshot, ChunkBytes), TestActor);
        await ExpectMsgAsync(new SnapshotProtocol.Received(1, 1, 1, IsWhole: true));
        await _publisher.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task What_it_lacks_it_asks_the_training_for_and_the_answer_heals()
    {
        await _training.ExpectMsgAsync<SnapshotProtocol.SnapshotRequest>();
        Assert.Equal(_mirror, _training.LastSender);
        await Complete(SnapshotPieces.Snapshot(1, 1, Length));
        await _subscriber.ExpectMsgAsync<PolicySnapshot>();
        _mirror.Tell(SnapshotProtocol.Consumed.Instance, _subscriber);

        PolicySnapshot snapshot = SnapshotPieces.Snapshot(1, 2, Length);
        Announce(snapshot);
        foreach (SnapshotProtocol.Chunk chunk in SnapshotPieces.Chunks(snapshot, ChunkBytes).Skip(1))
        {
            _mirror.Tell(chunk, _publisher);
        }

        await _training.FishForMessageAsync<SnapshotProtocol.SnapshotRequest>(_ => true, TimeSpan.FromSeconds(10));
        _mirror.Tell(SnapshotWire.Cut(snapshot, ChunkBytes, 0), _publisher);
        Assert.Equal(snapshot.Parameters, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Parameters);
    }

    [Fact]
    public async Task It_asks_again_while_it_has_nothing_and_says_so_to_the_node()
    {
        await _training.ExpectMsgAsync<SnapshotProtocol.SnapshotRequest>();
        await _training.ExpectMsgAsync<SnapshotProtocol.SnapshotRequest>();
        await _training.ExpectMsgAsync<SnapshotProtocol.SnapshotRequest>();

        NodeProtocol.PartReport report = await _node.ExpectMsgAsync<NodeProtocol.PartReport>();
        Assert.Equal(
            new NodeProtocol.PartReport("mirror", 0, "a policy snapshot from the learner", new MirrorStatus(0, 0, TimeSpan.Zero)), report);
    }

    [Fact]
    public async Task The_node_hears_how_many_chunks_are_lacking_and_then_what_is_held()
    {
        PolicySnapshot snapshot = SnapshotPieces.Snapshot(3, 12, Length);
        Announce(snapshot);
        _mirror.Tell(SnapshotWire.Cut(snapshot, ChunkBytes, 4), _publisher);
        NodeProtocol.PartReport lacking = await _node.FishForMessageAsync<NodeProtocol.PartReport>(report => report.Progress > 0);
        Assert.Equal("5 of 6 chunks of policy snapshot 12 from the learner", lacking.WaitsFor);

        await Complete(snapshot);
        NodeProtocol.PartReport whole = await _node.FishForMessageAsync<NodeProtocol.PartReport>(report => report.WaitsFor.Length == 0);
        MirrorStatus status = Assert.IsType<MirrorStatus>(whole.Status);
        Assert.Equal((3, 12), (status.Generation, status.Version));
        Assert.InRange(status.Age, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(Chunks, whole.Progress);
    }

    [Fact]
    public async Task Another_networks_snapshot_is_refused_in_one_line_that_names_both_lengths()
    {
        Sys.EventStream.SetLogLevel(LogLevel.WarningLevel);
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        IActorRef mirror = Sys.ActorOf(PolicyMirrorActor.CreateProps(_node, _training, Length));
        mirror.Tell(SnapshotWire.Describe(SnapshotPieces.Snapshot(1, 1, 56), ChunkBytes), _publisher);
        mirror.Tell(SnapshotWire.Describe(SnapshotPieces.Snapshot(1, 2, 56), ChunkBytes), _publisher);

        string line = (await ExpectMsgAsync<Warning>()).Message.ToString()!;
        Assert.StartsWith("A policy snapshot of 56 parameters from ", line, StringComparison.Ordinal);
        Assert.EndsWith(
            "was refused: this node's network has 55; give all nodes the same dqn.environment and dqn.network", line, StringComparison.Ordinal);
        await Complete(SnapshotPieces.Snapshot(1, 3, Length), mirror);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task What_has_another_checksum_is_never_handed_out()
    {
        PolicySnapshot bad = SnapshotPieces.Snapshot(1, 1, Length);
        _mirror.Tell(SnapshotWire.Describe(bad, ChunkBytes) with { Checksum = 1 }, _publisher);
        SendChunks(bad, _mirror);
        await _publisher.FishForMessageAsync<SnapshotProtocol.Received>(received => received is { Chunks: Chunks, IsWhole: false });

        await Complete(SnapshotPieces.Snapshot(1, 2, Length));
        Assert.Equal(2, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Version);
    }

    [Fact]
    public async Task An_older_generation_is_refused_with_word_of_the_newer_one_which_later_incarnations_here_exceed()
    {
        long generation = Incarnations.Next() + TimeSpan.TicksPerHour;
        await Complete(SnapshotPieces.Snapshot(generation, 1, Length));
        await _subscriber.ExpectMsgAsync<PolicySnapshot>();
        _mirror.Tell(SnapshotProtocol.Consumed.Instance, _subscriber);
        Assert.True(Incarnations.Next() > generation, "the clock of the other node was not noted");

        Announce(SnapshotPieces.Snapshot(generation - 1, 100, Length));
        await _publisher.ExpectMsgAsync(new SnapshotProtocol.Received(generation, 1, Chunks, IsWhole: true));
        await Complete(SnapshotPieces.Snapshot(generation + 1, 1, Length));
        Assert.Equal(generation + 1, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Generation);
    }

    [Fact]
    public async Task A_subscriber_has_one_underway_and_then_gets_the_newest_alone()
    {
        for (int version = 1; version <= 4; version++)
        {
            await Complete(SnapshotPieces.Snapshot(1, version, Length));
        }

        Assert.Equal(1, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Version);
        await _subscriber.ExpectNoMsgAsync(TimeSpan.Zero);
        _mirror.Tell(SnapshotProtocol.Consumed.Instance, _subscriber);
        Assert.Equal(4, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Version);
        _mirror.Tell(SnapshotProtocol.Consumed.Instance, _subscriber);
        // One message through the mirror shows that nothing was sent in answer to the last one.
        _mirror.Tell(SnapshotProtocol.Subscribe.Instance, TestActor);
        await ExpectMsgAsync<PolicySnapshot>();
        await _subscriber.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task All_subscribers_share_one_array()
    {
        _mirror.Tell(SnapshotProtocol.Subscribe.Instance, TestActor);
        await Complete(SnapshotPieces.Snapshot(1, 1, Length));

        Assert.Same(await ExpectMsgAsync<PolicySnapshot>(), await _subscriber.ExpectMsgAsync<PolicySnapshot>());
    }

    private void Announce(PolicySnapshot snapshot) => _mirror.Tell(SnapshotWire.Describe(snapshot, ChunkBytes), _publisher);

    private void SendChunks(PolicySnapshot snapshot, IActorRef mirror)
    {
        foreach (SnapshotProtocol.Chunk chunk in SnapshotPieces.Chunks(snapshot, ChunkBytes))
        {
            mirror.Tell(chunk, _publisher);
        }
    }

    private async Task Complete(PolicySnapshot snapshot, IActorRef? mirror = null)
    {
        (mirror ?? _mirror).Tell(SnapshotWire.Describe(snapshot, ChunkBytes), _publisher);
        SendChunks(snapshot, mirror ?? _mirror);
        await _publisher.FishForMessageAsync<SnapshotProtocol.Received>(received => received.IsWhole && received.Version == snapshot.Version);
    }
}
