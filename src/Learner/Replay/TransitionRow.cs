using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>The beginning of every stored row: all but the observations. 24 bytes, so that two observations of four floats fit into the same cache line.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TransitionRow
{
    /// <summary>Bytes of a row's beginning.</summary>
    public const int Bytes = 24;

    private const int EndShift = 62;
    private const ulong KeyMask = (1UL << EndShift) - 1;

    // The key + 1, so that memory never written has none; above it the episode's end.
    private ulong _keyAndEnd;

    /// <summary>Of the rest of the row, whatever that is; 0 where there are no checksums.</summary>
    public uint Checksum;

    /// <summary>a.</summary>
    public int Action;

    /// <summary>Rⁿ.</summary>
    public float Return;

    /// <summary>What the value of s′ is multiplied by.</summary>
    public float Discount;

    /// <summary>Number in the order of arrival; −1 in memory never written.</summary>
    public readonly long Key => (long)(_keyAndEnd & KeyMask) - 1;

    /// <summary>How the episode stood at s′: <see cref="EpisodeEnd"/>.</summary>
    public readonly byte End => (byte)(_keyAndEnd >> EndShift);

    /// <summary>Sets key and end.</summary>
    public void Identify(long key, byte end) => _keyAndEnd = (ulong)(key + 1) | ((ulong)end << EndShift);
}
