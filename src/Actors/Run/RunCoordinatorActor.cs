using System.Diagnostics;
using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Ends the run once, whoever asks first: runners stop, the learner gives its state, a checkpoint is written, its policy is
/// evaluated on fresh episodes, and the sinks are told. Every stage has a deadline, and what is late is left out.
/// </summary>
public sealed class RunCoordinatorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LearnerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CheckpointTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EvaluationTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SlowPeriod = TimeSpan.FromSeconds(5);
    private readonly TrainingOptions _options;
    private readonly TaskCompletionSource<RunSummary> _summary;
    private readonly long _startTimestamp;
    private RunMembers? _members;
    private RunProtocol.StopRun? _stop;
    private string _checkpointDirectory = "";
    private bool _isEvaluating;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public RunCoordinatorActor(TrainingOptions options, TaskCompletionSource<RunSummary> summary, long startTimestamp)
    {
        _options = options;
        _startTimestamp = startTimestamp;
        _summary = summary;
        Receive<RunMembers>(OnRunMembers);
        Receive<RunProtocol.StopRun>(OnStopRun);
        Receive<RunProtocol.TrainingLost>(_ => Complete(null));
        Receive<RunProtocol.TrainingFinished>(OnTrainingFinished);
        Receive<RunProtocol.CheckpointWritten>(OnCheckpointWritten);
        Receive<RunProtocol.CheckpointFailed>(OnCheckpointFailed);
        Receive<EvaluationProtocol.FinalEvaluation>(evaluation => Complete(evaluation.Result));
        Receive<EvaluationProtocol.FinalEvaluationFailed>(failed => Fail(failed.Message));
        Receive<StageIsLate>(OnStageIsLate);
        Receive<StageIsSlow>(slow => _members!.Progress.Tell(new ProgressProtocol.Notice($"the run is ending and waits for {slow.Stage}")));
        Receive<Terminated>(OnTerminated);
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a coordinator.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="summary">Receives the result.</param>
    /// <param name="startTimestamp">The run's start, a Stopwatch timestamp, from which <c>stop.minutes</c> counts.</param>
    public static Props CreateProps(TrainingOptions options, TaskCompletionSource<RunSummary> summary, long startTimestamp) =>
        Props.Create(() => new RunCoordinatorActor(options, summary, startTimestamp));

    /// <inheritdoc />
    protected override void PreStart()
    {
        if (_options.Stop.Minutes > 0)
        {
            TimeSpan left = TimeSpan.FromMinutes(_options.Stop.Minutes) - Stopwatch.GetElapsedTime(_startTimestamp);
            Timers.StartSingleTimer(
                nameof(StopReason.Minutes), new RunProtocol.StopRun(StopReason.Minutes), left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private void OnRunMembers(RunMembers members)
    {
        _members = members;
        foreach (IActorRef member in new[] { members.Runners, members.CheckpointWriter, members.Evaluator, members.Progress })
        {
            Context.Watch(member);
        }

        if (_stop is not null)
        {
            Stop();
        }
    }

    private void OnStopRun(RunProtocol.StopRun stop)
    {
        if (_stop is not null)
        {
            OnFurtherStop(stop);
            return;
        }

        _stop = stop;
        // Somebody can fail before everybody is there; the run then ends as soon as it has begun.
        if (_members is not null)
        {
            Stop();
        }
    }

    private void Stop()
    {
        Timers.CancelAll();
        _members!.Runners.Tell(RunProtocol.StopRunners.Instance);
        _members.Learner.Tell(RunProtocol.FinishTraining.Instance);
        Await("the learner's state", LearnerTimeout);
    }

    /// <summary>The first reason counts, except that who interrupts an end that takes long need not wait for its evaluation.</summary>
    private void OnFurtherStop(RunProtocol.StopRun stop)
    {
        if (stop.Reason != StopReason.Interrupted || _stop!.Reason == StopReason.Failed)
        {
            return;
        }

        _stop = stop;
        if (_isEvaluating)
        {
            Complete(null);
        }
    }

    private void OnTrainingFinished(RunProtocol.TrainingFinished finished)
    {
        _members!.CheckpointWriter.Tell(new RunProtocol.WriteCheckpoint(finished.Learner));
        Await("the checkpoint", CheckpointTimeout);
    }

    private void OnCheckpointWritten(RunProtocol.CheckpointWritten written)
    {
        _checkpointDirectory = written.Directory;
        EvaluateOrComplete(written.Policy);
    }

    private void OnCheckpointFailed(RunProtocol.CheckpointFailed failed) => Fail(failed.Message);

    /// <summary>Ends the run as failed, unless an earlier failure is what the user must hear of.</summary>
    private void Fail(string message)
    {
        if (_stop!.Reason != StopReason.Failed)
        {
            _stop = new RunProtocol.StopRun(StopReason.Failed, message);
        }

        Complete(null);
    }

    private void EvaluateOrComplete(PolicySnapshot policy)
    {
        // Who interrupts wants to be gone, and after a failure the environment may be what is broken.
        if (_stop!.Reason is StopReason.Failed or StopReason.Interrupted)
        {
            Complete(null);
            return;
        }

        _isEvaluating = true;
        _members!.Evaluator.Tell(new EvaluationProtocol.EvaluateFinal(policy));
        Await("the final evaluation (Ctrl-C ends it without)", EvaluationTimeout);
    }

    private void OnStageIsLate(StageIsLate late)
    {
        string message = $"{late.Stage} did not come in time; the run ends without it";
        if (_isEvaluating)
        {
            _members!.Progress.Tell(new ProgressProtocol.Notice(message));
            Complete(null);
        }
        else
        {
            Fail(message);
        }
    }

    /// <summary>These actors live as long as the run: one that is gone could not be made, and nobody else would say so.</summary>
    private void OnTerminated(Terminated terminated)
    {
        string failure = $"the actor {terminated.ActorRef.Path.Name} stopped; the log says why";
        if (terminated.ActorRef.Equals(_members!.Progress))
        {
            _summary.TrySetException(new InvalidOperationException(failure));
        }
        else if (_stop is null)
        {
            OnStopRun(new RunProtocol.StopRun(StopReason.Failed, failure));
        }
        else
        {
            Fail(failure);
        }
    }

    private void Complete(EvaluationResult? evaluation)
    {
        Timers.CancelAll();
        _members!.Progress.Tell(new ProgressProtocol.Complete(_stop!.Reason, _stop.Failure, evaluation, _checkpointDirectory.Length > 0 ? _checkpointDirectory : EarlierCheckpoints()));
        Become(Ended);
    }

    /// <summary>Where the last checkpoint was not written, those before it still hold.</summary>
    private string EarlierCheckpoints()
    {
        if (_options.Run.Directory.Length == 0)
        {
            return "";
        }

        CheckpointStore store = new(Path.Combine(_options.Run.Directory, CheckpointStore.FolderName));
        try
        {
            return store.Exists ? store.DirectoryPath : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The run is completed once: what a late stage still sends changes nothing.</summary>
    private void Ended()
    {
        Receive<ProgressProtocol.Completed>(completed => _summary.TrySetResult(completed.Summary));
        ReceiveAny(_ => { });
    }

    private void Await(string stage, TimeSpan timeout)
    {
        Timers.StartSingleTimer(nameof(StageIsLate), new StageIsLate(stage), timeout);
        Timers.StartPeriodicTimer(nameof(StageIsSlow), new StageIsSlow(stage), SlowPeriod);
    }

    private sealed record StageIsLate(string Stage);

    private sealed record StageIsSlow(string Stage);
}

/// <summary>Whom the coordinator talks to.</summary>
/// <param name="Runners">The runner pool.</param>
/// <param name="Learner">The learner singleton.</param>
/// <param name="CheckpointWriter">Who writes checkpoints.</param>
/// <param name="Evaluator">The evaluator.</param>
/// <param name="Progress">The Progress actor.</param>
public sealed record RunMembers(IActorRef Runners, IActorRef Learner, IActorRef CheckpointWriter, IActorRef Evaluator, IActorRef Progress);
