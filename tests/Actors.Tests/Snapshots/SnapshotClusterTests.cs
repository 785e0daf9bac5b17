using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>One publisher and three mirrors, each in a system of its own, over real remoting on loopback.</summary>
public sealed class SnapshotClusterTests(ITestOutputHelper output) : TestKit(TestSettings.Cluster, "dqn", output)
{
    private const int Length = 260_000;
    private const int Mirrors = 3;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly List<ActorSystem> _others = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        DistributedPubSub.Get(Sys);
        Cluster cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress);
        for (int i = 0; i < Mirrors; i++)
        {
            ActorSystem other = ActorSystem.Create("dqn", TestSettings.Cluster);
            _others.Add(other);
            DistributedPubSub.Get(other);
            await Cluster.Get(other).JoinAsync(cluster.SelfAddress);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_others.Select(other => other.Terminate()));
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_snapshot_arrives_everywhere_and_a_node_that_dies_in_the_middle_holds_nobody_up()
    {
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(new SnapshotOptions()), "publisher");
        TestProbe[] subscribers = [.. _others.Select(other => StartMirror(other, publisher))];
        PolicySnapshot first = SnapshotPieces.Snapshot(1, 1, Length);
        publisher.Tell(new SnapshotProtocol.Publish(first), TestActor);
        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>(Long);
        foreach (TestProbe subscriber in subscribers)
        {
            await ExpectSnapshot(subscriber, first);
        }

        PolicySnapshot second = SnapshotPieces.Snapshot(1, 2, Length);
        publisher.Tell(new SnapshotProtocol.Publish(second), TestActor);
        Task dying = _others[^1].Terminate();
        foreach (TestProbe subscriber in subscribers[..^1])
        {
            await ExpectSnapshot(subscriber, second);
        }

        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>(Long);
        PolicySnapshot third = SnapshotPieces.Snapshot(1, 3, Length);
        publisher.Tell(new SnapshotProtocol.Publish(third), TestActor);
        await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>(Long);
        foreach (TestProbe subscriber in subscribers[..^1])
        {
            await ExpectSnapshot(subscriber, third);
        }

        await dying;
    }

    [Fact]
    public async Task A_mirror_that_starts_on_a_node_while_snapshots_follow_each_other_has_one_before_pub_sub_may_know_it()
    {
        IActorRef publisher = Sys.ActorOf(SnapshotPublisherActor.CreateProps(new SnapshotOptions()), "publisher");
        TestProbe first = StartMirror(_others[0], publisher);
        for (int version = 1; version <= 3; version++)
        {
            publisher.Tell(new SnapshotProtocol.Publish(SnapshotPieces.Snapshot(1, version, Length)), TestActor);
            await ExpectMsgAsync<SnapshotProtocol.PublishAccepted>(Long);
        }

        TestProbe late = StartMirror(_others[1], publisher);
        PolicySnapshot arrived = await late.ExpectMsgAsync<PolicySnapshot>(Long);
        Assert.Equal(SnapshotPieces.Snapshot(1, 3, Length).Parameters, arrived.Parameters);
        await first.ExpectMsgAsync<PolicySnapshot>(Long);
    }

    private static async Task ExpectSnapshot(TestProbe subscriber, PolicySnapshot expected)
    {
        PolicySnapshot arrived = await subscriber.ExpectMsgAsync<PolicySnapshot>(Long);
        Assert.Equal(expected.Version, arrived.Version);
        Assert.Equal(expected.Parameters, arrived.Parameters);
        subscriber.LastSender.Tell(SnapshotProtocol.Consumed.Instance, subscriber);
    }

    /// <summary>A mirror on another node, with a subscriber in this test's process.</summary>
    private TestProbe StartMirror(ActorSystem other, IActorRef publisher)
    {
        IActorRef training = ((ExtendedActorSystem)other).Provider.ResolveActorRef(
            publisher.Path.ToSerializationFormatWithAddress(Cluster.Get(Sys).SelfAddress));
        IActorRef mirror = other.ActorOf(PolicyMirrorActor.CreateProps(ActorRefs.Nobody, training, Length), "mirror");
        TestProbe subscriber = new(other, new XunitAssertions());
        mirror.Tell(SnapshotProtocol.Subscribe.Instance, subscriber);
        return subscriber;
    }
}
