using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>Which exchange a message is of.</summary>
/// <param name="Epoch">Epoch of the group.</param>
/// <param name="Step">Number of the step.</param>
/// <param name="Attempt">Its attempt.</param>
internal readonly record struct StepTag(long Epoch, long Step, int Attempt) : IComparable<StepTag>
{
    /// <inheritdoc />
    public int CompareTo(StepTag other) => (Epoch, Step, Attempt).CompareTo((other.Epoch, other.Step, other.Attempt));
}

/// <summary>
/// One member's part in one exchange, with its messages. What comes before the member's own vector is there, or before it knows of the exchange, is kept:
/// the window bounds it.
/// </summary>
/// <param name="self">Who is answered.</param>
internal sealed class RingExchange(IActorRef self)
{
    private readonly Queue<(ReplicaProtocol.Segment Segment, IActorRef From)> _early = new();
    private RingAllReduce? _ring;
    private IActorRef _next = ActorRefs.Nobody;
    private StepTag _tag;

    /// <summary>Whether the vector that was given is the sum.</summary>
    public bool IsWhole => _ring is { IsWhole: true };

    /// <summary>Bytes sent over all exchanges.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Another exchange begins; the vector follows with <see cref="Start"/>.</summary>
    /// <param name="tag">Which.</param>
    /// <param name="next">The next member.</param>
    public void Expect(StepTag tag, IActorRef next)
    {
        _ring = null;
        _tag = tag;
        _next = next;
    }

    /// <summary>The member's own vector is there.</summary>
    /// <param name="rank">Its place in the ring.</param>
    /// <param name="members">Members.</param>
    /// <param name="vector">The vector, float32; becomes the sum, and must be left alone until it is, or until another exchange begins.</param>
    public void Start(int rank, int members, Memory<byte> vector)
    {
        _ring = new RingAllReduce(rank, members, vector);
        Send();
        while (_early.TryDequeue(out (ReplicaProtocol.Segment Segment, IActorRef From) early))
        {
            Take(early.Segment, early.From);
        }
    }

    /// <summary>A piece has come.</summary>
    /// <returns>Whether it was of use.</returns>
    public bool Take(ReplicaProtocol.Segment segment, IActorRef from)
    {
        StepTag tag = new(segment.Epoch, segment.Step, segment.Attempt);
        int order = tag.CompareTo(_tag);
        if (order > 0 || (order == 0 && _ring is null))
        {
            Keep(segment, from, tag);
            return true;
        }

        if (order < 0 || !_ring!.TryTake(segment.Piece, segment.Bytes.Span))
        {
            return false;
        }

        Send();
        if (_ring.IsAcknowledgementDue)
        {
            from.Tell(new ReplicaProtocol.SegmentReceived(tag.Epoch, tag.Step, tag.Attempt, _ring.Received), self);
        }

        return true;
    }

    /// <summary>The next member has some pieces.</summary>
    public void Take(ReplicaProtocol.SegmentReceived received)
    {
        if (_ring is not null && new StepTag(received.Epoch, received.Step, received.Attempt) == _tag)
        {
            _ring.Acknowledge(received.Pieces);
            Send();
        }
    }

    /// <summary>Keeps what belongs to the newest exchange that was heard of.</summary>
    private void Keep(ReplicaProtocol.Segment segment, IActorRef from, StepTag tag)
    {
        if (_early.TryPeek(out (ReplicaProtocol.Segment Segment, IActorRef From) kept))
        {
            int order = tag.CompareTo(new StepTag(kept.Segment.Epoch, kept.Segment.Step, kept.Segment.Attempt));
            if (order < 0)
            {
                return;
            }

            if (order > 0)
            {
                _early.Clear();
            }
        }

        if (_early.Count < ChunkWindow.MostUnderway)
        {
            _early.Enqueue((segment, from));
        }
    }

    private void Send()
    {
        while (_ring!.TryNext(out int piece, out ReadOnlyMemory<byte> bytes))
        {
            BytesSent += bytes.Length;
            _next.Tell(new ReplicaProtocol.Segment(_tag.Epoch, _tag.Step, _tag.Attempt, piece, bytes), self);
        }
    }
}
