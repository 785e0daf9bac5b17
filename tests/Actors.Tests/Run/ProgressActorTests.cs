using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

public sealed class ProgressActorTests : TestKit
{
    private readonly RecordingSink _sink = new();
    private readonly TestProbe _node;

    public ProgressActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output) => _node = CreateTestProbe();

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void The_sinks_hear_four_times_a_second_where_the_run_stands()
    {
        TestActorRef<ProgressActor> progress = Start(_sink);
        progress.Tell(new ProgressProtocol.RunnerReport(0, 12, 0.5, [3.0], []));
        progress.Tell(new ProgressProtocol.RunnerRestarted(3, "it broke"));
        progress.Tell(new ProgressProtocol.LearnerRestarted("NaN"));
        Sys.EventStream.Publish(new DeadLetter("lost", ActorRefs.Nobody, ActorRefs.Nobody));
        Sys.EventStream.Publish(new SuppressedDeadLetter(new Expected(), ActorRefs.Nobody, ActorRefs.Nobody));

        Time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Empty(_sink.Reports);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        ProgressReport report = Assert.Single(_sink.Reports);
        Assert.Equal((12L, 1L, 1, 1, 1L), (report.Steps, report.Episodes, report.RunnerRestarts, report.LearnerRestarts, report.DeadLetters));
        Assert.Equal(["runner 3 restarts (restart 1): it broke", "the learner restarts from its checkpoint (restart 1): NaN"], _sink.Notices);
    }

    [Fact]
    public void A_run_that_goes_on_counts_from_where_it_was()
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp() - (60 * System.Diagnostics.Stopwatch.Frequency);
        TestActorRef<ProgressActor> progress = ActorOfAsTestActorRef<ProgressActor>(
            ProgressActor.CreateProps([_sink], start, _node, new ResumePoint(1000, 300, 20)));
        Time.Advance(TimeSpan.FromMilliseconds(250));
        ProgressReport first = Assert.Single(_sink.Reports);
        Assert.Equal((1000L, 300L, 20L, 0.0), (first.Steps, first.Updates, first.Episodes, first.UpdatesPerSecond));
        Assert.True(first.Elapsed >= TimeSpan.FromSeconds(60));

        progress.Tell(new ProgressProtocol.RunnerReport(0, 12, 0.5, [3.0, 4.0], []));
        progress.Tell(ProgressProtocol.CountEpisodes.Instance, TestActor);
        Assert.Equal(22, ExpectMsg<ProgressProtocol.EpisodesCounted>().Episodes);
        progress.Tell(new ProgressProtocol.Complete(StopReason.Steps, "", null, ""), TestActor);
        Assert.Equal(new ResumePoint(1000, 300, 20), ExpectMsg<ProgressProtocol.Completed>().Summary.ResumedAt);
    }

    [Fact]
    public void A_sink_that_throws_is_dropped_and_the_others_hear_why()
    {
        int calls = 0;
        RecordingSink broken = new()
        {
            OnReport = _ =>
            {
                calls++;
                throw new IOException("no space\nleft");
            },
        };
        TestActorRef<ProgressActor> progress = Start(broken, _sink);

        Time.Advance(TimeSpan.FromMilliseconds(250));
        Time.Advance(TimeSpan.FromMilliseconds(250));
        progress.Tell(new ProgressProtocol.Notice("later"));

        Assert.Equal(1, calls);
        Assert.Equal(2, _sink.Reports.Count);
        Assert.Equal(["RecordingSink failed and is no longer told: no space left", "later"], _sink.Notices);
        Assert.Empty(broken.Notices);
    }

    [Fact]
    public void The_end_is_told_once_with_the_last_report_and_nothing_follows()
    {
        TestActorRef<ProgressActor> progress = Start(_sink);
        EvaluationResult evaluation = new(1, 2, 3, 4, 5, 6, 7);
        progress.Tell(new ProgressProtocol.Complete(StopReason.Failed, "why", evaluation, "there"), TestActor);

        RunSummary summary = ExpectMsg<ProgressProtocol.Completed>().Summary;
        Assert.Same(summary, Assert.Single(_sink.Summaries));
        Assert.Equal((StopReason.Failed, "why", evaluation, "there"), (summary.Reason, summary.Failure, summary.Evaluation, summary.CheckpointDirectory));
        Assert.Same(summary.Progress, Assert.Single(_sink.Reports));

        Time.Advance(TimeSpan.FromSeconds(1));
        progress.Tell(new ProgressProtocol.Notice("late"));
        Assert.Single(_sink.Reports);
        Assert.Empty(_sink.Notices);
    }

    [Fact]
    public void The_node_hears_once_a_second_where_the_training_stands_and_what_it_waits_for()
    {
        TestActorRef<ProgressActor> progress = Start(_sink);
        progress.Tell(new ProgressProtocol.LearnerReport(90, 5, 100, 320, 80, 0.1, 0.2, 0.3, 0.9)
        {
            Generation = 7,
            SnapshotVersion = 3,
            WaitsFor = "transitions",
        });
        progress.Tell(new ProgressProtocol.CheckpointSaved(4));
        progress.Tell(new ProgressProtocol.RunnerReport(0, 12, 0.5, [], []));
        progress.Tell(new ProgressProtocol.RunnerReport(5, 12, 0.1, [], []));

        for (int quarter = 0; quarter < 3; quarter++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(250));
        }

        _node.ExpectNoMsg(TimeSpan.Zero);
        Time.Advance(TimeSpan.FromMilliseconds(250));

        NodeProtocol.PartReport part = _node.ExpectMsg<NodeProtocol.PartReport>();
        Assert.Equal(("training", 105L, "transitions"), (part.Part, part.Progress, part.WaitsFor));
        TrainingStatus status = Assert.IsType<TrainingStatus>(part.Status);
        Assert.Equal((7L, 3L, 5L, 90L, 100L, 320L), (status.Generation, status.SnapshotVersion, status.Updates, status.Steps, status.Inserts, status.Samples));
        Assert.Equal((4L, 2), (status.CheckpointUpdates, status.Runners));
    }

    private sealed record Expected : IDeadLetterSuppression;

    private TestActorRef<ProgressActor> Start(params IProgressSink[] sinks) => ActorOfAsTestActorRef<ProgressActor>(ProgressActor.CreateProps(sinks, 0, _node));
}
