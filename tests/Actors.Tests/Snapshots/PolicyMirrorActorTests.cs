using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>The mirror alone; the test is the publisher, and loses or damages what it likes.</summary>
public sealed class PolicyMirrorActorTests : TestKit
{
    private readonly IActorRef _mirror;
    private readonly TestProbe _publisher;
    private readonly TestProbe _subscriber;

    public PolicyMirrorActorTests(ITestOutputHelper output) : base(TestSettings.Cluster, output: output)
    {
        _mirror = Sys.ActorOf(PolicyMirrorActor.CreateProps());
        _publisher = CreateTestProbe();
        _subscriber = CreateTestProbe();
        _mirror.Tell(SnapshotProtocol.Subscribe.Instance, _subscriber);
    }

    [Fact]
    public async Task A_snapshot_whose_chunks_come_in_another_order_is_handed_out_and_confirmed()
    {
        PolicySnapshot snapshot = Snapshot(1, 1);
        Manifest(snapshot);
        foreach (SnapshotProtocol.Chunk chunk in Chunks(snapshot).Reverse())
        {
            _mirror.Tell(chunk, _publisher);
        }

        Assert.Equal(new SnapshotProtocol.Received(1, 1, 1, IsWhole: true), await _publisher.ExpectMsgAsync<SnapshotProtocol.Received>());
        Assert.Equal(snapshot.Parameters, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Parameters);
    }

    [Fact]
    public async Task A_lost_chunk_is_asked_for_and_the_answer_heals()
    {
        Cluster cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress);
        DistributedPubSub.Get(Sys).Mediator.Tell(new Subscribe(SnapshotProtocol.RequestTopic, _publisher), _publisher);
        await _publisher.FishForMessageAsync<SubscribeAck>(_ => true);
        PolicySnapshot first = Snapshot(1, 1);
        Send(first);
        await _publisher.FishForMessageAsync<SnapshotProtocol.Received>(_ => true);
        await _subscriber.ExpectMsgAsync<PolicySnapshot>();
        _mirror.Tell(SnapshotProtocol.Consumed.Instance, _subscriber);

        PolicySnapshot snapshot = Snapshot(1, 2);
        Manifest(snapshot);
        foreach (SnapshotProtocol.Chunk chunk in Chunks(snapshot).Skip(1))
        {
            _mirror.Tell(chunk, _publisher);
        }

        await _publisher.FishForMessageAsync<SnapshotProtocol.SnapshotRequest>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal(_mirror, _publisher.LastSender);
        Send(snapshot);
        Assert.Equal(snapshot.Parameters, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Parameters);
    }

    [Fact]
    public async Task What_has_another_checksum_is_never_handed_out()
    {
        PolicySnapshot bad = Snapshot(1, 1);
        _mirror.Tell(SnapshotWire.Describe(bad, 40) with { Checksum = 1 }, _publisher);
        foreach (SnapshotProtocol.Chunk chunk in Chunks(bad))
        {
            _mirror.Tell(chunk, _publisher);
        }

        PolicySnapshot good = Snapshot(1, 2);
        Send(good);
        Assert.Equal(2, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Version);
        Assert.Equal(new SnapshotProtocol.Received(1, 2, 1, IsWhole: true), await _publisher.ExpectMsgAsync<SnapshotProtocol.Received>());
    }

    [Fact]
    public async Task An_older_generation_is_refused_with_word_of_the_newer_one()
    {
        Send(Snapshot(5, 1));
        await _publisher.ExpectMsgAsync<SnapshotProtocol.Received>();
        await _subscriber.ExpectMsgAsync<PolicySnapshot>();
        _mirror.Tell(SnapshotProtocol.Consumed.Instance, _subscriber);

        Send(Snapshot(4, 100));
        Assert.Equal(new SnapshotProtocol.Received(5, 1, 1, IsWhole: true), await _publisher.ExpectMsgAsync<SnapshotProtocol.Received>());
        Send(Snapshot(6, 1));
        Assert.Equal(6, (await _subscriber.ExpectMsgAsync<PolicySnapshot>()).Generation);
    }

    [Fact]
    public async Task A_subscriber_has_one_underway_and_then_gets_the_newest_alone()
    {
        for (int version = 1; version <= 4; version++)
        {
            Send(Snapshot(1, version));
            await _publisher.ExpectMsgAsync<SnapshotProtocol.Received>();
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
        Send(Snapshot(1, 1));

        Assert.Same(await ExpectMsgAsync<PolicySnapshot>(), await _subscriber.ExpectMsgAsync<PolicySnapshot>());
    }

    private static PolicySnapshot Snapshot(long generation, long version) =>
        new(generation, version, 10, 100, [.. Enumerable.Range(0, 55).Select(i => (float)(i * version))]);

    private static IEnumerable<SnapshotProtocol.Chunk> Chunks(PolicySnapshot snapshot) => SnapshotWire.Cut(snapshot, 40);

    private void Manifest(PolicySnapshot snapshot) => _mirror.Tell(SnapshotWire.Describe(snapshot, 40), _publisher);

    private void Send(PolicySnapshot snapshot)
    {
        Manifest(snapshot);
        foreach (SnapshotProtocol.Chunk chunk in Chunks(snapshot))
        {
            _mirror.Tell(chunk, _publisher);
        }
    }
}
