using System.Globalization;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;
using Lease = DqnAkka.Actors.RunnerProtocol.RunnerLease;

namespace DqnAkka.Actors.Tests;

public sealed class RunnerPoolActorTests : TestKit
{
    private readonly TestProbe _region;
    private readonly TestProbe _mirror;
    private readonly TestProbe _training;
    private readonly TestProbe _node;

    public RunnerPoolActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _region = CreateTestProbe();
        _mirror = CreateTestProbe();
        _training = CreateTestProbe();
        _node = CreateTestProbe();
        new OpeningRegion(window: 3).Attach(_region);
        _mirror.IgnoreMessages(message => message is SnapshotProtocol.Consumed);
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Claims_twice_a_second_until_it_is_answered_and_then_once_with_what_it_holds()
    {
        TestActorRef<RunnerPoolActor> pool = StartWithoutLeases(Options(failAtStep: 0));
        RunnerProtocol.ClaimRunners claim = Assert.Single(Claims());
        Assert.Equal((2, 0), (claim.Count, claim.Held.Count));
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal([claim.Pool, claim.Pool, claim.Pool], Claims().Select(again => again.Pool));
        Assert.False(_mirror.HasMessages);

        pool.Tell(new RunnerProtocol.Leases(claim.Pool + 1, [new Lease(0, 0)], 1));
        Assert.False(_mirror.HasMessages);
        Lease[] leases = [new(2, 64), new(5, 0)];
        pool.Tell(new RunnerProtocol.Leases(claim.Pool, leases, 6));

        Subscribers(2);
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(leases, Assert.Single(Claims()).Held);
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Empty(Claims());
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(leases, Assert.Single(Claims()).Held);
    }

    [Fact]
    public void Runners_start_and_stop_as_the_leases_say_and_the_others_hear_of_the_new_ladder()
    {
        TrainingOptions options = Options(failAtStep: 0);
        TestActorRef<RunnerPoolActor> pool = StartWithoutLeases(options);
        long number = Claims()[0].Pool;
        pool.Tell(new RunnerProtocol.Leases(number, [new Lease(0, 0), new Lease(1, 0)], 2));
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        IActorRef first = _mirror.LastSender;
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        IActorRef second = _mirror.LastSender;
        Watch(second);

        pool.Tell(new RunnerProtocol.Leases(number, [new Lease(0, 0), new Lease(4, 0)], 8));

        ExpectTerminated(second);
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        foreach (IActorRef runner in new[] { first, _mirror.LastSender })
        {
            runner.Tell(Make.Snapshot(Make.Layout(options)), _mirror);
        }

        Pass(seconds: 2);
        List<ProgressProtocol.RunnerReport> reports = Told<ProgressProtocol.RunnerReport>();
        Assert.Equal([(0, 0.4), (4, Math.Pow(0.4, 5))], reports.Select(report => (report.Runner, report.Epsilon)).Distinct().Order());
    }

    [Fact]
    public void A_runner_that_fails_comes_back_with_its_index_and_epsilon_and_a_larger_incarnation()
    {
        TrainingOptions options = Options(failAtStep: 10);
        Start(options);
        Subscribers(options.Runner.Count);
        PolicyToLastSubscriber(options);
        List<ReplayProtocol.Insert> before = Inserts();
        Assert.Equal([1L, 2L], before.Select(insert => insert.Sequence));

        Time.Advance(TimeSpan.FromMilliseconds(100));
        Subscribers(1);
        PolicyToLastSubscriber(options);

        List<ReplayProtocol.Insert> after = Inserts();
        Assert.Equal([1L, 2L], after.Select(insert => insert.Sequence));
        Assert.All(after, insert => Assert.Equal(before[0].Runner, insert.Runner));
        Assert.All(after, insert => Assert.True(insert.Incarnation > before[0].Incarnation));
        double epsilon = Math.Pow(0.4, 1 + (7.0 * before[0].Runner));
        List<ProgressProtocol.RunnerReport> reports = Told<ProgressProtocol.RunnerReport>();
        Assert.All(reports, report => Assert.Equal((before[0].Runner, epsilon), (report.Runner, report.Epsilon)));
        Assert.Equal(16, reports.Sum(report => report.Steps));
    }

    [Theory]
    [InlineData(false, "burned out")]
    [InlineData(true, "NaN")]
    public void It_comes_back_after_a_pause_that_doubles_and_every_restart_is_told(bool failsWithNaN, string cause)
    {
        TrainingOptions options = Options(failAtStep: 1, maxRestarts: 8, failsWithNaN: failsWithNaN, runners: 1);
        Start(options);
        Subscribers(1);
        int[] pauses = [100, 200, 400, 800, 1600, 3200, 6400, 10_000];
        foreach (int pause in pauses)
        {
            PolicyToLastSubscriber(options);
            ProgressProtocol.RunnerRestarted restarted = Assert.Single(Told<ProgressProtocol.RunnerRestarted>());
            Assert.Equal(0, restarted.Runner);
            Assert.Contains(cause, restarted.Cause, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', restarted.Cause);
            Time.Advance(TimeSpan.FromMilliseconds(pause - 1));
            Assert.False(_mirror.HasMessages);
            Time.Advance(TimeSpan.FromMilliseconds(1));
            Subscribers(1);
        }

        Assert.Empty(Told<RunProtocol.StopRun>());
    }

    [Fact]
    public void More_failures_than_allowed_end_the_run_with_the_environments_own_message_in_one_line_until_the_run_ends()
    {
        TrainingOptions options = Options(failAtStep: 1, maxRestarts: 2);
        TestActorRef<RunnerPoolActor> pool = Start(options);
        Fail(options, times: 6);

        List<RunProtocol.StopRun> stops = Told<RunProtocol.StopRun>();
        Assert.Single(stops.Distinct());
        Assert.Equal(StopReason.Failed, stops[0].Reason);
        Assert.Contains("the motor burned out", stops[0].Failure, StringComparison.Ordinal);
        Assert.Contains("2 restarts in 60 minutes, the limit dqn.runner.max-restarts", stops[0].Failure, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', stops[0].Failure);
        Assert.False(_mirror.HasMessages);

        // The singleton may not have heard: it is told again, once a second, and no runner starts meanwhile.
        pool.Tell(new RunnerProtocol.Leases(Number(pool), [new Lease(0, 0), new Lease(1, 0)], 2));
        Pass(seconds: 1);
        Assert.Equal(stops[0], Assert.Single(Told<RunProtocol.StopRun>()));
        pool.Tell(RunProtocol.StopRunners.Instance);
        Pass(seconds: 1);
        Assert.Empty(Told<RunProtocol.StopRun>());
        Assert.False(_mirror.HasMessages);
    }

    [Fact]
    public void An_environment_that_cannot_be_made_counts_as_a_failure_too()
    {
        TrainingOptions options = Make.Options() with
        {
            Environment = ScriptedEnvironment.Specification(("no_such_argument", "1")),
            Runner = Make.Options().Runner with { Count = 1, MaxRestarts = 1 },
        };
        Start(options);
        Time.Advance(TimeSpan.FromMilliseconds(100));

        List<object> told = Told<object>();
        string cause = Assert.Single(told.OfType<ProgressProtocol.RunnerRestarted>()).Cause;
        Assert.Contains("no_such_argument", cause, StringComparison.Ordinal);
        Assert.StartsWith(cause, Assert.Single(told.OfType<RunProtocol.StopRun>()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Stopping_stops_every_runner_and_none_comes_back()
    {
        TrainingOptions options = Options(failAtStep: 1, runners: 2);
        TestActorRef<RunnerPoolActor> pool = Start(options);
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        IActorRef first = _mirror.LastSender;
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        IActorRef second = _mirror.LastSender;
        Watch(first);
        PolicyToLastSubscriber(options);

        pool.Tell(RunProtocol.StopRunners.Instance);

        ExpectTerminated(first);
        Assert.NotEqual(first, second);
        Pass(seconds: 60);
        Assert.False(_mirror.HasMessages);
        Assert.Empty(Told<RunProtocol.StopRun>());
    }

    [Fact]
    public void Leases_of_a_registry_that_took_over_let_stopped_runners_go_on_with_their_indices_and_other_random_numbers()
    {
        TrainingOptions options = Options(failAtStep: 0, runners: 1);
        TestActorRef<RunnerPoolActor> pool = Start(options);
        Subscribers(1);
        pool.Tell(RunProtocol.StopRunners.Instance);
        Told<object>();
        Pass(seconds: 1);
        RunnerProtocol.ClaimRunners claim = Claims()[0];
        Assert.Equal([new Lease(0, 0)], claim.Held);

        pool.Tell(new RunnerProtocol.Leases(claim.Pool, claim.Held, 1));

        Subscribers(1);
        Assert.EndsWith("runner-0-1", _mirror.LastSender.Path.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_indices_are_given_back_when_it_ends()
    {
        TestActorRef<RunnerPoolActor> pool = Start(Options(failAtStep: 0));
        long number = Number(pool);

        pool.Tell(PoisonPill.Instance);

        Assert.Equal(number, Assert.Single(Told<RunnerProtocol.ReleaseRunners>()).Pool);
    }

    [Fact]
    public void The_node_hears_every_second_where_the_runners_stand_and_what_they_wait_for()
    {
        // Three fragments of four steps go out at once, and the fourth fails.
        TrainingOptions options = Options(failAtStep: 14, runners: 1);
        TestActorRef<RunnerPoolActor> pool = StartWithoutLeases(options);
        Assert.Equal("a runner index from the training singleton (is a node with the role learner up?)", Report().WaitsFor);
        Lease(pool, options);
        Subscribers(1);
        Assert.Equal("a policy snapshot of the learner", Report().WaitsFor);
        PolicyToLastSubscriber(options);
        long incarnation = Inserts()[0].Incarnation;
        IActorRef runner = _mirror.LastSender;
        runner.Tell(new ReplayProtocol.Credit(0, 77, incarnation, Received: 2, Granted: 3, Resend: false));
        Pass(seconds: 2);

        NodeProtocol.PartReport report = Report();

        Assert.Equal(("runners", 12L, "credit from replay shard 0"), (report.Part, report.Progress, report.WaitsFor));
        RunnerPoolStatus status = Assert.IsType<RunnerPoolStatus>(report.Status);
        RunnerStatus only = Assert.Single(status.Runners);
        Assert.Equal((0, 12L, 0), (only.Index, only.Steps, status.Restarts));
        Assert.Equal([new ProgressProtocol.AcknowledgedTransitions(0, 77, 8)], status.Acknowledged);
        runner.Tell(new ReplayProtocol.Credit(0, 77, incarnation, Received: 3, Granted: 4, Resend: false));
        Assert.Equal(1, ((RunnerPoolStatus)Report().Status).Restarts);
        pool.Tell(RunProtocol.StopRunners.Instance);
        Assert.Equal("the end of the run", Report().WaitsFor);
    }

    [Fact]
    public void With_a_real_registry_two_pools_share_the_ladder_and_a_third_takes_the_place_of_one_that_ended()
    {
        TrainingOptions options = Options(failAtStep: 0);
        IActorRef registry = ActorOfAsTestActorRef<RunnerRegistryActor>(RunnerRegistryActor.CreateProps(isTakeover: false));
        IActorRef[] pools = [.. Enumerable.Range(0, 2).Select(_ => Pool(options, registry))];
        Subscribers(4);
        pools[0].Tell(PoisonPill.Instance);

        TestActorRef<RunnerPoolActor> third = Pool(options, registry);

        Subscribers(2);
        Taken<object>(_node);
        Pass(seconds: 1);
        List<NodeProtocol.PartReport> reports = [.. Enumerable.Range(0, 2).Select(_ => _node.ExpectMsg<NodeProtocol.PartReport>())];
        Assert.Equal([[0, 1], [2, 3]], reports.Select(report => ((RunnerPoolStatus)report.Status).Runners.Select(runner => runner.Index).ToArray()).OrderBy(indices => indices[0]));
        Assert.NotEqual(pools[1], third);
    }

    private static TrainingOptions Options(int failAtStep, int maxRestarts = 3, bool failsWithNaN = false, int runners = 2) => Make.Options() with
    {
        Environment = ScriptedEnvironment.Specification(
            ("fail_at_step", failAtStep.ToString(CultureInfo.InvariantCulture)), ("failsWithNaN", failsWithNaN ? "true" : "false")),
        Replay = Make.Options().Replay with { Shards = 1 },
        Runner = Make.Options().Runner with { Count = runners, MaxRestarts = maxRestarts, MaxInFlight = 3 },
    };

    private TestActorRef<RunnerPoolActor> Pool(TrainingOptions options, IActorRef training) => ActorOfAsTestActorRef<RunnerPoolActor>(
        RunnerPoolActor.CreateProps(Make.Layout(options), options, new RunnerPoolLinks(_region, _mirror, training, _node)));

    private TestActorRef<RunnerPoolActor> StartWithoutLeases(TrainingOptions options) => Pool(options, _training);

    /// <summary>A pool alone in its cluster, with as many runners as it wants.</summary>
    private TestActorRef<RunnerPoolActor> Start(TrainingOptions options)
    {
        TestActorRef<RunnerPoolActor> pool = StartWithoutLeases(options);
        Lease(pool, options);
        return pool;
    }

    private void Lease(IActorRef pool, TrainingOptions options)
    {
        int count = options.Runner.Count;
        pool.Tell(new RunnerProtocol.Leases(Claims()[0].Pool, [.. Enumerable.Range(0, count).Select(index => new Lease(index, 0))], count));
    }

    private long Number(IActorRef pool)
    {
        Assert.False(pool.IsNobody());
        Pass(seconds: 1);
        return Claims()[0].Pool;
    }

    private void Fail(TrainingOptions options, int times)
    {
        for (int failure = 0; failure < times; failure++)
        {
            while (_mirror.HasMessages)
            {
                _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
                PolicyToLastSubscriber(options);
            }

            Pass(seconds: 10);
        }
    }

    /// <summary>Half a second at a time: the virtual clock fires a periodic timer once for each look.</summary>
    private void Pass(int seconds)
    {
        for (int half = 0; half < 2 * seconds; half++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(500));
        }
    }

    private void Subscribers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        }

        Assert.False(_mirror.HasMessages);
    }

    private void PolicyToLastSubscriber(TrainingOptions options)
    {
        NetworkLayout layout = Make.Layout(options);
        _mirror.LastSender.Tell(Make.Snapshot(layout), _mirror);
    }

    private NodeProtocol.PartReport Report()
    {
        NodeProtocol.PartReport? last = null;
        Pass(seconds: 1);
        while (_node.HasMessages)
        {
            last = _node.ExpectMsg<NodeProtocol.PartReport>();
        }

        return last!;
    }

    private List<RunnerProtocol.ClaimRunners> Claims() => Told<RunnerProtocol.ClaimRunners>();

    private List<ReplayProtocol.Insert> Inserts() => Taken<ReplayProtocol.Insert>(_region);

    /// <summary>What the training was told of one kind; what else it was told is forgotten.</summary>
    private List<T> Told<T>() => Taken<T>(_training);

    private static List<T> Taken<T>(TestProbe probe)
    {
        List<T> messages = [];
        while (probe.HasMessages)
        {
            if (probe.ReceiveOne(TimeSpan.Zero) is T message)
            {
                messages.Add(message);
            }
        }

        return messages;
    }
}
