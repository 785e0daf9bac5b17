using Akka.Actor;
using Akka.Event;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Plays greedy episodes on the newest snapshot every <c>evaluation.period</c> environment steps, and decides whether
/// <c>stop.score</c> is reached: the mean of one evaluation, confirmed by a second on episodes that the first did not see.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor disposes what it owns in PostStop.")]
public sealed class EvaluatorActor : ReceiveActor
{
    private readonly TrainingOptions _options;
    private readonly EvaluatorLinks _links;
    private readonly PolicyEvaluation _evaluation;
    private ulong _evaluations;
    private long _nextStep;
    private bool _isDecided;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public EvaluatorActor(NetworkLayout layout, TrainingOptions options, EvaluatorLinks links)
    {
        _options = options;
        _links = links;
        _evaluation = new PolicyEvaluation(layout, options, links.StartTimestamp, links.Stop)
        {
            EpisodesLost = cause => links.Progress.Tell(new ProgressProtocol.EnvironmentRestarted("the evaluation", cause)),
            EpisodeIsLong = line => links.Progress.Tell(new ProgressProtocol.Notice(line)),
            EnvironmentLog = PythonLog.To(Context.GetLogger(), "the evaluation"),
        };
        _nextStep = ((links.StepsBefore / options.Evaluation.Period) + 1) * options.Evaluation.Period;
        _evaluations = (ulong)links.FirstEvaluation;
        Receive<PolicySnapshot>(OnPolicySnapshot);
        Receive<EvaluationProtocol.EvaluateFinal>(OnEvaluateFinal);
    }

    /// <summary>Makes an evaluator.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom it talks to.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, EvaluatorLinks links) =>
        Props.Create(() => new EvaluatorActor(layout, options, links)).WithDispatcher(Dispatchers.Evaluation);

    /// <inheritdoc />
    protected override void PreStart() => _links.Mirror.Tell(SnapshotProtocol.Subscribe.Instance);

    /// <inheritdoc />
    protected override void PostStop() => _evaluation.Dispose();

    private void OnPolicySnapshot(PolicySnapshot snapshot)
    {
        if (snapshot.Steps >= _nextStep && snapshot.Updates > 0 && !_isDecided)
        {
            _nextStep = ((snapshot.Steps / _options.Evaluation.Period) + 1) * _options.Evaluation.Period;
            EvaluateOrFail(snapshot);
        }

        Sender.Tell(SnapshotProtocol.Consumed.Instance);
    }

    private void EvaluateOrFail(PolicySnapshot snapshot)
    {
        try
        {
            Evaluate(snapshot);
        }
        catch (OperationCanceledException)
        {
            // The user ends the run.
            _isDecided = true;
        }
        catch (EnvironmentException exception)
        {
            // A user's environment that breaks here would break again at every evaluation.
            _isDecided = true;
            _links.Coordinator.Tell(new RunProtocol.StopRun(StopReason.Failed, $"{exception.Message} (during a greedy evaluation)"));
        }
    }

    private void Evaluate(PolicySnapshot snapshot)
    {
        EvaluationResult result = _evaluation.Play(snapshot, SeedStreams.Evaluation + (_evaluations++ << 24));
        Tell(new EvaluationProtocol.Evaluated(snapshot, result));
        if (!(result.Mean >= _options.Stop.Score))
        {
            return;
        }

        EvaluationResult confirmation = _evaluation.Play(snapshot, SeedStreams.Evaluation + (_evaluations++ << 24));
        Tell(new EvaluationProtocol.Evaluated(snapshot, confirmation));
        if (confirmation.Mean >= _options.Stop.Score)
        {
            _isDecided = true;
            _links.CheckpointWriter.Tell(new EvaluationProtocol.ScoreReached(snapshot, confirmation));
            _links.Coordinator.Tell(new RunProtocol.StopRun(StopReason.Score));
        }
    }

    private void Tell(EvaluationProtocol.Evaluated evaluated)
    {
        _links.CheckpointWriter.Tell(evaluated);
        _links.Progress.Tell(evaluated);
    }

    private void OnEvaluateFinal(EvaluationProtocol.EvaluateFinal request)
    {
        try
        {
            Sender.Tell(new EvaluationProtocol.FinalEvaluation(_evaluation.Play(request.Snapshot, SeedStreams.FinalEvaluation)));
        }
        catch (OperationCanceledException)
        {
            // Who interrupts has told the coordinator, which no longer waits.
        }
        catch (EnvironmentException exception)
        {
            Sender.Tell(new EvaluationProtocol.FinalEvaluationFailed($"{exception.Message} (during the final evaluation)"));
        }
    }
}

/// <summary>Whom the evaluator talks to.</summary>
/// <param name="Mirror">The node's policy mirror.</param>
/// <param name="Coordinator">Who ends the run.</param>
/// <param name="CheckpointWriter">Who keeps the best policy.</param>
/// <param name="Progress">The Progress actor.</param>
/// <param name="StartTimestamp">The run's start, a Stopwatch timestamp.</param>
/// <param name="Stop">Cancelled when the user ends the run: an evaluation under way is given up.</param>
public sealed record EvaluatorLinks(
    IActorRef Mirror, IActorRef Coordinator, IActorRef CheckpointWriter, IActorRef Progress, long StartTimestamp, CancellationToken Stop)
{
    /// <summary>Number of the first evaluation, which selects its episodes: a run that goes on must not play those that it has played.</summary>
    public long FirstEvaluation { get; init; }

    /// <summary>Environment steps of the run before this evaluator began.</summary>
    public long StepsBefore { get; init; }
}
