using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

public sealed class EvaluatorActorTests : TestKit
{
    // An episode of the scripted environment has the return 1 + 2 + 3 + 4 + 5, whatever is played.
    private const double Return = 15;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly TestProbe _mirror;
    private readonly TestProbe _coordinator;
    private readonly TestProbe _writer;
    private readonly TestProbe _progress;

    public EvaluatorActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _mirror = CreateTestProbe();
        _coordinator = CreateTestProbe();
        _writer = CreateTestProbe();
        _progress = CreateTestProbe();
    }

    [Fact]
    public void Evaluates_the_first_policy_of_every_period_and_takes_every_other_one_unplayed()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(Options());
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        foreach (long steps in new long[] { 0, 99, 100, 150, 199, 350, 399, 400 })
        {
            Policy(evaluator, steps);
        }

        Assert.Equal([100L, 350L, 400L], Evaluations().Select(evaluated => evaluated.Result.Step));
        Assert.False(_coordinator.HasMessages);
    }

    [Fact]
    public void An_interrupted_evaluation_is_given_up_without_a_word()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(Options());
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        _interrupt.Cancel();
        Policy(evaluator, 100);
        evaluator.Tell(new EvaluationProtocol.EvaluateFinal(Make.Snapshot(Make.Layout(Make.Options()))), _coordinator);

        _mirror.ExpectMsg<SnapshotProtocol.Consumed>();
        Assert.False(_coordinator.HasMessages);
        Assert.False(_progress.HasMessages);
    }

    [Fact]
    public void A_policy_that_has_learned_nothing_is_not_played()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(Options());
        evaluator.Tell(Make.Snapshot(Make.Layout(Options()), steps: 500, updates: 0), _mirror);

        Assert.Empty(Evaluations());
    }

    [Fact]
    public void An_evaluation_says_what_its_episodes_returned_to_the_writer_and_to_progress()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(Options());
        Policy(evaluator, 100);

        EvaluationProtocol.Evaluated evaluated = _progress.ExpectMsg<EvaluationProtocol.Evaluated>();
        Assert.Same(evaluated, _writer.ExpectMsg<EvaluationProtocol.Evaluated>());
        Assert.Equal((3, Return, 0.0, Return, Return), (evaluated.Result.Episodes, evaluated.Result.Mean, evaluated.Result.Deviation, evaluated.Result.Minimum, evaluated.Result.Maximum));
        Assert.True(evaluated.Result.Elapsed > TimeSpan.Zero);
    }

    [Fact]
    public void A_score_confirmed_by_a_second_evaluation_ends_the_run_and_ends_evaluating()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(Options(score: Return));
        Policy(evaluator, 100);
        Policy(evaluator, 200);

        Assert.Equal([100L, 100L], Evaluations().Select(evaluated => evaluated.Result.Step));
        _writer.ExpectMsg<EvaluationProtocol.Evaluated>();
        _writer.ExpectMsg<EvaluationProtocol.Evaluated>();
        Assert.Equal(100, _writer.ExpectMsg<EvaluationProtocol.ScoreReached>().Result.Step);
        Assert.Equal(new RunProtocol.StopRun(StopReason.Score), _coordinator.ExpectMsg<RunProtocol.StopRun>());
        Assert.False(_coordinator.HasMessages);
    }

    [Fact]
    public void A_score_that_is_missed_is_not_confirmed()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(Options(score: Return + 0.1));
        Policy(evaluator, 100);

        Assert.Single(Evaluations());
        Assert.False(_coordinator.HasMessages);
    }

    [Fact]
    public void The_final_evaluation_is_answered_to_who_asked()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(Options());
        evaluator.Tell(new EvaluationProtocol.EvaluateFinal(Make.Snapshot(Make.Layout(Options()), steps: 77)), TestActor);

        EvaluationResult result = ExpectMsg<EvaluationProtocol.FinalEvaluation>().Result;
        Assert.Equal((77L, Return), (result.Step, result.Mean));
        Assert.False(_progress.HasMessages);
    }

    [Fact]
    public void An_environment_that_fails_ends_the_run_and_is_not_played_again()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(FailingOptions());
        Policy(evaluator, 100);
        Policy(evaluator, 200);

        RunProtocol.StopRun stop = _coordinator.ExpectMsg<RunProtocol.StopRun>();
        Assert.Equal(StopReason.Failed, stop.Reason);
        Assert.Contains("the motor burned out", stop.Failure, StringComparison.Ordinal);
        Assert.False(_coordinator.HasMessages);
        Assert.False(_writer.HasMessages);
        _mirror.ExpectMsg<SnapshotProtocol.Subscribe>();
        _mirror.ExpectMsg<SnapshotProtocol.Consumed>();
        _mirror.ExpectMsg<SnapshotProtocol.Consumed>();
    }

    [Fact]
    public void Who_waits_for_the_final_evaluation_hears_of_its_failure()
    {
        TestActorRef<EvaluatorActor> evaluator = Start(FailingOptions());
        evaluator.Tell(new EvaluationProtocol.EvaluateFinal(Make.Snapshot(Make.Layout(Options()))), TestActor);

        Assert.Contains("the motor burned out", ExpectMsg<EvaluationProtocol.FinalEvaluationFailed>().Message, StringComparison.Ordinal);
    }

    private static TrainingOptions FailingOptions() => Options() with { Environment = ScriptedEnvironment.Specification(("fail_at_step", "2")) };

    private static TrainingOptions Options(double score = double.NaN) => Make.Options() with
    {
        Evaluation = new EvaluationOptions { Episodes = 3, Period = 100 },
        Stop = new StopOptions { Steps = 0, Score = score },
    };

    private TestActorRef<EvaluatorActor> Start(TrainingOptions options) => ActorOfAsTestActorRef<EvaluatorActor>(
        EvaluatorActor.CreateProps(Make.Layout(options), options, new EvaluatorLinks(_mirror, _coordinator, _writer, _progress, 0, _interrupt.Token)));

    private void Policy(TestActorRef<EvaluatorActor> evaluator, long steps) =>
        evaluator.Tell(Make.Snapshot(Make.Layout(Make.Options()), steps: steps, updates: 1), _mirror);

    private List<EvaluationProtocol.Evaluated> Evaluations()
    {
        List<EvaluationProtocol.Evaluated> evaluations = [];
        while (_progress.HasMessages)
        {
            evaluations.Add(_progress.ExpectMsg<EvaluationProtocol.Evaluated>());
        }

        return evaluations;
    }
}
