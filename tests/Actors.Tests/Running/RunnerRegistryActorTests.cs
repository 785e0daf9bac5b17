using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Lease = DqnAkka.Actors.RunnerProtocol.RunnerLease;

namespace DqnAkka.Actors.Tests;

public sealed class RunnerRegistryActorTests : TestKit
{
    private readonly TestProbe _a;
    private readonly TestProbe _b;

    public RunnerRegistryActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _a = CreateTestProbe();
        _b = CreateTestProbe();
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Every_pool_hears_again_when_the_number_of_runners_changes_and_only_the_claimer_where_it_does_not()
    {
        IActorRef registry = Start(isTakeover: false);
        Claim(registry, _a, pool: 1, count: 2);
        Expect(_a, pool: 1, total: 2, 0, 1);

        Claim(registry, _b, pool: 2, count: 1);
        Expect(_a, pool: 1, total: 3, 0, 1);
        Expect(_b, pool: 2, total: 3, 2);

        Claim(registry, _b, pool: 2, count: 1, new Lease(2, 0));
        Expect(_b, pool: 2, total: 3, 2);
        Assert.False(_a.HasMessages);
    }

    [Fact]
    public void The_indices_of_a_pool_that_ended_or_gave_them_back_are_the_next_ones()
    {
        IActorRef registry = Start(isTakeover: false);
        Claim(registry, _a, pool: 1, count: 1);
        Claim(registry, _b, pool: 2, count: 2);
        Expect(_a, pool: 1, total: 1, 0);
        Expect(_a, pool: 1, total: 3, 0);
        Expect(_b, pool: 2, total: 3, 1, 2);

        registry.Tell(new RunnerProtocol.ReleaseRunners(2));
        Expect(_a, pool: 1, total: 1, 0);
        TestProbe c = CreateTestProbe();
        Claim(registry, c, pool: 3, count: 1);
        Expect(_a, pool: 1, total: 2, 0);
        Assert.Equal([new Lease(1, 64)], Expect(c, pool: 3, total: 2, 1).Runners);

        _a.Ref.Tell(PoisonPill.Instance);
        TestProbe d = CreateTestProbe();
        Claim(registry, d, pool: 4, count: 1);
        Expect(d, pool: 4, total: 2, 0);
        Assert.False(_b.HasMessages);
    }

    [Fact]
    public void A_pool_that_was_started_again_in_place_keeps_its_indices_and_is_watched_still()
    {
        IActorRef registry = Start(isTakeover: false);
        Claim(registry, _a, pool: 1, count: 1);
        Claim(registry, _b, pool: 2, count: 1);
        Claim(registry, _a, pool: 3, count: 1);
        Expect(_a, pool: 1, total: 1, 0);
        Expect(_a, pool: 1, total: 2, 0);
        Assert.Equal([new Lease(0, 64)], Expect(_a, pool: 3, total: 2, 0).Runners);

        _a.Ref.Tell(PoisonPill.Instance);

        TestProbe c = CreateTestProbe();
        Claim(registry, c, pool: 4, count: 1);
        Assert.Equal([new Lease(0, 128)], Expect(c, pool: 4, total: 2, 0).Runners);
    }

    [Fact]
    public void After_a_takeover_indices_are_given_out_only_when_the_living_have_said_what_they_hold()
    {
        IActorRef registry = Start(isTakeover: true);
        TestProbe fresh = CreateTestProbe();
        Claim(registry, fresh, pool: 9, count: 1);
        Time.Advance(TimeSpan.FromMilliseconds(2999));
        Claim(registry, _b, pool: 2, count: 2, new Lease(0, 64), new Lease(3, 0));
        Claim(registry, _a, pool: 1, count: 1, new Lease(1, 0));
        Assert.False(fresh.HasMessages || _a.HasMessages || _b.HasMessages);

        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([new Lease(0, 64), new Lease(3, 0)], Expect(_b, pool: 2, total: 4, 0, 3).Runners);
        Expect(_a, pool: 1, total: 4, 1);
        Expect(fresh, pool: 9, total: 4, 2);
    }

    [Fact]
    public void Stopping_reaches_the_pools_that_are_there_and_those_that_claim_later_and_nothing_is_given_out_any_more()
    {
        IActorRef registry = Start(isTakeover: false);
        Claim(registry, _a, pool: 1, count: 1);
        Expect(_a, pool: 1, total: 1, 0);

        registry.Tell(RunProtocol.StopRunners.Instance);
        _a.ExpectMsg<RunProtocol.StopRunners>();
        Claim(registry, _b, pool: 2, count: 1);
        _b.ExpectMsg<RunProtocol.StopRunners>();
        Claim(registry, _a, pool: 1, count: 1, new Lease(0, 0));
        _a.ExpectMsg<RunProtocol.StopRunners>();
        registry.Tell(new RunnerProtocol.ReleaseRunners(2));

        Assert.False(_a.HasMessages || _b.HasMessages);
    }

    private TestActorRef<RunnerRegistryActor> Start(bool isTakeover) =>
        ActorOfAsTestActorRef<RunnerRegistryActor>(RunnerRegistryActor.CreateProps(isTakeover));

    private static void Claim(IActorRef registry, TestProbe from, long pool, int count, params Lease[] held) =>
        registry.Tell(new RunnerProtocol.ClaimRunners(pool, count, held), from);

    private static RunnerProtocol.Leases Expect(TestProbe probe, long pool, int total, params int[] indices)
    {
        RunnerProtocol.Leases leases = probe.ExpectMsg<RunnerProtocol.Leases>();
        Assert.Equal((pool, total), (leases.Pool, leases.Total));
        Assert.Equal(indices, leases.Runners.Select(lease => lease.Index));
        return leases;
    }
}
