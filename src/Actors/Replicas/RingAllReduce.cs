using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// One member's part in a ring all-reduce (Patarasuk and Yuan 2009): every member begins with a vector and ends with the sum of all, the same bits everywhere,
/// since each sum is made in one order around the ring and then handed round. A piece goes on as soon as it is added, so that all links are busy at once. A piece
/// that was handed out stays as it is until it can only have arrived.
/// </summary>
internal sealed class RingAllReduce
{
    private const int AcknowledgedPieces = ChunkWindow.MostUnderway / 2;
    private readonly Memory<byte> _vector;
    private readonly int _members;
    private readonly int _toSend;
    private readonly int _toReceive;
    private readonly int _own;
    private RingPieces _sending;
    private RingPieces _receiving;
    private int _sent;
    private int _acknowledged;

    /// <summary>Begins.</summary>
    /// <param name="rank">The member's place in the ring.</param>
    /// <param name="members">Members, at least 1.</param>
    /// <param name="vector">The member's vector, float32; becomes the sum.</param>
    public RingAllReduce(int rank, int members, Memory<byte> vector)
    {
        _vector = vector;
        _members = members;
        IReadOnlyList<ParameterRange> segments = RingPieces.Cut(vector.Length / sizeof(float), members);
        int before = (rank + members - 1) % members;
        _sending = new RingPieces(rank, segments);
        _receiving = new RingPieces(before, segments);
        _toSend = RingPieces.CountAll(rank, segments);
        _toReceive = RingPieces.CountAll(before, segments);
        _own = RingPieces.Count(segments[rank]);
    }

    /// <summary>Pieces received.</summary>
    public int Received { get; private set; }

    /// <summary>Whether the vector is the sum, and the next member has been given all it needs.</summary>
    public bool IsWhole => Received == _toReceive && _sent == _toSend;

    /// <summary>Whether the member before must hear of what was received, or it would wait for ever.</summary>
    public bool IsAcknowledgementDue => Received % AcknowledgedPieces == 0 && Received + AcknowledgedPieces < _toReceive;

    /// <summary>The next piece for the next member, if one is there and the window lets it go.</summary>
    /// <param name="piece">Its number.</param>
    /// <param name="bytes">The piece, float32; shares the vector's memory.</param>
    public bool TryNext(out int piece, out ReadOnlyMemory<byte> bytes)
    {
        piece = _sent;
        bytes = default;
        if (_sent == _toSend || _sent >= _own + Received || _sent - _acknowledged >= ChunkWindow.MostUnderway)
        {
            return false;
        }

        (int offset, int length) = _sending.Peek();
        _sending.Advance(length);
        bytes = _vector.Slice(offset * sizeof(float), length * sizeof(float));
        _sent++;
        return true;
    }

    /// <summary>Takes a piece from the member before.</summary>
    /// <param name="piece">Its number.</param>
    /// <param name="bytes">The piece, float32, at any address.</param>
    /// <returns>Whether it is the next one, of the length that it must have.</returns>
    public bool TryTake(int piece, ReadOnlySpan<byte> bytes)
    {
        if (piece != Received || Received == _toReceive)
        {
            return false;
        }

        (int offset, int length) = _receiving.Peek();
        if (bytes.Length != length * sizeof(float))
        {
            return false;
        }

        Span<byte> own = _vector.Span.Slice(offset * sizeof(float), bytes.Length);
        if (_receiving.Phase < _members - 1)
        {
            Add(MemoryMarshal.Cast<byte, float>(bytes), MemoryMarshal.Cast<byte, float>(own));
        }
        else
        {
            bytes.CopyTo(own);
        }

        _receiving.Advance(length);
        Received++;
        return true;
    }

    /// <summary>The next member has the first pieces.</summary>
    /// <param name="pieces">How many; what is less than known, or more than was sent, says nothing.</param>
    public void Acknowledge(int pieces)
    {
        if (pieces <= _sent)
        {
            _acknowledged = Math.Max(_acknowledged, pieces);
        }
    }

    private static void Add(ReadOnlySpan<float> others, Span<float> own)
    {
        ref float source = ref MemoryMarshal.GetReference(others);
        ref float target = ref MemoryMarshal.GetReference(own);
        int index = 0;
        for (; index <= own.Length - Vector512<float>.Count; index += Vector512<float>.Count)
        {
            (Vector512.LoadUnsafe(ref source, (nuint)index) + Vector512.LoadUnsafe(ref target, (nuint)index)).StoreUnsafe(ref target, (nuint)index);
        }

        for (; index < own.Length; index++)
        {
            own[index] = others[index] + own[index];
        }
    }
}
