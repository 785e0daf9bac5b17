using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Growing frames of one stream of observations, each observation k neighbouring frames. An observation that continues the one before it
/// by a frame costs one frame, one that repeats it none. Only bytes are compared, so that nothing is ever taken for another stream's.
/// </summary>
internal sealed class FrameColumn(ObservationFormat format)
{
    private byte[] _bytes = new byte[format.Bytes];

    /// <summary>Frames held.</summary>
    public int Count { get; private set; }

    /// <summary>The frames, [Count × FrameBytes]; valid until the next addition.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Count * format.FrameBytes);

    /// <summary>Whether the observation whose first frame is <paramref name="window"/> has these bytes.</summary>
    public bool Holds(int window, ReadOnlySpan<byte> observation) =>
        _bytes.AsSpan(window * format.FrameBytes, format.Bytes).SequenceEqual(observation);

    /// <summary>Adds an observation, packed, or finds it at the end.</summary>
    /// <returns>Its first frame.</returns>
    public int Add(ReadOnlySpan<byte> observation)
    {
        int missing = format.Stack;
        if (Count >= format.Stack)
        {
            int last = Count - format.Stack;
            if (Holds(last, observation))
            {
                return last;
            }

            ReadOnlySpan<byte> tail = _bytes.AsSpan((last + 1) * format.FrameBytes, format.Bytes - format.FrameBytes);
            missing = format.Stack > 1 && tail.SequenceEqual(observation[..^format.FrameBytes]) ? 1 : format.Stack;
        }

        int bytes = missing * format.FrameBytes;
        int end = Count * format.FrameBytes;
        if (end + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, checked((int)Math.Max(end + bytes, Math.Min(2L * _bytes.Length, Array.MaxLength))));
        }

        observation[^bytes..].CopyTo(_bytes.AsSpan(end));
        Count += missing;
        return Count - format.Stack;
    }

    /// <summary>Drops everything.</summary>
    public void Clear() => Count = 0;
}
