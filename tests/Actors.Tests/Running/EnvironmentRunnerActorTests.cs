using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class EnvironmentRunnerActorTests : TestKit
{
    private readonly TestProbe _region;
    private readonly TestProbe _mirror;
    private readonly TestProbe _pool;

    public EnvironmentRunnerActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _region = CreateTestProbe();
        _mirror = CreateTestProbe();
        _pool = CreateTestProbe();
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Waits_for_a_policy_and_says_when_it_has_taken_it()
    {
        TestActorRef<EnvironmentRunnerActor> runner = Start(Make.Options());
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        Assert.False(_region.HasMessages);

        Policy(runner, Make.Options());

        _mirror.ExpectMsg<SnapshotProtocol.Consumed>();
        Assert.True(_region.HasMessages);
    }

    [Fact]
    public void Asks_every_shard_for_credit_at_its_start_and_steps_only_when_it_comes()
    {
        TrainingOptions options = Make.Options();
        IActorRef runner = ActorOfAsTestActorRef<EnvironmentRunnerActor>(
            EnvironmentRunnerActor.CreateProps(new RunnerProtocol.RunnerLease(0, 0), 2, Make.Layout(options), options, new RunnerLinks(_region, _mirror, _pool)));
        ReplayProtocol.CreditProbe first = _region.ExpectMsg<ReplayProtocol.CreditProbe>();
        Assert.Equal((0, 1L), (first.Shard, first.FirstUnacknowledged));
        Assert.Equal(first with { Shard = 1 }, _region.ExpectMsg<ReplayProtocol.CreditProbe>());

        Policy(runner, options);
        Assert.False(_region.HasMessages);
        runner.Tell(new ReplayProtocol.Credit(1, 1, first.Incarnation, Received: 0, Granted: 1, Resend: true));

        ReplayProtocol.Insert insert = Assert.Single(Inserts());
        Assert.Equal((1, 1L, 1L), (insert.Shard, insert.Sequence, insert.FirstUnacknowledged));
    }

    [Fact]
    public void Sends_a_silent_shard_no_more_than_it_granted()
    {
        TrainingOptions options = Make.Options() with { Runner = Make.Options().Runner with { MaxInFlight = 3 } };
        TestActorRef<EnvironmentRunnerActor> runner = Start(options);
        Policy(runner, options);
        Policy(runner, options, version: 2);

        List<ReplayProtocol.Insert> inserts = Inserts();

        Assert.Equal([1L, 2L, 3L], inserts.Where(insert => insert.Shard == 0).Select(insert => insert.Sequence));
        Assert.Equal([1L, 2L, 3L], inserts.Where(insert => insert.Shard == 1).Select(insert => insert.Sequence));
        Assert.All(inserts, insert => Assert.Equal((4, 4, 0), (insert.EnvironmentSteps, insert.Batch.Count, insert.Runner)));
        Assert.Equal([0, 1, 0, 1, 0, 1], inserts.Select(insert => insert.Shard));
    }

    [Fact]
    public void Goes_on_exactly_as_far_as_a_credit_allows()
    {
        (IActorRef runner, long incarnation) = StartAndFill();

        runner.Tell(new ReplayProtocol.Credit(0, 1, incarnation, Received: 1, Granted: 3, Resend: false));

        ReplayProtocol.Insert insert = Assert.Single(Inserts());
        Assert.Equal((0, 3L), (insert.Shard, insert.Sequence));
    }

    [Fact]
    public void A_credit_that_only_acknowledges_lets_nothing_more_out()
    {
        (IActorRef runner, long incarnation) = StartAndFill();

        runner.Tell(new ReplayProtocol.Credit(0, 1, incarnation, Received: 2, Granted: 2, Resend: false));

        Assert.False(_region.HasMessages);
    }

    [Fact]
    public void Sends_again_in_order_what_follows_the_last_fragment_received()
    {
        TrainingOptions options = Make.Options() with { Runner = Make.Options().Runner with { MaxInFlight = 3 } };
        TestActorRef<EnvironmentRunnerActor> runner = Start(options);
        Policy(runner, options);
        List<ReplayProtocol.Insert> first = [.. Inserts().Where(insert => insert.Shard == 1)];

        runner.Tell(new ReplayProtocol.Credit(1, 1, first[0].Incarnation, Received: 1, Granted: 3, Resend: true));

        List<ReplayProtocol.Insert> again = Inserts();
        Assert.Equal(2, again.Count);
        Assert.Same(first[1], again[0]);
        Assert.Same(first[2], again[1]);
    }

    [Fact]
    public void Ignores_credit_of_another_incarnation()
    {
        (IActorRef runner, long incarnation) = StartAndFill();

        runner.Tell(new ReplayProtocol.Credit(0, 1, incarnation - 1, Received: 2, Granted: 100, Resend: true));

        Assert.False(_region.HasMessages);
    }

    [Fact]
    public void A_fragment_refused_for_good_fails_the_runner_with_the_shards_line()
    {
        (IActorRef runner, long incarnation) = StartAndFill();
        runner.Tell(new ReplayProtocol.InsertRefused(1, incarnation - 1, 1, "of another one"));
        TestActorRef<EnvironmentRunnerActor> own = (TestActorRef<EnvironmentRunnerActor>)runner;

        FragmentRefusedException exception = Assert.Throws<FragmentRefusedException>(
            () => own.Receive(new ReplayProtocol.InsertRefused(1, incarnation, 2, "a fragment of runner 0 has NaN as the return of transition 3 of 4")));

        Assert.Equal("replay shard 1 refused what was sent to it: a fragment of runner 0 has NaN as the return of transition 3 of 4", Failures.Describe(exception));
    }

    [Fact]
    public void Asks_each_shard_that_was_silent_for_two_seconds_where_it_stands()
    {
        (IActorRef runner, long incarnation) = StartAndFill();
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_region.HasMessages);
        runner.Tell(new ReplayProtocol.Credit(1, 1, incarnation, Received: 1, Granted: 2, Resend: false));

        Time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.False(_region.HasMessages);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(new ReplayProtocol.CreditProbe(0, 0, incarnation, 1), _region.ExpectMsg<ReplayProtocol.CreditProbe>());
        Assert.False(_region.HasMessages);

        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new ReplayProtocol.CreditProbe(0, 0, incarnation, 1), _region.ExpectMsg<ReplayProtocol.CreditProbe>());
        Assert.Equal(new ReplayProtocol.CreditProbe(1, 0, incarnation, 2), _region.ExpectMsg<ReplayProtocol.CreditProbe>());
    }

    [Fact]
    public void Reports_its_own_rung_of_the_ladder_with_its_steps_and_returns()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<EnvironmentRunnerActor> runner = Start(options, index: 1, total: 3);
        Policy(runner, options);
        Time.Advance(TimeSpan.FromSeconds(2));

        List<ProgressProtocol.RunnerReport> reports = Reports();

        // 0.4^(1 + 7·1/2) = 0.4^4.5; four fragments of four steps, in which three episodes of 1 + 2 + 3 + 4 + 5 end.
        Assert.All(reports, report => Assert.Equal((1, Math.Pow(0.4, 4.5)), (report.Runner, report.Epsilon)));
        Assert.Equal(16, reports.Sum(report => report.Steps));
        Assert.Equal([15.0, 15.0, 15.0], reports.SelectMany(report => report.Returns));
    }

    [Fact]
    public void In_a_run_that_goes_on_exploration_anneals_from_where_it_was()
    {
        TrainingOptions options = Make.Options() with
        {
            Exploration = new ExplorationOptions { Kind = ExplorationKind.Anneal, EpsilonInitial = 1, EpsilonFinal = 0, EpsilonDecaySteps = 1000 },
        };
        TestActorRef<EnvironmentRunnerActor> runner = Start(options, index: 0, total: 1);
        Policy(runner, options, steps: 500);
        Time.Advance(TimeSpan.FromSeconds(2));

        // Four fragments of four steps, and no other snapshot: the buffer of a run that is resumed may take long to fill.
        Assert.Equal(1 - (516 / 1000.0), Reports().Last().Epsilon, 12);
    }

    [Fact]
    public void What_it_did_last_is_reported_when_it_stops()
    {
        (IActorRef runner, long _) = StartAndFill();

        Watch(runner);
        Sys.Stop(runner);
        ExpectTerminated(runner);

        Assert.Equal(16, Reports().Sum(report => report.Steps));
    }

    [Fact]
    public void Climbs_to_its_rung_of_the_ladder_that_it_is_told_of_even_where_that_is_shorter_than_its_index()
    {
        (IActorRef runner, long incarnation) = StartAndFill(index: 1);
        long granted = 2;
        foreach ((int total, double exponent) in new[] { (3, 4.5), (8, 2.0), (1, 8.0) })
        {
            Reports();
            runner.Tell(new RunnerProtocol.Ladder(total));
            runner.Tell(new ReplayProtocol.Credit(0, 1, incarnation, Received: 0, Granted: ++granted, Resend: false));
            Time.Advance(TimeSpan.FromSeconds(2));

            Assert.Equal(Math.Pow(0.4, exponent), Reports().Last().Epsilon, 12);
        }
    }

    [Fact]
    public void Counts_what_each_incarnation_of_a_shard_acknowledges_once()
    {
        (IActorRef runner, long incarnation) = StartAndFill();
        runner.Tell(new ReplayProtocol.Credit(0, 100, incarnation, Received: 1, Granted: 2, Resend: false));
        runner.Tell(new ReplayProtocol.Credit(0, 100, incarnation, Received: 1, Granted: 2, Resend: false));
        runner.Tell(new ReplayProtocol.Credit(1, 101, incarnation, Received: 2, Granted: 2, Resend: false));
        runner.Tell(new ReplayProtocol.Credit(0, 102, incarnation, Received: 2, Granted: 2, Resend: false));
        runner.Tell(new ReplayProtocol.Credit(9, 102, incarnation, Received: 2, Granted: 2, Resend: false));
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(
            [new(0, 100, 4), new(0, 102, 4), new(1, 101, 8)],
            Reports().SelectMany(report => report.Acknowledged).OrderBy(entry => (entry.Shard, entry.Incarnation)));
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(Reports());
    }

    [Fact]
    public void A_shard_that_knows_a_newer_incarnation_makes_it_go_on_under_one_newer_still_and_give_up_what_was_refused()
    {
        (IActorRef runner, long incarnation) = StartAndFill();
        long newer = incarnation + TimeSpan.TicksPerMinute;

        runner.Tell(new ReplayProtocol.CreditRefused(0, newer));

        List<ReplayProtocol.Insert> inserts = Inserts();
        Assert.Equal([(0, 1L), (0, 2L), (1, 1L), (1, 2L)], inserts.Select(insert => (insert.Shard, insert.Sequence)).Order());
        Assert.All(inserts, insert => Assert.True(insert.Incarnation > newer));
        runner.Tell(new ReplayProtocol.Credit(0, 1, incarnation, Received: 2, Granted: 9, Resend: true));
        Assert.False(_region.HasMessages);
    }

    [Fact]
    public void Two_runners_of_one_index_drive_each_other_on_no_more_than_once_a_second()
    {
        (IActorRef runner, long incarnation) = StartAndFill();
        runner.Tell(new ReplayProtocol.CreditRefused(0, incarnation + TimeSpan.TicksPerMinute));
        long second = Inserts()[0].Incarnation;

        Time.Advance(TimeSpan.FromMilliseconds(999));
        runner.Tell(new ReplayProtocol.CreditRefused(1, second + TimeSpan.TicksPerMinute));
        Assert.False(_region.HasMessages);

        Time.Advance(TimeSpan.FromMilliseconds(1));
        runner.Tell(new ReplayProtocol.CreditRefused(0, second - 1));
        Assert.False(_region.HasMessages);
        runner.Tell(new ReplayProtocol.CreditRefused(1, second + TimeSpan.TicksPerMinute));
        Assert.All(Inserts(), insert => Assert.True(insert.Incarnation > second + TimeSpan.TicksPerMinute));
    }

    [Fact]
    public void More_returns_than_one_report_takes_go_into_further_ones()
    {
        // Episodes of one step: a fragment of 5000 steps has as many returns.
        TrainingOptions options = Make.Options() with
        {
            Environment = ScriptedEnvironment.Specification(("episodeLength", "1")),
            Runner = Make.Options().Runner with { Fragment = 5000, MaxInFlight = 1 },
            Replay = Make.Options().Replay with { Shards = 1 },
        };
        Policy(Start(options), options);
        Time.Advance(TimeSpan.FromSeconds(2));

        List<ProgressProtocol.RunnerReport> reports = Reports();
        Assert.Equal([2048, 2048, 904], reports.Select(report => report.Returns.Count));
        Assert.Equal([5000L, 0L, 0L], reports.Select(report => report.Steps));
    }

    [Fact]
    public void Says_every_two_seconds_what_it_has_to_go_on_with()
    {
        (IActorRef runner, long incarnation) = StartAndFill();
        List<EnvironmentRunnerActor.Standing> standings = [];
        for (int tick = 0; tick < 4; tick++)
        {
            Time.Advance(TimeSpan.FromSeconds(2));
            runner.Tell(new ReplayProtocol.Credit(1, 1, incarnation, Received: 0, Granted: 2, Resend: false));
            while (_pool.HasMessages)
            {
                if (_pool.ReceiveOne(TimeSpan.Zero) is EnvironmentRunnerActor.Standing standing)
                {
                    standings.Add(standing);
                }
            }
        }

        Assert.All(standings, standing => Assert.True(standing.HasPolicy));
        Assert.All(standings, standing => Assert.Equal([0, 1], standing.Closed));
        Assert.Equal([[], [], [0], [0]], standings.Select(standing => standing.Silent));
    }

    [Fact]
    public void A_source_is_read_as_credit_allows_and_its_end_is_told_when_everything_is_acknowledged()
    {
        StoredFragments source = new(fragments: 5, transitions: 3);
        TestActorRef<EnvironmentRunnerActor> runner = Start(Make.Options(), source: source);
        Policy(runner, Make.Options());
        List<ReplayProtocol.Insert> inserts = Inserts();
        Assert.Equal((4, 1), (source.Given, source.Loads));
        Assert.Equal([0f, 3, 6, 9], inserts.Select(insert => insert.Batch.Returns[0]));

        Acknowledge(0, received: 2, granted: 4);
        inserts.AddRange(Inserts());
        Assert.Equal(5, inserts.Count);
        Assert.Equal(0, Ends());
        Acknowledge(0, received: 3, granted: 5);
        Assert.Equal(0, Ends());
        Acknowledge(1, received: 2, granted: 4);

        Assert.Equal(1, Ends(expected: 15));
        Assert.False(_region.HasMessages);

        void Acknowledge(int shard, long received, long granted) =>
            runner.Tell(new ReplayProtocol.Credit(shard, 1, inserts[0].Incarnation, received, granted, Resend: false));
    }

    private int Ends(long expected = 0)
    {
        int ends = 0;
        while (_pool.HasMessages)
        {
            if (_pool.ReceiveOne(TimeSpan.Zero) is EnvironmentRunnerActor.SourceEnded ended)
            {
                Assert.Equal(new EnvironmentRunnerActor.SourceEnded(0, expected), ended);
                ends++;
            }
        }

        return ends;
    }

    private List<ProgressProtocol.RunnerReport> Reports()
    {
        List<ProgressProtocol.RunnerReport> reports = [];
        while (_pool.HasMessages)
        {
            if (_pool.ReceiveOne(TimeSpan.Zero) is ProgressProtocol.RunnerReport report)
            {
                reports.Add(report);
            }
        }

        return reports;
    }

    private (IActorRef Runner, long Incarnation) StartAndFill(int index = 0)
    {
        TestActorRef<EnvironmentRunnerActor> runner = Start(Make.Options(), index);
        Policy(runner, Make.Options());
        List<ReplayProtocol.Insert> inserts = Inserts();
        Assert.Equal(4, inserts.Count);
        return (runner, inserts[0].Incarnation);
    }

    private TestActorRef<EnvironmentRunnerActor> Start(TrainingOptions options, int index = 0, int total = 2, IFragmentSource? source = null)
    {
        new OpeningRegion(options.Runner.MaxInFlight).Attach(_region);
        return ActorOfAsTestActorRef<EnvironmentRunnerActor>(
            EnvironmentRunnerActor.CreateProps(
                new RunnerProtocol.RunnerLease(index, 0), total, Make.Layout(options), options, new RunnerLinks(_region, _mirror, _pool) { Source = source }));
    }

    private void Policy(IActorRef runner, TrainingOptions options, long version = 1, long steps = 0)
    {
        NetworkLayout layout = Make.Layout(options);
        runner.Tell(Make.Snapshot(layout, version) with { Steps = steps }, _mirror);
    }

    private List<ReplayProtocol.Insert> Inserts()
    {
        List<ReplayProtocol.Insert> inserts = [];
        while (_region.HasMessages)
        {
            inserts.Add(_region.ExpectMsg<ReplayProtocol.Insert>());
        }

        return inserts;
    }
}
