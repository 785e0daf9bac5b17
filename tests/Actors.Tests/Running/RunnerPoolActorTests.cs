using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class RunnerPoolActorTests : TestKit
{
    private readonly TestProbe _region;
    private readonly TestProbe _mirror;
    private readonly TestProbe _progress;
    private readonly TestProbe _coordinator;

    public RunnerPoolActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _region = CreateTestProbe();
        _mirror = CreateTestProbe();
        _progress = CreateTestProbe();
        _coordinator = CreateTestProbe();
        new OpeningRegion(window: 3).Attach(_region);
        _mirror.IgnoreMessages(message => message is SnapshotProtocol.Consumed);
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

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
        List<ProgressProtocol.RunnerReport> reports = Reports();
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
            ProgressProtocol.RunnerRestarted restarted = _progress.ExpectMsg<ProgressProtocol.RunnerRestarted>();
            Assert.Equal(0, restarted.Runner);
            Assert.Contains(cause, restarted.Cause, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', restarted.Cause);
            Time.Advance(TimeSpan.FromMilliseconds(pause - 1));
            Assert.False(_mirror.HasMessages);
            Time.Advance(TimeSpan.FromMilliseconds(1));
            Subscribers(1);
        }

        Assert.False(_coordinator.HasMessages);
    }

    [Fact]
    public void More_failures_than_allowed_end_the_run_once_with_the_environments_own_message_in_one_line()
    {
        TrainingOptions options = Options(failAtStep: 1, maxRestarts: 2);
        Start(options);
        for (int failure = 0; failure < 6; failure++)
        {
            while (_mirror.HasMessages)
            {
                _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
                PolicyToLastSubscriber(options);
            }

            Time.Advance(TimeSpan.FromSeconds(10));
        }

        RunProtocol.StopRun stop = _coordinator.ExpectMsg<RunProtocol.StopRun>();
        Assert.Equal(StopReason.Failed, stop.Reason);
        Assert.Contains("the motor burned out", stop.Failure, StringComparison.Ordinal);
        Assert.Contains("2 restarts, the limit dqn.runner.max-restarts", stop.Failure, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', stop.Failure);
        Assert.False(_coordinator.HasMessages);
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
        Time.Advance(TimeSpan.FromSeconds(10));

        string cause = _progress.ExpectMsg<ProgressProtocol.RunnerRestarted>().Cause;
        Assert.Contains("no_such_argument", cause, StringComparison.Ordinal);
        Assert.StartsWith(cause, _coordinator.ExpectMsg<RunProtocol.StopRun>().Failure, StringComparison.Ordinal);
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
        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(_mirror.HasMessages);
        Assert.False(_coordinator.HasMessages);
    }

    private static TrainingOptions Options(int failAtStep, int maxRestarts = 3, bool failsWithNaN = false, int runners = 2) => Make.Options() with
    {
        Environment = ScriptedEnvironment.Specification(
            ("fail_at_step", failAtStep.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("failsWithNaN", failsWithNaN ? "true" : "false")),
        Replay = Make.Options().Replay with { Shards = 1 },
        Runner = Make.Options().Runner with { Count = runners, MaxRestarts = maxRestarts, MaxInFlight = 3 },
    };

    private TestActorRef<RunnerPoolActor> Start(TrainingOptions options) => ActorOfAsTestActorRef<RunnerPoolActor>(
        RunnerPoolActor.CreateProps(Make.Layout(options), options, new RunnerLinks(_region, _mirror, _progress), _coordinator));

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

    private List<ReplayProtocol.Insert> Inserts()
    {
        List<ReplayProtocol.Insert> inserts = [];
        while (_region.HasMessages)
        {
            inserts.Add(_region.ExpectMsg<ReplayProtocol.Insert>());
        }

        return inserts;
    }

    private List<ProgressProtocol.RunnerReport> Reports()
    {
        List<ProgressProtocol.RunnerReport> reports = [];
        while (_progress.HasMessages)
        {
            if (_progress.ReceiveOne(TimeSpan.Zero) is ProgressProtocol.RunnerReport report)
            {
                reports.Add(report);
            }
        }

        return reports;
    }
}
