using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class RunCoordinatorActorTests : TestKit
{
    private static readonly EvaluationResult Evaluation = new(10, 5, 3, 1, 0, 1, 1);
    private readonly TestProbe _runners;
    private readonly TestProbe _learner;
    private readonly TestProbe _writer;
    private readonly TestProbe _evaluator;
    private readonly TestProbe _progress;
    private readonly TaskCompletionSource<RunSummary> _summary = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunCoordinatorActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _runners = CreateTestProbe();
        _learner = CreateTestProbe();
        _writer = CreateTestProbe();
        _evaluator = CreateTestProbe();
        _progress = CreateTestProbe();
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Ends_a_run_stage_after_stage()
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        Assert.False(_runners.HasMessages);
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Steps));
        _runners.ExpectMsg<RunProtocol.StopRunners>();
        _learner.ExpectMsg<RunProtocol.FinishTraining>();
        Assert.False(_writer.HasMessages);

        RunProtocol.LearnerCapture capture = Capture();
        coordinator.Tell(new RunProtocol.TrainingFinished(capture));
        Assert.Same(capture, _writer.ExpectMsg<RunProtocol.WriteCheckpoint>().Learner);
        coordinator.Tell(new RunProtocol.CheckpointWritten("there", capture.Snapshot));
        Assert.Same(capture.Snapshot, _evaluator.ExpectMsg<EvaluationProtocol.EvaluateFinal>().Snapshot);
        coordinator.Tell(new EvaluationProtocol.FinalEvaluation(Evaluation));
        Assert.Equal(new ProgressProtocol.Complete(StopReason.Steps, "", Evaluation, "there"), _progress.ExpectMsg<ProgressProtocol.Complete>());

        Assert.False(_summary.Task.IsCompleted);
        RunSummary summary = Summary();
        coordinator.Tell(new ProgressProtocol.Completed(summary));
        Assert.Same(summary, await _summary.Task);
    }

    [Fact]
    public void The_first_reason_counts()
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Failed, "first"));
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Score));
        _learner.ExpectMsg<RunProtocol.FinishTraining>();
        Assert.False(_learner.HasMessages);

        coordinator.Tell(RunProtocol.TrainingLost.Instance);
        Assert.Equal(new ProgressProtocol.Complete(StopReason.Failed, "first", null, ""), _progress.ExpectMsg<ProgressProtocol.Complete>());
    }

    [Fact]
    public void Who_asks_before_everybody_is_there_is_heard_when_they_are()
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start(withMembers: false);
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Failed, "early"));
        Assert.False(_runners.HasMessages);

        coordinator.Tell(Members());
        _runners.ExpectMsg<RunProtocol.StopRunners>();
        _learner.ExpectMsg<RunProtocol.FinishTraining>();
    }

    [Theory]
    [InlineData(StopReason.Interrupted)]
    [InlineData(StopReason.Failed)]
    public void An_interruption_and_a_failure_keep_the_checkpoint_and_are_not_evaluated(StopReason reason)
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        coordinator.Tell(new RunProtocol.StopRun(reason));
        coordinator.Tell(new RunProtocol.TrainingFinished(Capture()));
        coordinator.Tell(new RunProtocol.CheckpointWritten("there", Capture().Snapshot));

        Assert.Equal(new ProgressProtocol.Complete(reason, "", null, "there"), _progress.ExpectMsg<ProgressProtocol.Complete>());
        Assert.False(_evaluator.HasMessages);
    }

    [Theory]
    [InlineData(StopReason.Steps, "disk full")]
    [InlineData(StopReason.Failed, "first")]
    public void A_checkpoint_that_cannot_be_written_makes_the_run_fail_unless_it_had_failed_before(StopReason reason, string failure)
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        coordinator.Tell(new RunProtocol.StopRun(reason, reason == StopReason.Failed ? "first" : ""));
        coordinator.Tell(new RunProtocol.TrainingFinished(Capture()));
        coordinator.Tell(new RunProtocol.CheckpointFailed("disk full", Capture().Snapshot));

        Assert.Equal(new ProgressProtocol.Complete(StopReason.Failed, failure, null, ""), _progress.ExpectMsg<ProgressProtocol.Complete>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_end_without_a_checkpoint_of_its_own_names_those_before_it(bool isLost)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dqn-coordinator-");
        try
        {
            string checkpoints = folder.CreateSubdirectory(CheckpointStore.FolderName).FullName;
            File.WriteAllText(Path.Combine(checkpoints, "manifest-1.json"), "{}");
            TrainingOptions options = Make.Options();
            TestActorRef<RunCoordinatorActor> coordinator = Start(options with { Run = options.Run with { Directory = folder.FullName } });
            coordinator.Tell(new RunProtocol.StopRun(StopReason.Failed, "first"));
            coordinator.Tell(isLost ? RunProtocol.TrainingLost.Instance : new RunProtocol.TrainingFinished(Capture()));
            coordinator.Tell(new RunProtocol.CheckpointFailed("disk full", Capture().Snapshot));

            Assert.Equal(new ProgressProtocol.Complete(StopReason.Failed, "first", null, checkpoints), _progress.ExpectMsg<ProgressProtocol.Complete>());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_final_evaluation_that_fails_makes_the_run_fail_and_keeps_the_checkpoint()
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Steps));
        coordinator.Tell(new RunProtocol.TrainingFinished(Capture()));
        coordinator.Tell(new RunProtocol.CheckpointWritten("there", Capture().Snapshot));
        coordinator.Tell(new EvaluationProtocol.FinalEvaluationFailed("it broke"));

        Assert.Equal(new ProgressProtocol.Complete(StopReason.Failed, "it broke", null, "there"), _progress.ExpectMsg<ProgressProtocol.Complete>());
    }

    [Theory]
    [InlineData(0, 30, "the learner's state")]
    [InlineData(1, 30, "the checkpoint")]
    [InlineData(2, 600, "the final evaluation")]
    public void A_late_stage_is_left_out_and_the_run_is_completed_once(int stagesDone, int seconds, string stage)
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Steps));
        RunProtocol.LearnerCapture capture = Capture();
        object[] answers = [new RunProtocol.TrainingFinished(capture), new RunProtocol.CheckpointWritten("there", capture.Snapshot), new EvaluationProtocol.FinalEvaluation(Evaluation)];
        foreach (object answer in answers.Take(stagesDone))
        {
            coordinator.Tell(answer);
        }

        Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        while (_progress.HasMessages)
        {
            Assert.Contains($"waits for {stage}", _progress.ExpectMsg<ProgressProtocol.Notice>().Message, StringComparison.Ordinal);
        }

        Time.Advance(TimeSpan.FromMilliseconds(1));
        ProgressProtocol.Complete complete = (ProgressProtocol.Complete)_progress.FishForMessage(message => message is ProgressProtocol.Complete);
        // A run without its learner's state or its checkpoint has lost what it was for; one without its last evaluation has not.
        Assert.Equal(stagesDone == 2 ? StopReason.Steps : StopReason.Failed, complete.Reason);
        Assert.Equal(stagesDone == 2 ? "" : $"{stage} did not come in time; the run ends without it", complete.Failure);
        Assert.Equal(stagesDone == 2 ? "there" : "", complete.CheckpointDirectory);
        Assert.Null(complete.Evaluation);

        foreach (object answer in answers.Skip(stagesDone))
        {
            coordinator.Tell(answer);
        }

        Assert.False(_progress.HasMessages);
    }

    [Fact]
    public void An_interruption_of_the_final_evaluation_ends_the_run_at_once_with_its_checkpoint()
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Steps));
        coordinator.Tell(new RunProtocol.TrainingFinished(Capture()));
        coordinator.Tell(new RunProtocol.CheckpointWritten("there", Capture().Snapshot));
        _evaluator.ExpectMsg<EvaluationProtocol.EvaluateFinal>();
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Interrupted));

        Assert.Equal(new ProgressProtocol.Complete(StopReason.Interrupted, "", null, "there"), _progress.ExpectMsg<ProgressProtocol.Complete>());
    }

    [Fact]
    public void An_interruption_while_the_checkpoint_is_written_waits_for_it_and_skips_the_evaluation()
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Score));
        coordinator.Tell(new RunProtocol.TrainingFinished(Capture()));
        coordinator.Tell(new RunProtocol.StopRun(StopReason.Interrupted));
        Assert.False(_progress.HasMessages);
        coordinator.Tell(new RunProtocol.CheckpointWritten("there", Capture().Snapshot));

        Assert.Equal(new ProgressProtocol.Complete(StopReason.Interrupted, "", null, "there"), _progress.ExpectMsg<ProgressProtocol.Complete>());
        Assert.False(_evaluator.HasMessages);
    }

    [Fact]
    public void An_actor_that_the_run_cannot_do_without_ends_it_as_failed_when_it_stops()
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start();
        Sys.Stop(_evaluator);
        _learner.ExpectMsg<RunProtocol.FinishTraining>();
        coordinator.Tell(RunProtocol.TrainingLost.Instance);

        ProgressProtocol.Complete complete = _progress.ExpectMsg<ProgressProtocol.Complete>();
        Assert.Equal(StopReason.Failed, complete.Reason);
        Assert.Contains(_evaluator.Ref.Path.Name, complete.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_clock_ends_a_run_that_is_limited_in_time()
    {
        TestActorRef<RunCoordinatorActor> coordinator = Start(Make.Options() with { Stop = new StopOptions { Minutes = 0.5 } });
        Time.Advance(TimeSpan.FromSeconds(30));
        _learner.ExpectMsg<RunProtocol.FinishTraining>();
        coordinator.Tell(RunProtocol.TrainingLost.Instance);

        Assert.Equal(StopReason.Minutes, _progress.ExpectMsg<ProgressProtocol.Complete>().Reason);
    }

    private static RunProtocol.LearnerCapture Capture()
    {
        NetworkLayout layout = Make.Layout(Make.Options());
        TrainerState state = new() { Updates = 0, Online = [], Target = [], FirstMoments = [], SecondMoments = [] };
        return new RunProtocol.LearnerCapture(state, new Dictionary<string, long>(), Make.Snapshot(layout));
    }

    private static RunSummary Summary() => new() { Reason = StopReason.Steps, Progress = new ProgressLedger(0).Report() };

    private TestActorRef<RunCoordinatorActor> Start(TrainingOptions? options = null, bool withMembers = true)
    {
        TestActorRef<RunCoordinatorActor> coordinator = ActorOfAsTestActorRef<RunCoordinatorActor>(RunCoordinatorActor.CreateProps(options ?? Make.Options(), _summary, Stopwatch.GetTimestamp()));
        if (withMembers)
        {
            coordinator.Tell(Members());
        }

        return coordinator;
    }

    private RunMembers Members() => new(_runners, _learner, _writer, _evaluator, _progress);
}
