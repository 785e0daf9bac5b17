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
    public void Identify(long key, byte end) => _keyAndEnd = KeyAndEnd(key, end);

    /// <summary>The row's first eight bytes.</summary>
    public static ulong KeyAndEnd(long key, byte end) => (ulong)(key + 1) | ((ulong)end << EndShift);

    /// <summary>The next eight bytes, with a checksum of 0.</summary>
    public static ulong ChecksumAndAction(int action) => (ulong)(uint)action << 32;

    /// <summary>The last eight bytes.</summary>
    public static ulong ReturnAndDiscount(float @return, float discount) =>
        BitConverter.SingleToUInt32Bits(@return) | ((ulong)BitConverter.SingleToUInt32Bits(discount) << 32);
}
