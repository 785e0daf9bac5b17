using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class CheckpointWriterActorTests : TestKit
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dqn-writer-").FullName;
    private readonly NetworkLayout _layout = Make.Layout(Make.Options());
    private readonly TestProbe _progress;

    public CheckpointWriterActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _progress = CreateTestProbe();
        _progress.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is ProgressProtocol.CountEpisodes)
            {
                sender.Tell(new ProgressProtocol.EpisodesCounted(41));
            }

            return AutoPilot.KeepRunning;
        }));
        _progress.IgnoreMessages(message => message is ProgressProtocol.CountEpisodes);
    }

    [Fact]
    public void A_checkpoint_holds_what_a_resumed_run_goes_on_with()
    {
        TrainingOptions options = Make.Options();
        options = options with { Run = options.Run with { Resumption = 3, ConfigurationHash = new string('a', 64) } };
        RandomState state = new(1, 2, 3, 4);
        TestActorRef<CheckpointWriterActor> writer =
            ActorOfAsTestActorRef<CheckpointWriterActor>(CheckpointWriterActor.CreateProps(_layout, options, _directory, _progress));
        RunProtocol.LearnerCapture capture = Capture(7) with { RandomStates = new Dictionary<string, RandomState> { ["learner"] = state } };
        writer.Tell(new RunProtocol.WriteCheckpoint(capture), TestActor);
        ExpectMsg<RunProtocol.CheckpointWritten>();

        CheckpointContent content = new CheckpointStore(_directory).Load().Content;
        Assert.Equal((41L, 3L, 0L), (content.Counters[CounterNames.Episodes], content.Counters[CounterNames.Resumptions], content.Counters[CounterNames.ScoreReached]));
        Assert.Equal(state, content.RandomStates["learner"]);
        Assert.Equal(new string('a', 64), content.ConfigurationHash);
    }

    [Fact]
    public void As_many_checkpoints_are_kept_as_the_options_say()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<CheckpointWriterActor> writer = ActorOfAsTestActorRef<CheckpointWriterActor>(
            CheckpointWriterActor.CreateProps(_layout, options with { Checkpoint = options.Checkpoint with { Keep = 2 } }, _directory, _progress));
        for (int mark = 1; mark <= 4; mark++)
        {
            Write(writer, mark);
        }

        Assert.Equal(["manifest-3.json", "manifest-4.json"], Directory.GetFiles(_directory, "manifest-*").Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Without_an_evaluation_the_newest_policy_is_kept()
    {
        TestActorRef<CheckpointWriterActor> writer = Start(_directory);
        Write(writer, 7);

        CheckpointContent content = new CheckpointStore(_directory).Load().Content;
        Assert.Equal(7f, content.Policy[0]);
        Assert.Null(content.Evaluation);
        Assert.Equal(3, content.Counters[CounterNames.Updates]);
        Assert.Equal(3, content.Learner!.Updates);
    }

    [Fact]
    public void The_best_evaluated_policy_is_kept_and_of_equal_ones_the_later()
    {
        TestActorRef<CheckpointWriterActor> writer = Start(_directory);
        Evaluated(writer, 1, mean: 10);
        Evaluated(writer, 2, mean: 20);
        Evaluated(writer, 3, mean: 20);
        Evaluated(writer, 4, mean: 19);

        RunProtocol.CheckpointWritten written = Write(writer, 7);

        Assert.Equal(3f, written.Policy.Parameters[0]);
        CheckpointContent content = new CheckpointStore(_directory).Load().Content;
        Assert.Equal(3f, content.Policy[0]);
        Assert.Equal((3L, 20.0), (content.Evaluation!.Step, content.Evaluation.Mean));
    }

    [Fact]
    public void The_policy_that_reached_the_score_stays_whatever_comes_after()
    {
        TestActorRef<CheckpointWriterActor> writer = Start(_directory);
        Evaluated(writer, 1, mean: 500);
        writer.Tell(new EvaluationProtocol.ScoreReached(Snapshot(2), Result(2, 480)));
        Evaluated(writer, 3, mean: 499);

        Assert.Equal(2f, Write(writer, 7).Policy.Parameters[0]);
        CheckpointContent content = new CheckpointStore(_directory).Load().Content;
        Assert.Equal((480.0, 1L), (content.Evaluation!.Mean, content.Counters[CounterNames.ScoreReached]));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told_in_one_line_and_the_writer_goes_on()
    {
        string blocked = Path.Combine(_directory, "file");
        File.WriteAllText(blocked, "in the way");
        TestActorRef<CheckpointWriterActor> writer = Start(blocked);

        writer.Tell(new RunProtocol.WriteCheckpoint(Capture(7)), TestActor);

        RunProtocol.CheckpointFailed failed = ExpectMsg<RunProtocol.CheckpointFailed>();
        Assert.Contains(blocked, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Message);
        Assert.Equal(failed.Message, _progress.ExpectMsg<ProgressProtocol.Notice>().Message);
        File.Delete(blocked);
        Write(writer, 7);
    }

    [Fact]
    public void A_writer_that_takes_over_keeps_the_best_policy_of_the_run()
    {
        TestActorRef<CheckpointWriterActor> first = Start(_directory);
        Evaluated(first, mark: 5, mean: 80);
        Write(first, 6);

        TestActorRef<CheckpointWriterActor> second = Start(_directory);
        Evaluated(second, mark: 7, mean: 60);

        Assert.Equal(5, Write(second, 8).Policy.Parameters[0]);
        Assert.Equal(80, new CheckpointStore(_directory).Load().Content.Evaluation!.Mean);
    }

    [Fact]
    public void A_learner_that_was_replaced_does_not_write_over_its_successor()
    {
        TestProbe parent = CreateTestProbe();
        TestActorRef<CheckpointWriterActor> replaced = new(
            Sys, CheckpointWriterActor.CreateProps(_layout, Make.Options(), _directory, _progress), parent, "replaced");
        TestActorRef<CheckpointWriterActor> successor = Start(_directory);
        Write(successor, 1);

        replaced.Tell(new RunProtocol.WriteCheckpoint(Capture(2)), TestActor);

        Assert.Contains("another learner", ExpectMsg<RunProtocol.CheckpointFailed>().Message, StringComparison.Ordinal);
        Assert.Contains("another learner", parent.ExpectMsg<RunProtocol.Superseded>().Message, StringComparison.Ordinal);
        Assert.Equal(1, new CheckpointStore(_directory).Load().Content.Policy[0]);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(_directory, recursive: true);
    }

    private static EvaluationResult Result(long step, double mean) => new(step, 0, 3, mean, 0, mean, mean);

    private TestActorRef<CheckpointWriterActor> Start(string directory) =>
        ActorOfAsTestActorRef<CheckpointWriterActor>(CheckpointWriterActor.CreateProps(_layout, Make.Options(), directory, _progress));

    private PolicySnapshot Snapshot(float mark)
    {
        PolicySnapshot snapshot = Make.Snapshot(_layout);
        snapshot.Parameters[0] = mark;
        return snapshot;
    }

    private RunProtocol.LearnerCapture Capture(float mark)
    {
        float[] zeros = new float[_layout.Length];
        TrainerState state = new() { Updates = 3, Online = zeros, Target = zeros, FirstMoments = zeros, SecondMoments = zeros };
        return new RunProtocol.LearnerCapture(state, new Dictionary<string, long> { [CounterNames.Updates] = 3 }, Snapshot(mark));
    }

    private void Evaluated(TestActorRef<CheckpointWriterActor> writer, float mark, double mean) =>
        writer.Tell(new EvaluationProtocol.Evaluated(Snapshot(mark), Result((long)mark, mean)));

    private RunProtocol.CheckpointWritten Write(TestActorRef<CheckpointWriterActor> writer, float mark)
    {
        writer.Tell(new RunProtocol.WriteCheckpoint(Capture(mark)), TestActor);
        return ExpectMsg<RunProtocol.CheckpointWritten>();
    }
}
