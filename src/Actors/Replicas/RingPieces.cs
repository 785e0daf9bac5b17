using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The pieces of one link of the ring, in the order in which they travel. With k members a link carries 2k − 2 segments: the member's own, which the next one
/// adds to, then each that came from the member before, so that piece i of what is received is piece i + (pieces of the own segment) of what is sent on.
/// </summary>
/// <param name="first">The segment that travels first: the sender's rank.</param>
/// <param name="segments">The vector's segments, as many as members.</param>
internal struct RingPieces(int first, IReadOnlyList<ParameterRange> segments)
{
    private int _phase;
    private int _offset;

    /// <summary>Phases of the whole exchange.</summary>
    public static int Phases(int members) => (2 * members) - 2;

    /// <summary>The phase of the next piece: below k − 1 it is added to, later it replaces.</summary>
    public readonly int Phase => _phase;

    /// <summary>Pieces that a segment travels in; none where it is empty.</summary>
    public static int Count(ParameterRange segment) =>
        (int)((((long)segment.Length * sizeof(float)) + ChunkWindow.ChunkBytes - 1) / ChunkWindow.ChunkBytes);

    /// <summary>The vector's segments: of multiples of <see cref="ParameterRange.Alignment"/>; the last ones are empty where it is too short for all.</summary>
    /// <param name="length">Length of the vector; where it is no multiple, the last segment that is not empty has the rest.</param>
    /// <param name="members">How many.</param>
    public static IReadOnlyList<ParameterRange> Cut(int length, int members)
    {
        int whole = length - (length % ParameterRange.Alignment);
        int filled = Math.Min(members, Math.Max(1, ParameterRange.Most(whole)));
        IEnumerable<ParameterRange> cut = whole == 0 ? [new ParameterRange(0, 0, 0)] : ParameterRange.Cut(whole, filled);
        ParameterRange[] segments = [.. cut, .. Enumerable.Range(filled, members - filled).Select(index => new ParameterRange(index, length, 0))];
        segments[filled - 1] = segments[filled - 1] with { Length = length - segments[filled - 1].Offset };
        return segments;
    }

    /// <summary>Pieces of the whole link.</summary>
    public static int CountAll(int first, IReadOnlyList<ParameterRange> segments)
    {
        int pieces = 0;
        for (int phase = 0; phase < Phases(segments.Count); phase++)
        {
            pieces += Count(segments[Segment(first, phase, segments.Count)]);
        }

        return pieces;
    }

    /// <summary>Where the next piece lies in the vector, in floats; <see cref="Advance"/> goes past it.</summary>
    public (int Offset, int Length) Peek()
    {
        ParameterRange segment = segments[Segment(first, _phase, segments.Count)];
        while (_offset == segment.Length)
        {
            _offset = 0;
            segment = segments[Segment(first, ++_phase, segments.Count)];
        }

        return (segment.Offset + _offset, Math.Min(ChunkWindow.ChunkBytes / sizeof(float), segment.Length - _offset));
    }

    /// <summary>Goes past a piece.</summary>
    /// <param name="length">Its floats.</param>
    public void Advance(int length) => _offset += length;

    private static int Segment(int first, int phase, int members) => (((first - phase) % members) + members) % members;
}
