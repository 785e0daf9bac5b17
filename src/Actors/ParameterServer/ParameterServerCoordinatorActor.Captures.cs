using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <content>What is put together from all ranges at one version: snapshots, checkpoints, the end of the run, and a node's leaving.</content>
internal sealed partial class ParameterServerCoordinatorActor
{
    // A node that was to leave and did not must not hold the run up for ever.
    private const int LeavingTicks = 30;
    private readonly List<IActorRef> _finishers = [];
    private readonly List<IActorRef> _leavers = [];
    private long _generation;
    private long _version;
    private long _nextCheckpoint;
    private string _checkpoint = "";
    private bool _isSnapshotDue;
    private bool _isCheckpointDue;
    private bool _publisherIsReady = true;
    private bool _checkpointIsPending;

    // While it is set no update is made: the parameters of this version are wanted, and no newer ones.
    private bool _isHeld;
    private RangeCapture? _snapshot;
    private StateCapture? _state;
    private Leaving? _leaving;

    private void OnParameters(ParameterServerProtocol.Parameters piece)
    {
        RangeCapture? capture = piece.Part == ParameterServerProtocol.RangePart.State ? _state?.Ranges : _snapshot;
        if (capture?.Take(piece, _now) is > 0 and int received)
        {
            _server.Region.Tell(new ParameterServerProtocol.ParametersReceived(piece.Range, piece.Epoch, piece.Transfer, received));
        }

        if (_snapshot is { IsWhole: true } snapshot)
        {
            _snapshot = null;
            _publisherIsReady = false;
            _links.Publisher.Tell(new SnapshotProtocol.Publish(SnapshotOf(snapshot.Version, snapshot.Online())));
            Capture();
        }

        if (_state is { Ranges.IsWhole: true } state)
        {
            _state = null;
            OnState(state);
        }
    }

    private PolicySnapshot SnapshotOf(long version, float[] parameters) =>
        new(_generation, ++_version, version, _planner.Accounts.EnvironmentSteps, parameters);

    /// <summary>Asks the ranges for what is due, at the present version. They go on meanwhile.</summary>
    private void Capture()
    {
        if (!IsLoaded)
        {
            return;
        }

        if (_isSnapshotDue && _publisherIsReady && _snapshot is null)
        {
            _isSnapshotDue = false;
            _snapshot = Ask(ParameterServerProtocol.RangePart.Online);
        }

        if (_isCheckpointDue && !_checkpointIsPending && _state is null)
        {
            CaptureState();
        }
    }

    private void CaptureState()
    {
        _isCheckpointDue = false;
        _nextCheckpoint = _ledger.Version + _options.Checkpoint.Period;
        _state = new StateCapture(
            Ask(ParameterServerProtocol.RangePart.State),
            LearnerCounters.Write(_planner, _ledger.Version, _generation, _links.ElapsedMilliseconds(), _skipped.Total),
            _random.Capture());
    }

    private RangeCapture Ask(ParameterServerProtocol.RangePart part)
    {
        _ranges.Send(_ledger.Version, part, withTarget: false, Self);
        return new RangeCapture(_parameterRanges, part, _epoch, _ledger.Version, _now);
    }

    private void OnState(StateCapture capture)
    {
        TrainerState state = capture.Ranges.State();
        RunProtocol.LearnerCapture learner = CaptureOf(state, capture.Counters, capture.Random);
        if (_finishers.Count > 0)
        {
            Finish(learner);
            return;
        }

        if (_leaving is { IsAsked: true })
        {
            _leaving.Saved = learner;
        }

        _checkpointIsPending = true;
        _links.CheckpointWriter.Tell(new RunProtocol.WriteCheckpoint(learner));
    }

    private RunProtocol.LearnerCapture CaptureOf(TrainerState state, IReadOnlyDictionary<string, long> counters, RandomState random) =>
        new(state, counters, SnapshotOf(state.Updates, state.Online))
        {
            RandomStates = new Dictionary<string, RandomState> { [LearnerCounters.RandomStream] = random },
        };

    private void OnPublishAccepted()
    {
        _publisherIsReady = true;
        Capture();
    }

    /// <summary>As a single learner does: under a number that is larger still.</summary>
    private void OnNewerGenerationSeen(SnapshotProtocol.NewerGenerationSeen seen)
    {
        if (seen.Generation >= _generation)
        {
            Incarnations.Observe(seen.Generation);
            _generation = Incarnations.Next();
            _isSnapshotDue = true;
            Capture();
        }
    }

    private void OnCheckpointWritten(RunProtocol.CheckpointWritten written)
    {
        _checkpoint = written.Directory;
        OnCheckpointEnded();
    }

    private void OnCheckpointEnded()
    {
        _checkpointIsPending = false;
        if (_leaving is null)
        {
            Capture();
        }
        else if (!_leaving.IsAsked)
        {
            // The checkpoint that ended was begun before.
            CaptureForLeaving(_leaving);
        }
        else
        {
            _leaving.IsOver = true;
            AnswerLeavers();
        }
    }

    /// <summary>A node with ranges, or this one, leaves: nothing is applied any more until it is elsewhere, so that the checkpoint has everything.</summary>
    private void OnRangesLeave(ParameterServerProtocol.RangesLeave leave)
    {
        _leavers.Add(Sender);
        if (!IsLoaded)
        {
            // The ranges hold nothing that the checkpoint has not.
            AnswerLeavers();
            return;
        }

        if (_leaving is null)
        {
            Notice($"{leave.Node} leaves: the parameter server writes a checkpoint of {_ledger.Version} updates, and makes no more until it goes on elsewhere");
            _isHeld = true;
            _leaving = new Leaving(_ledger.Version, _now);
            if (!_checkpointIsPending)
            {
                CaptureForLeaving(_leaving);
            }
        }
        else if (_leaving.IsOver)
        {
            AnswerLeavers();
        }
    }

    private void CaptureForLeaving(Leaving leaving)
    {
        leaving.IsAsked = true;
        CaptureState();
    }

    private void AnswerLeavers()
    {
        foreach (IActorRef leaver in _leavers)
        {
            leaver.Tell(new ParameterServerProtocol.RangesMayLeave(_ledger.Version));
        }

        _leavers.Clear();
    }

    private void OnFinishTraining()
    {
        _finishers.Add(Sender);
        _isHeld = true;
        if (_initial is { } initial)
        {
            // No update was made yet.
            Finish(CaptureOf(
                initial, LearnerCounters.Write(_planner, initial.Updates, _generation, _links.ElapsedMilliseconds(), _skipped.Total), _random.Capture()));
        }
        else if (_leaving?.Saved is { } saved)
        {
            // Nothing was applied since, and the ranges may be out of reach by now.
            Finish(saved);
        }
        else if (_state?.Ranges.Version != _ledger.Version)
        {
            CaptureState();
        }
    }

    private void Finish(RunProtocol.LearnerCapture learner)
    {
        Timers.CancelAll();
        Report();
        AnswerLeavers();
        foreach (IActorRef finisher in _finishers)
        {
            finisher.Tell(new RunProtocol.TrainingFinished(learner));
        }

        Become(() =>
        {
            Receive<RunProtocol.FinishTraining>(_ => Sender.Tell(new RunProtocol.TrainingFinished(learner)));
            Receive<ParameterServerProtocol.RangesLeave>(_ => Sender.Tell(new ParameterServerProtocol.RangesMayLeave(learner.Trainer.Updates)));
            ReceiveAny(_ => { });
        });
    }

    /// <summary>What the ranges did not send in time is asked for again, at the version that they have by now.</summary>
    private void WatchCaptures()
    {
        if (_snapshot is { } snapshot && _now - snapshot.Since > _timeoutTicks)
        {
            _snapshot = Ask(ParameterServerProtocol.RangePart.Online);
        }

        if (_state is { } state && _now - state.Ranges.Since > _timeoutTicks)
        {
            CaptureState();
        }

        if (_leaving is { } leaving && _now - leaving.Since > LeavingTicks && _finishers.Count == 0)
        {
            _leaving = null;
            _isHeld = false;
            AnswerLeavers();
            Decide();
            Distribute(reporter: null);
        }
    }

    /// <summary>A state that is put together, with the counters of its version.</summary>
    private sealed record StateCapture(RangeCapture Ranges, IReadOnlyDictionary<string, long> Counters, RandomState Random);

    /// <summary>A node that leaves, with ranges or with the training.</summary>
    private sealed class Leaving(long version, long since)
    {
        public long Version => version;

        public long Since => since;

        /// <summary>Whether the state that it waits for was asked for.</summary>
        public bool IsAsked { get; set; }

        /// <summary>The state, once it is there.</summary>
        public RunProtocol.LearnerCapture? Saved { get; set; }

        /// <summary>Whether it is written, or cannot be.</summary>
        public bool IsOver { get; set; }
    }
}
