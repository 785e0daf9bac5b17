using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Writes checkpoints, each with the best policy that an evaluation has seen (the one that reached <c>stop.score</c>, if any; the
/// newest where none was evaluated). A write that fails is reported and the run goes on.
/// </summary>
public sealed class CheckpointWriterActor : ReceiveActor
{
    private readonly TrainingOptions _options;
    private readonly NetworkLayout _layout;
    private readonly IActorRef _progress;
    private readonly CheckpointStore _store;
    private readonly RunClaim _claim;
    private readonly Queue<(RunProtocol.LearnerCapture Learner, IActorRef Asker)> _waiting = new();
    private string? _mark;
    private EvaluationProtocol.Evaluated? _best;
    private bool _isDecided;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public CheckpointWriterActor(NetworkLayout layout, TrainingOptions options, string directory, IActorRef progress)
    {
        _options = options;
        _layout = layout;
        _progress = progress;
        _store = new CheckpointStore(directory, options.Checkpoint.Keep);
        _claim = new RunClaim(directory);
        Receive<EvaluationProtocol.Evaluated>(OnEvaluated);
        Receive<EvaluationProtocol.ScoreReached>(OnScoreReached);
        Receive<ProgressProtocol.EpisodesCounted>(OnEpisodesCounted);
        Receive<RunProtocol.WriteCheckpoint>(OnWriteCheckpoint);
    }

    /// <summary>A run that goes on keeps the best policy that it had.</summary>
    protected override void PreStart()
    {
        try
        {
            _mark = _claim.Take();
            _best = _store.Exists ? BestOf(_store.Load().Content) : null;
        }
        catch (Exception exception) when (exception is CheckpointException or IOException or UnauthorizedAccessException)
        {
            // A checkpoint that cannot be read is the learner's to report; a folder that cannot be written shows at the first checkpoint.
        }
    }

    private static EvaluationProtocol.Evaluated? BestOf(CheckpointContent checkpoint)
    {
        if (checkpoint.Evaluation is not { } evaluation)
        {
            return null;
        }

        EvaluationResult result = new(
            evaluation.Step,
            checkpoint.Counters.GetValueOrDefault(CounterNames.Updates),
            evaluation.Episodes,
            evaluation.Mean,
            evaluation.Deviation,
            evaluation.Minimum,
            evaluation.Maximum);
        return new EvaluationProtocol.Evaluated(new PolicySnapshot(0, 0, result.Updates, evaluation.Step, checkpoint.Policy), result);
    }

    /// <summary>Makes a writer.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="directory">The checkpoint's folder.</param>
    /// <param name="progress">The Progress actor.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, string directory, IActorRef progress) =>
        Props.Create(() => new CheckpointWriterActor(layout, options, directory, progress)).WithDispatcher(Dispatchers.Files);

    private void OnEvaluated(EvaluationProtocol.Evaluated evaluated)
    {
        // Of equal scores the later policy has seen more.
        if (!_isDecided && (_best is null || evaluated.Result.Mean >= _best.Result.Mean))
        {
            _best = evaluated;
        }
    }

    private void OnScoreReached(EvaluationProtocol.ScoreReached reached)
    {
        _isDecided = true;
        _best = new EvaluationProtocol.Evaluated(reached.Snapshot, reached.Result);
    }

    /// <summary>Progress alone knows how many episodes there were by now.</summary>
    private void OnWriteCheckpoint(RunProtocol.WriteCheckpoint write)
    {
        _waiting.Enqueue((write.Learner, Sender));
        _progress.Tell(ProgressProtocol.CountEpisodes.Instance);
    }

    private void OnEpisodesCounted(ProgressProtocol.EpisodesCounted counted)
    {
        if (_waiting.TryDequeue(out (RunProtocol.LearnerCapture Learner, IActorRef Asker) waiting))
        {
            Write(waiting.Learner, counted.Episodes, waiting.Asker);
        }
    }

    private void Write(RunProtocol.LearnerCapture learner, long episodes, IActorRef asker)
    {
        PolicySnapshot policy = _best?.Snapshot ?? learner.Snapshot;
        try
        {
            if (!IsOwner())
            {
                string superseded = $"another learner has taken over the run in {_store.DirectoryPath}: this one ends";
                Context.Parent.Tell(new RunProtocol.Superseded(superseded));
                asker.Tell(new RunProtocol.CheckpointFailed(superseded, policy));
                return;
            }

            _store.Save(Content(learner, policy, episodes));
            _progress.Tell(new ProgressProtocol.CheckpointSaved(learner.Trainer.Updates));
            asker.Tell(new RunProtocol.CheckpointWritten(_store.DirectoryPath, policy));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CheckpointException)
        {
            string message = $"the checkpoint in {_store.DirectoryPath} could not be written: {exception.Message.ReplaceLineEndings(" ")}";
            _progress.Tell(new ProgressProtocol.Notice(message));
            asker.Tell(new RunProtocol.CheckpointFailed(message, policy));
        }
    }

    /// <summary>A learner that another one has replaced, on a node that does not know it yet, must not write over its successor's work.</summary>
    private bool IsOwner()
    {
        // A folder that could not be written at the start may be there by now.
        _mark ??= _claim.Take();
        return _claim.IsHeldBy(_mark);
    }

    private CheckpointContent Content(RunProtocol.LearnerCapture learner, PolicySnapshot policy, long episodes) => new()
    {
        Created = DateTimeOffset.UtcNow,
        EnvironmentName = _options.Environment.DisplayName,
        Layout = _layout,
        Policy = policy.Parameters,
        Learner = learner.Trainer,
        Counters = new Dictionary<string, long>(learner.Counters)
        {
            [CounterNames.Episodes] = episodes,
            [CounterNames.Resumptions] = _options.Run.Resumption,
            [CounterNames.ScoreReached] = _isDecided ? 1 : 0,
        },
        RandomStates = learner.RandomStates,
        ConfigurationHash = _options.Run.ConfigurationHash.Length > 0 ? _options.Run.ConfigurationHash : null,
        Evaluation = _best is { Result: { } result }
            ? new CheckpointEvaluation(result.Step, result.Episodes, result.Mean, result.Deviation, result.Minimum, result.Maximum)
            : null,
        Seed = _options.Run.Seed,
    };
}
