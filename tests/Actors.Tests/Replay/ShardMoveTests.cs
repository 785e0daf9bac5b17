using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Two nodes with real sharding, remoting and codec: one leaves gracefully, and what its shards held is held on the other.</summary>
public sealed class ShardMoveTests : TestKit
{
    private const int Shards = 3;
    private const int PerShard = 10_000;
    private const int Fragment = 500;

    private static readonly Config Node = ConfigurationFactory.ParseString("""
        akka.cluster.roles = [replay]
        akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 20s
        akka.coordinated-shutdown.phases.cluster-leave.timeout = 10s
        akka.coordinated-shutdown.phases.cluster-exiting.timeout = 10s
        """).WithFallback(TestSettings.Cluster);

    private readonly ActorSystem _other;

    public ShardMoveTests(ITestOutputHelper output) : base(Node, "dqn", output) => _other = ActorSystem.Create("dqn", Node);

    [Fact]
    public async Task Everything_that_a_leaving_node_held_is_held_by_the_one_that_stays_with_its_priorities()
    {
        IActorRef region = StartNode(Sys, out IActorRef courier);
        await JoinAsync(Sys, Sys);
        TestProbe runner = CreateTestProbe();
        double mass = Fill(region, runner);
        Dictionary<int, ReplayProtocol.ShardState> before = await StatesAsync(region, states => states.Values.All(state => state.Count == PerShard));

        await JoinAsync(_other, Sys);
        IActorRef otherRegion = StartNode(_other, out _);
        TestProbe learner = CreateTestProbe(_other);
        await ReplyInPiecesAsync(otherRegion, learner, before[0]);

        CoordinatedShutdown.Get(Sys).AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, "hand-over", async () =>
        {
            await region.WatchAsync();
            await courier.Ask<ShardCourierActor.Idle>(ShardCourierActor.WhenIdle.Instance, TimeSpan.FromSeconds(15));
            return Akka.Done.Instance;
        });
        await CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);

        Dictionary<int, ReplayProtocol.ShardState> after = await StatesAsync(otherRegion, _ => true, _other);
        Assert.Equal(PerShard * Shards, after.Values.Sum(state => state.Count));
        Assert.Equal(0, after.Values.Sum(state => state.Inserts));
        Assert.Equal(mass, after.Values.Sum(state => state.Mass), 1e-9 * mass);
        for (int shard = 0; shard < Shards; shard++)
        {
            Assert.Equal(before[shard].Mass, after[shard].Mass, 1e-9 * before[shard].Mass);
            await AssertHoldsItsOwnAsync(otherRegion, learner, shard);
        }
    }

    protected override void AfterAll()
    {
        Shutdown(_other);
        base.AfterAll();
    }

    private static TrainingOptions Options() => Make.Options() with
    {
        Replay = new ReplayOptions { Capacity = Shards * 2 * PerShard, Shards = Shards, Prioritized = true, Alpha = 1, PriorityEpsilon = 0 },
    };

    private static float Error(int shard, int row) => 1f + (((row * 7) + shard) % 100 / 100f);

    private static IActorRef StartNode(ActorSystem system, out IActorRef courier)
    {
        TrainingOptions options = Options();
        ReplayShardLinks links = new(ActorRefs.Nobody, courier = system.ActorOf(ShardCourierActor.CreateProps(), "courier"));
        return ClusterSharding.Get(system).Start(
            ReplayRegion.TypeName,
            entity => ReplayShardActor.CreateProps(int.Parse(entity, CultureInfo.InvariantCulture), Make.Layout(options), options, links)
                .WithDispatcher(Dispatchers.Replay),
            ClusterShardingSettings.Create(system).WithRole(ClusterRoles.Replay),
            new ReplayRegion(Shards),
            ShardAllocationStrategy.LeastShardAllocationStrategy(absoluteLimit: 1, relativeLimit: 1),
            ReplayShardActor.StopShard.Instance);
    }

    private static async Task JoinAsync(ActorSystem system, ActorSystem contact)
    {
        TaskCompletionSource up = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Cluster cluster = Cluster.Get(system);
        cluster.RegisterOnMemberUp(up.SetResult);
        cluster.Join(Cluster.Get(contact).SelfAddress);
        await up.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static double Fill(IActorRef region, IActorRef runner)
    {
        double mass = 0;
        for (int shard = 0; shard < Shards; shard++)
        {
            region.Tell(new ReplayProtocol.GrantInserts(shard, PerShard, ReportNow: false, KnownIncarnation: 0), ActorRefs.Nobody);
            for (int first = 0; first < PerShard; first += Fragment)
            {
                float[] errors = [.. Enumerable.Range(first, Fragment).Select(row => Error(shard, row))];
                mass += errors.Sum(error => (double)error);
                TransitionBatch batch = Make.Batch(Fragment, (shard * PerShard) + first, errors);
                region.Tell(new ReplayProtocol.Insert(shard, 0, 1, (first / Fragment) + 1, Fragment, batch, 1), runner);
            }
        }

        return mass;
    }

    private async Task<Dictionary<int, ReplayProtocol.ShardState>> StatesAsync(
        IActorRef region, Func<Dictionary<int, ReplayProtocol.ShardState>, bool> isEnough, ActorSystem? system = null)
    {
        TestProbe probe = CreateTestProbe(system ?? Sys);
        Dictionary<int, ReplayProtocol.ShardState> states = [];
        while (states.Count < Shards || !isEnough(states))
        {
            for (int shard = 0; shard < Shards; shard++)
            {
                region.Tell(new ReplayProtocol.GrantInserts(shard, 0, ReportNow: true, KnownIncarnation: 0), probe);
                ReplayProtocol.ShardState state = await probe.ExpectMsgAsync<ReplayProtocol.ShardState>(TimeSpan.FromSeconds(20));
                states[state.Shard] = state;
            }
        }

        return states;
    }

    /// <summary>The first node's shard answers the second node's learner with more than a frame holds.</summary>
    private static async Task ReplyInPiecesAsync(IActorRef region, TestProbe learner, ReplayProtocol.ShardState state)
    {
        const int Rows = 5_000;
        region.Tell(new ReplayProtocol.SampleRequest(0, 9, [Rows], 0, state.Incarnation), learner);
        PartAssembly<int> parts = new(1 << 20, 1);
        byte[]? whole = null;
        while (whole is null)
        {
            ReplayProtocol.SampleReplyPart part = await learner.ExpectMsgAsync<ReplayProtocol.SampleReplyPart>(TimeSpan.FromSeconds(20));
            Assert.Equal((0, 9L), (part.Shard, part.Request));
            whole = parts.Add(0, part.Index, part.Count, part.Bytes);
        }

        ReplayProtocol.SampleReply reply = WireParts.JoinSampleReply(whole)!;
        Assert.Equal((Rows, state), (reply.Samples.Keys.Length, reply.State));
        Assert.All(Enumerable.Range(0, Rows), row => Assert.Equal(Error(0, (int)reply.Samples.Returns[row]), reply.Samples.Masses[row]));
    }

    /// <summary>Draws until every transition has come: 30 draws for each, so that e⁻²⁰ · 10,000 = 2 · 10⁻⁵ is the chance that a right one fails for some seed.</summary>
    private static async Task AssertHoldsItsOwnAsync(IActorRef region, TestProbe learner, int shard)
    {
        Dictionary<int, double> held = [];
        for (int draw = 0; draw < 10; draw++)
        {
            region.Tell(new ReplayProtocol.SampleRequest(shard, draw, [3 * PerShard], 0, 0), learner);
            ReplayProtocol.SampleReply reply = await learner.FishForMessageAsync<ReplayProtocol.SampleReply>(_ => true, TimeSpan.FromSeconds(20));
            for (int row = 0; row < reply.Samples.Masses.Length; row++)
            {
                held[(int)reply.Samples.Returns[row]] = reply.Samples.Masses[row];
            }
        }

        Assert.Equal(Enumerable.Range(shard * PerShard, PerShard), held.Keys.Order());
        Assert.All(held, entry => Assert.Equal(Error(shard, entry.Key - (shard * PerShard)), entry.Value));
    }
}
