using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>A cluster of two systems: joining, sharding, singleton, pub/sub and watching, with nothing but the serializers of akka.conf.</summary>
public sealed class WireClusterTests : IAsyncLifetime
{
    private const string SystemName = "wire-cluster";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka.loglevel = WARNING
        akka.cluster.roles = [replay, learner]
        akka.loggers = ["DqnAkka.Actors.Tests.SilentLogger, DqnAkka.Actors.Tests"]
        """).WithFallback(TestSettings.Cluster);

    private readonly TestKit _first = new(Settings, SystemName);
    private readonly TestKit _second = new(Settings, SystemName);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_first.Sys.Terminate(), _second.Sys.Terminate());
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task A_cluster_needs_no_serializer_but_those_that_are_left()
    {
        TestProbe complaints = Complaints(_first, _second);
        await Form();
        await ShardsOnBothAnswer();
        await TheSingletonAnswers();
        await APublishedMessageArrives();
        await AWatchedActorIsMissed();
        Assert.Equal((0, 0), (WireCounters.Get(_first.Sys).Rejected, WireCounters.Get(_second.Sys).Rejected));
        await complaints.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    private static TestProbe Complaints(TestKit kit, TestKit other)
    {
        TestProbe probe = kit.CreateTestProbe();
        foreach (ActorSystem system in new[] { kit.Sys, other.Sys })
        {
            IActorRef listener = system.ActorOf(Props.Create(() => new Complainer(probe)));
            system.EventStream.Subscribe(listener, typeof(Warning));
            system.EventStream.Subscribe(listener, typeof(Error));
        }

        return probe;
    }

    private async Task Form()
    {
        foreach (TestKit kit in new[] { _first, _second })
        {
            DistributedPubSub.Get(kit.Sys);
            Cluster.Get(kit.Sys).Join(Cluster.Get(_first.Sys).SelfAddress);
        }

        await _first.AwaitConditionAsync(
            () => Task.FromResult(Cluster.Get(_second.Sys).State.Members.Count(member => member.Status == MemberStatus.Up) == 2), Patience);
    }

    private async Task ShardsOnBothAnswer()
    {
        IActorRef[] regions = [.. new[] { _first, _second }.Select(kit => ClusterSharding.Get(kit.Sys).Start(
            ReplayRegion.TypeName, entity => Props.Create(() => new Echo()), ClusterShardingSettings.Create(kit.Sys).WithRole("replay"), new ReplayRegion(4)))];
        TestProbe probe = _first.CreateTestProbe();
        // Where one region is there before the other it has all shards at first, and gives some away later.
        await probe.AwaitAssertAsync(
            async () =>
            {
                HashSet<Address> homes = [];
                for (int shard = 0; shard < 4; shard++)
                {
                    regions[0].Tell(new ReplayProtocol.GrantInserts(shard, 1, true, 1), probe);
                    await probe.ExpectMsgAsync<ReplayProtocol.GrantInserts>(TimeSpan.FromSeconds(1));
                    homes.Add(probe.LastSender.Path.Address);
                }

                Assert.Equal(2, homes.Count);
            },
            Patience,
            TimeSpan.FromMilliseconds(500));
    }

    private async Task TheSingletonAnswers()
    {
        foreach (TestKit kit in new[] { _first, _second })
        {
            kit.Sys.ActorOf(ClusterSingletonManager.Props(Props.Create(() => new Echo()), ClusterSingletonManagerSettings.Create(kit.Sys).WithSingletonName("one")), "single");
        }

        IActorRef proxy = _second.Sys.ActorOf(ClusterSingletonProxy.Props("/user/single", ClusterSingletonProxySettings.Create(_second.Sys).WithSingletonName("one")));
        TestProbe probe = _second.CreateTestProbe();
        await probe.AwaitAssertAsync(
            async () =>
            {
                proxy.Tell(new ProgressProtocol.Notice("x"), probe);
                await probe.ExpectMsgAsync<ProgressProtocol.Notice>(TimeSpan.FromSeconds(1));
            },
            Patience);
    }

    private async Task APublishedMessageArrives()
    {
        TestProbe probe = _second.CreateTestProbe();
        DistributedPubSub.Get(_second.Sys).Mediator.Tell(new Subscribe(SnapshotProtocol.SnapshotTopic, probe), probe);
        await probe.ExpectMsgAsync<SubscribeAck>(Patience);
        await probe.AwaitAssertAsync(
            async () =>
            {
                DistributedPubSub.Get(_first.Sys).Mediator.Tell(new Publish(SnapshotProtocol.SnapshotTopic, new SnapshotProtocol.Received(1, 2, 3, true)));
                await probe.ExpectMsgAsync<SnapshotProtocol.Received>(TimeSpan.FromSeconds(1));
            },
            Patience);
    }

    private async Task AWatchedActorIsMissed()
    {
        IActorRef victim = _first.Sys.ActorOf(Props.Create(() => new Echo()), "victim");
        TestProbe probe = _second.CreateTestProbe();
        IActorRef remote = await _second.Sys.ActorSelection(victim.Path.ToStringWithAddress(Cluster.Get(_first.Sys).SelfAddress)).ResolveOne(Patience);
        await probe.WatchAsync(remote);
        await probe.UnwatchAsync(remote);
        await probe.WatchAsync(remote);
        remote.Tell(new ProgressProtocol.Notice("x"), probe);
        await probe.ExpectMsgAsync<ProgressProtocol.Notice>(Patience);
        _first.Sys.Stop(victim);
        await probe.ExpectTerminatedAsync(remote, Patience);
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    /// <summary>Passes on what the log says of serialization.</summary>
    private sealed class Complainer : ReceiveActor
    {
        public Complainer(IActorRef target) => Receive<LogEvent>(
            log => log.ToString().Contains("erializ", StringComparison.Ordinal) || log.ToString().Contains("could not be read", StringComparison.Ordinal),
            log => target.Tell(log.ToString()));
    }
}
