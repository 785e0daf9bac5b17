using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class EnvironmentRunnerActorTests : TestKit
{
    private readonly TestProbe _region;
    private readonly TestProbe _mirror;
    private readonly TestProbe _progress;

    public EnvironmentRunnerActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _region = CreateTestProbe();
        _mirror = CreateTestProbe();
        _progress = CreateTestProbe();
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
            EnvironmentRunnerActor.CreateProps(0, 0, Make.Layout(options), options, new RunnerLinks(_region, _mirror, _progress)));
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
        TrainingOptions options = Make.Options() with { Runner = Make.Options().Runner with { Count = 3 } };
        TestActorRef<EnvironmentRunnerActor> runner = Start(options, index: 1);
        Policy(runner, options);
        Time.Advance(TimeSpan.FromSeconds(2));

        List<ProgressProtocol.RunnerReport> reports = [];
        while (_progress.HasMessages)
        {
            reports.Add(_progress.ExpectMsg<ProgressProtocol.RunnerReport>());
        }

        // 0.4^(1 + 7·1/2) = 0.4^4.5; four fragments of four steps, in which three episodes of 1 + 2 + 3 + 4 + 5 end.
        Assert.All(reports, report => Assert.Equal((1, Math.Pow(0.4, 4.5)), (report.Runner, report.Epsilon)));
        Assert.Equal(16, reports.Sum(report => report.Steps));
        Assert.Equal([15.0, 15.0, 15.0], reports.SelectMany(report => report.Returns));
    }

    [Fact]
    public void What_it_did_last_is_reported_when_it_stops()
    {
        (IActorRef runner, long _) = StartAndFill();

        Watch(runner);
        Sys.Stop(runner);
        ExpectTerminated(runner);

        long steps = 0;
        while (_progress.HasMessages)
        {
            steps += _progress.ExpectMsg<ProgressProtocol.RunnerReport>().Steps;
        }

        Assert.Equal(16, steps);
    }

    private (IActorRef Runner, long Incarnation) StartAndFill()
    {
        TestActorRef<EnvironmentRunnerActor> runner = Start(Make.Options());
        Policy(runner, Make.Options());
        List<ReplayProtocol.Insert> inserts = Inserts();
        Assert.Equal(4, inserts.Count);
        return (runner, inserts[0].Incarnation);
    }

    private TestActorRef<EnvironmentRunnerActor> Start(TrainingOptions options, int index = 0)
    {
        new OpeningRegion(options.Runner.MaxInFlight).Attach(_region);
        return ActorOfAsTestActorRef<EnvironmentRunnerActor>(
            EnvironmentRunnerActor.CreateProps(index, 0, Make.Layout(options), options, new RunnerLinks(_region, _mirror, _progress)));
    }

    private void Policy(IActorRef runner, TrainingOptions options, long version = 1)
    {
        NetworkLayout layout = Make.Layout(options);
        runner.Tell(Make.Snapshot(layout, version), _mirror);
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
