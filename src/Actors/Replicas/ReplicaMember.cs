using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>A replica as the learner's group knows it.</summary>
/// <param name="reference">Its actor.</param>
/// <param name="name">Whom people read of.</param>
internal sealed class ReplicaMember(IActorRef reference, string name)
{
    private byte[] _rows = [];
    private ChunkWindow? _rowsWindow;
    private int _rowsLength;
    private long _lastBytesSent;
    private long _lastRowBytes;
    private long _rowBytes;

    /// <summary>Its actor.</summary>
    public IActorRef Reference => reference;

    /// <summary>Whom people read of.</summary>
    public string Name => name;

    /// <summary>The learner's state on its way to it; null before and after.</summary>
    public ChunkWindow? StateWindow { get; set; }

    /// <summary>Whether it has the learner's state.</summary>
    public bool HasState { get; set; }

    /// <summary>Whether no step was completed with it yet: the state that it got has all that was done before.</summary>
    public bool IsFresh { get; private set; } = true;

    /// <summary>Whether it has answered the last question.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Rows of the attempt whose |δ| have come.</summary>
    public int ErrorsReceived { get; set; }

    /// <summary>Whether it has ended its part of the attempt.</summary>
    public bool IsDone { get; set; }

    /// <summary>Gradients that it has computed and that were used.</summary>
    public long Gradients { get; private set; }

    /// <summary>Bytes of segments that it has sent.</summary>
    public long BytesSent { get; set; }

    /// <summary>An attempt begins.</summary>
    public void Begin(StepAttempt attempt, int rank, bool wantsChecksum, IActorRef self)
    {
        (int from, int count) = attempt.RowsOf(rank);
        ErrorsReceived = 0;
        IsDone = false;
        _rowsLength = ReplicaRows.Size(attempt.Batch, count);
        Array.Resize(ref _rows, Math.Max(_rows.Length, _rowsLength));
        ReplicaRows.Encode(attempt.Batch, from, count, _rows.AsSpan(0, _rowsLength));
        _rowsWindow = new ChunkWindow(_rowsLength);
        (long epoch, long step, int number) = attempt.Tag;
        IReadOnlyList<ReplicaProtocol.Update> updates = IsFresh ? [] : attempt.Updates;
        reference.Tell(new ReplicaProtocol.StepBegin(epoch, step, number, updates, attempt.Rows, _rowsLength, wantsChecksum), self);
        SendRows(attempt.Tag, self);
    }

    /// <summary>A step was completed with it.</summary>
    public void CountStep()
    {
        IsFresh = false;
        Gradients++;
    }

    /// <summary>It has received some of its rows.</summary>
    public void Acknowledge(ReplicaProtocol.RowsReceived received, StepTag tag, IActorRef self)
    {
        _rowsWindow?.Acknowledge(received.Bytes);
        SendRows(tag, self);
    }

    /// <summary>Bytes that it has sent, and rows that it was sent, since the last call.</summary>
    public (long Sent, long Rows) TakeTraffic()
    {
        (long, long) traffic = (BytesSent - _lastBytesSent, _rowBytes - _lastRowBytes);
        _lastBytesSent = BytesSent;
        _lastRowBytes = _rowBytes;
        return traffic;
    }

    private void SendRows(StepTag tag, IActorRef self)
    {
        while (_rowsWindow is { } window && window.TryNext(out int offset, out int length))
        {
            _rowBytes += length;
            reference.Tell(new ReplicaProtocol.Rows(tag.Epoch, tag.Step, tag.Attempt, offset, _rows.AsMemory(offset, length)), self);
        }
    }
}
