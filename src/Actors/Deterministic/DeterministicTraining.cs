using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// A whole training run that is a pure function of its configuration and its seed. Mailboxes, sharding and pub/sub are none, so the classes
/// that the actors own are called here in one order, on the calling thread. At each checkpoint everything but the state that is written is
/// made anew, also by a run that is not stopped: so one that goes on from any checkpoint does exactly the same.
/// </summary>
internal sealed class DeterministicTraining
{
    private readonly TrainingRun _run;
    private readonly TrainingOptions _options;
    private readonly NetworkLayout _layout;
    private readonly CancellationToken _stop;
    private readonly ProgressSinks _sinks;
    private readonly IReadOnlyList<IRewindableSink> _rewindable;
    private readonly CheckpointStore _store;
    private readonly RunClaim _claim;
    private readonly DeterministicCheckpoints _checkpoints;
    private readonly RunClock _clock = new(TimeSpan.Zero);
    private readonly DeterministicReports _reports;
    private readonly List<double> _returns = [];
    private CourseKeeper _keeper;
    private SavedState? _saved;
    private string? _saveFailure;
    private ResumePoint? _resumedAt;

    /// <summary>Sets a run up.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sinks">Who hears of progress.</param>
    public DeterministicTraining(TrainingRun run, IReadOnlyList<IProgressSink> sinks)
    {
        _run = run;
        // How often a run was gone on with must not matter, nor what devices the machine has beside its processor.
        _options = run.Options with
        {
            Run = run.Options.Run with { Resumption = 0 },
            Learner = run.Options.Learner with { Device = "cpu" },
        };
        _layout = run.Layout;
        _stop = run.Stop;
        _sinks = new ProgressSinks(sinks);
        _rewindable = [.. sinks.OfType<IRewindableSink>()];
        _store = new CheckpointStore(run.CheckpointDirectory, run.Options.Checkpoint.Keep);
        _claim = run.Claim;
        _checkpoints = new DeterministicCheckpoints(run.Layout, _options);
        _reports = new DeterministicReports(_options, _clock);
        _keeper = new CourseKeeper(_options, RunCourse.Begin(_options));
    }

    /// <summary>Trains until the end, or until the user stops it, from the newest checkpoint where there is one.</summary>
    public RunSummary Run()
    {
        try
        {
            DeterministicState state = _run.LoadCheckpoint() is { } loaded ? GoOn(loaded) : DeterministicState.Begin(_layout, _options);
            string mark = _claim.Take();
            if (_saved is null)
            {
                // From here on the run can be gone on with, whenever it is killed.
                Save(state, mark);
            }

            while (state.End(_options.Stop) is null)
            {
                using DeterministicSegment segment = new(_layout, _options, state);
                // The segment has the replay memory now; nobody needs a second one until it ends.
                state = state with { Shards = [] };
                _reports.BeginAfter(_keeper.Course.LastReport);
                if (!TryReachBarrier(segment))
                {
                    return Complete(StopReason.Interrupted, "", null, _reports.Make(segment, _keeper));
                }

                Report(segment, isBarrier: true);
                state = segment.Capture(_keeper.Course);
                Save(state, mark);
            }

            return Finish(state);
        }
        catch (Exception exception) when (exception is EnvironmentException or LearnerException or CheckpointException or ReplayMemoryException)
        {
            return Complete(StopReason.Failed, Failures.Describe(exception), null, _keeper.Course.LastReport);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string failure = $"the checkpoints in {_store.DirectoryPath} cannot be read or written: {exception.Message.ReplaceLineEndings(" ")}; see to the folder and go on with train --resume";
            return Complete(StopReason.Failed, failure, null, _keeper.Course.LastReport);
        }
    }

    private DeterministicState GoOn(LoadedCheckpoint loaded)
    {
        DeterministicState state = _checkpoints.Read(loaded.Content);
        _saved = new SavedState(loaded.ContentHash, state.Trainer.Updates);
        _resumedAt = ResumePoint.From(loaded.Content.Counters);
        _keeper = new CourseKeeper(_options, state.Course);
        try
        {
            foreach (IRewindableSink sink in _rewindable)
            {
                sink.Rewind(state.Course.MetricsLength);
            }
        }
        catch (IOException exception)
        {
            throw new CheckpointException($"the run cannot go on from its checkpoint in {_store.DirectoryPath}: {exception.Message}", exception);
        }

        foreach (string notice in loaded.Notices.Append($"the run goes on from its checkpoint of {state.Trainer.Updates} updates"))
        {
            _sinks.Tell(sink => sink.Notice(notice));
        }

        return state;
    }

    /// <summary>Goes on until the next barrier.</summary>
    /// <returns>Whether it was reached; otherwise the user stops the run.</returns>
    private bool TryReachBarrier(DeterministicSegment segment)
    {
        using PolicyEvaluation evaluation = new(_layout, _options, _clock.StartTimestamp, _stop) { EpisodesLost = DeterministicRunners.EndOnLoss };
        try
        {
            Publish(segment, evaluation);
            while (!_stop.IsCancellationRequested)
            {
                segment.Collect(_returns);
                _keeper.Take(_returns);
                while (!_stop.IsCancellationRequested && segment.TryTrain())
                {
                    Publish(segment, evaluation);
                    if (segment.IsBarrierDue || _keeper.IsDecided)
                    {
                        return true;
                    }

                    if (_options.Replay.SamplesPerInsert == 0)
                    {
                        break;
                    }
                }

                if (_options.Stop.Steps > 0 && segment.Steps >= _options.Stop.Steps)
                {
                    return !_stop.IsCancellationRequested;
                }

                if (_reports.IsDue(segment.Steps))
                {
                    Report(segment, isBarrier: false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // An evaluation was under way.
        }

        return false;
    }

    private void Publish(DeterministicSegment segment, PolicyEvaluation evaluation)
    {
        if (segment.TakeSnapshotIfDue() is { } snapshot)
        {
            foreach (EvaluationResult result in _keeper.EvaluateIfDue(snapshot, evaluation.Play))
            {
                _sinks.Tell(sink => sink.Evaluated(result));
            }
        }
    }

    private void Report(DeterministicSegment segment, bool isBarrier)
    {
        ProgressReport report = _reports.Make(segment, _keeper);
        _sinks.Tell(sink => sink.Report(report));
        _keeper.Note(report, isBarrier ? CommitMetrics() : _keeper.Course.MetricsLength);
    }

    private long CommitMetrics()
    {
        try
        {
            return _rewindable.Select(sink => sink.Commit()).FirstOrDefault();
        }
        catch (IOException)
        {
            // A full disk: whoever writes to it has told of it. What was there before must not be cut off by whoever goes on.
            return _keeper.Course.MetricsLength;
        }
    }

    /// <summary>Writes a checkpoint. Where that fails the run goes on, as nothing of it depends on that.</summary>
    private void Save(DeterministicState state, string mark)
    {
        if (!_claim.IsHeldBy(mark))
        {
            throw new CheckpointException($"another process has taken over the run in {_store.DirectoryPath}: this one ends");
        }

        try
        {
            SavedCheckpoint saved = _store.Save(_checkpoints.Write(state));
            _saved = new SavedState(saved.ContentHash, state.Trainer.Updates);
            _saveFailure = null;
        }
        catch (CheckpointException exception)
        {
            _saveFailure = exception.Message;
            _sinks.Tell(sink => sink.Notice(exception.Message));
        }
    }

    private RunSummary Finish(DeterministicState state)
    {
        if (_saveFailure is { } failure)
        {
            return Complete(StopReason.Failed, failure, null, state.Course.LastReport);
        }

        try
        {
            using PolicyEvaluation evaluation = new(_layout, _options, _clock.StartTimestamp, _stop) { EpisodesLost = DeterministicRunners.EndOnLoss };
            EvaluationResult result = evaluation.Play(state.Policy, SeedStreams.FinalEvaluation);
            return Complete(state.End(_options.Stop)!.Value, "", result, state.Course.LastReport);
        }
        catch (OperationCanceledException)
        {
            return Complete(StopReason.Interrupted, "", null, state.Course.LastReport);
        }
        catch (EnvironmentException exception)
        {
            return Complete(StopReason.Failed, $"{exception.Message} (during the final evaluation)", null, state.Course.LastReport);
        }
    }

    private RunSummary Complete(StopReason reason, string failure, EvaluationResult? evaluation, ProgressReport progress)
    {
        RunSummary summary = new()
        {
            Reason = reason,
            Failure = failure,
            Evaluation = evaluation,
            CheckpointDirectory = _saved is null ? "" : _store.DirectoryPath,
            CheckpointHash = _saved?.Hash ?? "",
            Progress = progress with { Elapsed = _clock.Elapsed },
            ResumedAt = _resumedAt,
        };
        if (_saved is { } saved && progress.Updates > saved.Updates)
        {
            string notice =
                $"the newest checkpoint is {progress.Updates - saved.Updates} updates old: whoever goes on from it does them again, in the same way (dqn.checkpoint.period = {_options.Checkpoint.Period})";
            _sinks.Tell(sink => sink.Notice(notice));
        }

        _sinks.Tell(sink => sink.Completed(summary));
        return summary;
    }

    private sealed record SavedState(string Hash, long Updates);
}
