using System.Runtime.InteropServices;
using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// A replica without the actor: takes the learner's state, then for each step does what the learner did since the last, computes the gradient of its rows and takes
/// part in adding up. A step that is repeated has changed nothing: its update is made when the next one begins. Stays on one thread.
/// </summary>
/// <param name="trainer">Its trainer; owned by this one.</param>
/// <param name="batchSize">Most rows of a batch.</param>
/// <param name="self">Who speaks for it.</param>
/// <param name="resolve">Finds a member by its path.</param>
internal sealed class ReplicaProcess(IGradientTrainer trainer, int batchSize, IActorRef self, Func<string, IActorRef> resolve) : IDisposable
{
    /// <summary>Rows whose |δ| go into one message.</summary>
    public const int ErrorsPerMessage = 8_000;

    private readonly RingExchange _ring = new(self);
    private readonly float[] _absoluteTdErrors = new float[batchSize];
    private IActorRef _learner = ActorRefs.Nobody;
    private FlatGradient? _gradient;
    private float[] _parameters = [];
    private byte[] _state = [];
    private ChunkProgress? _stateProgress;
    private long _stateEpoch;
    private bool _hasState;
    private int _rank;
    private IReadOnlyList<string> _members = [];
    private IActorRef _next = ActorRefs.Nobody;
    private long? _begun;
    private long? _reduced;
    private ReplicaProtocol.StepBegin? _step;
    private byte[] _rows = [];
    private ChunkProgress? _rowsProgress;
    private GradientResult _result;
    private ulong _checksum;
    private bool _isTold;
    private int _count;

    /// <summary>Epoch of the group that it is in; 0 where in none.</summary>
    public long Epoch { get; private set; }

    /// <summary>The learner of the group that it is in or joins.</summary>
    public IActorRef Learner => _learner;

    /// <summary>Whether it takes a learner's state, or has it and waits for its group.</summary>
    public bool IsJoining => Epoch == 0 && (_stateProgress is not null || _hasState);

    /// <summary>Epoch of the state that it took last.</summary>
    public long JoiningEpoch => _stateEpoch;

    /// <summary>Updates behind its parameters.</summary>
    public long Updates => trainer.Updates;

    /// <summary>Gradients computed.</summary>
    public long Gradients { get; private set; }

    /// <summary>It is in no group any more, and in none that is being formed.</summary>
    public void Leave()
    {
        Epoch = 0;
        _learner = ActorRefs.Nobody;
        _state = [];
        _stateProgress = null;
        _hasState = false;
        _begun = null;
        _reduced = null;
        _step = null;
        _rowsProgress = null;
    }

    /// <summary>A piece of the learner's state.</summary>
    public void Take(ReplicaProtocol.State piece, IActorRef learner)
    {
        if (piece.Length != trainer.Layout.Length)
        {
            return;
        }

        if (piece.Offset == 0 && piece.Epoch > _stateEpoch)
        {
            Leave();
            _learner = learner;
            _stateEpoch = piece.Epoch;
            _state = new byte[checked(4 * sizeof(float) * piece.Length)];
            _stateProgress = new ChunkProgress(_state.Length);
        }

        if (piece.Epoch != _stateEpoch || _stateProgress is not { } progress || !progress.TryTake((int)piece.Offset, piece.Bytes.Length))
        {
            return;
        }

        piece.Bytes.Span.CopyTo(_state.AsSpan((int)piece.Offset));
        if (progress.IsWhole)
        {
            Restore(piece.Updates);
        }

        if (progress.IsWhole || progress.IsAcknowledgementDue)
        {
            _learner.Tell(new ReplicaProtocol.StateReceived(_stateEpoch, progress.Received), self);
        }
    }

    /// <summary>The group is another one.</summary>
    public void Take(ReplicaProtocol.GroupFormed formed)
    {
        if (_hasState && formed.Epoch >= _stateEpoch && formed.Epoch > Epoch)
        {
            Epoch = formed.Epoch;
            _rank = formed.Rank;
            _members = formed.Members;
            _next = resolve(_members[(_rank + 1) % _members.Count]);
            _step = null;
        }
    }

    /// <summary>A step begins.</summary>
    public void Take(ReplicaProtocol.StepBegin begin)
    {
        bool isNews = begin.Epoch == Epoch && (_step is null || Tag(begin).CompareTo(Tag(_step)) > 0);
        if (!isNews)
        {
            return;
        }

        bool isFirst = _begun is null && begin.Updates.Count == 0;
        bool isRepeated = _begun == begin.Step;
        bool isNext = _begun == begin.Step - 1 && _reduced == _begun;
        TrainingBatch batch = trainer.NextBatch(batchSize);
        if (!(isFirst || isRepeated || isNext) || begin.Bytes < 1 || begin.Bytes > ReplicaRows.Size(batch, batchSize))
        {
            // It has missed a step: only the whole state helps.
            Leave();
            return;
        }

        if (isNext)
        {
            foreach (ReplicaProtocol.Update update in begin.Updates)
            {
                Make(update);
            }
        }

        _begun = begin.Step;
        _step = begin;
        _isTold = false;
        _checksum = begin.WantsChecksum ? Checksum() : 0;
        Array.Resize(ref _rows, Math.Max(_rows.Length, begin.Bytes));
        _rowsProgress = new ChunkProgress(begin.Bytes);
        _ring.Expect(Tag(begin), _next);
    }

    /// <summary>A piece of its rows.</summary>
    public void Take(ReplicaProtocol.Rows rows)
    {
        bool isOfStep = _step is not null && Tag(_step) == new StepTag(rows.Epoch, rows.Step, rows.Attempt);
        if (!isOfStep || !_rowsProgress!.TryTake(rows.Offset, rows.Bytes.Length))
        {
            return;
        }

        rows.Bytes.Span.CopyTo(_rows.AsSpan(rows.Offset));
        if (_rowsProgress.IsAcknowledgementDue)
        {
            _learner.Tell(new ReplicaProtocol.RowsReceived(rows.Epoch, rows.Step, rows.Attempt, _rowsProgress.Received), self);
        }

        if (_rowsProgress.IsWhole)
        {
            Compute();
        }
    }

    /// <summary>A piece of the sum from the member before.</summary>
    public void Take(ReplicaProtocol.Segment segment, IActorRef from)
    {
        if (_hasState)
        {
            _ring.Take(segment, from);
            TellIfWhole();
        }
    }

    /// <summary>The next member has some pieces.</summary>
    public void Take(ReplicaProtocol.SegmentReceived received)
    {
        _ring.Take(received);
        TellIfWhole();
    }

    /// <inheritdoc />
    public void Dispose() => trainer.Dispose();

    private static StepTag Tag(ReplicaProtocol.StepBegin begin) => new(begin.Epoch, begin.Step, begin.Attempt);

    private void Restore(long updates)
    {
        int length = trainer.Layout.Length;
        float[] Vector(int index) => MemoryMarshal.Cast<byte, float>(_state.AsSpan())[(index * length)..((index + 1) * length)].ToArray();
        trainer.Restore(new TrainerState { Updates = updates, Online = Vector(0), Target = Vector(1), FirstMoments = Vector(2), SecondMoments = Vector(3) });
        _state = [];
        _hasState = true;
    }

    private void Make(ReplicaProtocol.Update update)
    {
        switch (update.Kind)
        {
            case ReplicaProtocol.UpdateKind.Apply:
                trainer.ApplyGradient(_gradient!.Values, update.Value);
                break;
            case ReplicaProtocol.UpdateKind.SynchronizeTarget:
                trainer.SynchronizeTarget();
                break;
            case ReplicaProtocol.UpdateKind.BlendTarget:
                trainer.BlendTarget(update.Value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(update), update.Kind, "no such update");
        }
    }

    private void Compute()
    {
        TrainingBatch batch = trainer.NextBatch(batchSize);
        if (!ReplicaRows.TryDecode(_rows.AsSpan(0, _rowsProgress!.Total), batch))
        {
            Leave();
            return;
        }

        _gradient ??= new FlatGradient(trainer.Layout.Length);
        _count = batch.Count;
        _result = _gradient.Compute(trainer, batch, _step!.RowsOfAll, _absoluteTdErrors);
        Gradients++;
        _ring.Start(_rank, _members.Count, _gradient.Bytes);
        TellIfWhole();
    }

    private ulong Checksum()
    {
        Array.Resize(ref _parameters, trainer.Layout.Length);
        return FlatGradient.Checksum(trainer, _parameters);
    }

    private void TellIfWhole()
    {
        if (_step is not { } step || _isTold || !_ring.IsWhole)
        {
            return;
        }

        _isTold = true;
        _reduced = step.Step;
        int row = 0;
        do
        {
            float[] errors = _absoluteTdErrors.AsSpan(row, Math.Min(ErrorsPerMessage, _count - row)).ToArray();
            _learner.Tell(
                new ReplicaProtocol.StepComputed(step.Epoch, step.Step, step.Attempt, row, errors, _result.Loss, _result.MeanQ, _checksum, _ring.BytesSent), self);
            row += errors.Length;
        }
        while (row < _count);
    }
}
