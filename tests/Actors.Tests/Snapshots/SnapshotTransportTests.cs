using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>Publisher and mirror over the real pub/sub of a cluster of one.</summary>
public sealed class SnapshotTransportTests(ITestOutputHelper output) : TestKit(TestSettings.Cluster, output: output)
{
    private static readonly SnapshotOptions Options = new() { ChunkBytes = 1000, ManifestSeconds = 0.2 };

    [Fact]
    public async Task A_snapshot_of_many_chunks_arrives_whole_and_the_present_one_reaches_who_comes_late()
    {
        await Join();
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(Options));
        IActorRef mirror = Mirror(publisher, 10_001);
        TestProbe early = CreateTestProbe();
        mirror.Tell(SnapshotProtocol.Subscribe.Instance, early);
        PolicySnapshot snapshot = SnapshotPieces.Snapshot(1, 1, 10_001);

        publisher.Tell(new SnapshotProtocol.Publish(snapshot), TestActor);

        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>();
        PolicySnapshot arrived = await early.ExpectMsgAsync<PolicySnapshot>(TimeSpan.FromSeconds(10));
        Assert.Equal(snapshot.Parameters, arrived.Parameters);
        Assert.Equal((1, 1, 10, 100), (arrived.Generation, arrived.Version, arrived.Updates, arrived.Steps));

        TestProbe late = CreateTestProbe();
        mirror.Tell(SnapshotProtocol.Subscribe.Instance, late);
        Assert.Same(arrived, await late.ExpectMsgAsync<PolicySnapshot>());
    }

    [Fact]
    public async Task A_mirror_that_starts_after_the_snapshot_asks_for_it()
    {
        await Join();
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(Options with { ManifestSeconds = 1000 }));
        publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(1, 1, 1000)), TestActor);
        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>();

        Mirror(publisher, 1000).Tell(SnapshotProtocol.Subscribe.Instance, TestActor);

        Assert.Equal(1, (await ExpectMsgAsync<PolicySnapshot>(TimeSpan.FromSeconds(10))).Version);
    }

    [Fact]
    public async Task Four_snapshots_go_out_ahead_of_a_mirror_and_the_fifth_waits_for_it()
    {
        await Join();
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(Options));
        TestProbe mirror = await FourAheadOf(publisher);

        publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(1, 6, 10)), TestActor);
        publisher.Tell(new SnapshotProtocol.Received(0, 5, 1, IsWhole: true), mirror);
        publisher.Tell(SnapshotProtocol.SnapshotRequest.Instance, mirror);
        Assert.Equal(5, (await mirror.ExpectMsgAsync<SnapshotProtocol.Manifest>()).Version);
        await ExpectNoMsgAsync(TimeSpan.Zero);

        publisher.Tell(new SnapshotProtocol.Received(1, 2, 1, IsWhole: true), mirror);
        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>();
    }

    [Fact]
    public async Task A_mirror_that_dies_holds_nobody_up()
    {
        await Join();
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(Options));
        TestProbe mirror = await FourAheadOf(publisher);

        publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(1, 6, 10)), TestActor);
        Sys.Stop(mirror);

        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>();
    }

    [Fact]
    public async Task A_mirror_that_is_there_and_silent_holds_nobody_up_for_ever()
    {
        await Join();
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(Options));
        await FourAheadOf(publisher);

        publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(1, 6, 10)), TestActor);

        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_new_generation_is_not_held_up_by_what_mirrors_had_of_the_old_one_nor_followed_by_what_waited_of_it()
    {
        await Join();
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(Options));
        TestProbe mirror = await FourAheadOf(publisher);

        TestProbe gone = CreateTestProbe();
        publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(1, 6, 10)), gone);
        publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(2, 1, 10)), TestActor);
        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>();
        publisher.Tell(new SnapshotProtocol.Received(1, 5, 1, IsWhole: true), mirror);
        publisher.Tell(SnapshotProtocol.SnapshotRequest.Instance, mirror);

        Assert.Equal(2, (await mirror.ExpectMsgAsync<SnapshotProtocol.Manifest>()).Generation);
        await gone.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_learner_whose_generation_is_older_than_a_mirrors_hears_of_it()
    {
        await Join();
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(Options));
        TestProbe mirror = CreateTestProbe();
        await Publish(publisher, 1);
        publisher.Tell(new SnapshotProtocol.Received(2, 5, 1, IsWhole: true), mirror);

        await ExpectMsgAsync(new SnapshotProtocol.NewerGenerationSeen(2));
        publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(3, 1, 10)), TestActor);
        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>();
    }

    [Fact]
    public async Task The_newest_manifest_is_repeated_after_one_manifest_and_one_chunk()
    {
        await Join();
        TestProbe topic = CreateTestProbe();
        DistributedPubSub.Get(Sys).Mediator.Tell(new Subscribe(SnapshotProtocol.SnapshotTopic, topic), topic);
        await topic.ExpectMsgAsync<SubscribeAck>();
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(Options));
        await Publish(publisher, 3);

        SnapshotProtocol.Manifest first = await topic.ExpectMsgAsync<SnapshotProtocol.Manifest>();
        await topic.ExpectMsgAsync<SnapshotProtocol.Chunk>();
        Assert.Equal(first, await topic.ExpectMsgAsync<SnapshotProtocol.Manifest>());
        Assert.Equal(first, await topic.ExpectMsgAsync<SnapshotProtocol.Manifest>());
    }

    private IActorRef Mirror(IActorRef publisher, int length) => Sys.ActorOf(PolicyMirrorActor.CreateProps(ActorRefs.Nobody, publisher, length));

    /// <summary>A mirror that has confirmed the first of five snapshots.</summary>
    private async Task<TestProbe> FourAheadOf(IActorRef publisher)
    {
        TestProbe mirror = CreateTestProbe();
        await Publish(publisher, 1);
        publisher.Tell(new SnapshotProtocol.Received(1, 1, 1, IsWhole: true), mirror);
        for (int version = 2; version <= 5; version++)
        {
            await Publish(publisher, version);
        }

        return mirror;
    }

    private async Task Publish(IActorRef publisher, long version)
    {
        publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(1, version, 10)), TestActor);
        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>();
    }

    private async Task Join()
    {
        Cluster cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress);
    }
}
