using System.Numerics;
using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>CRC-32C (Castagnoli) of stored bytes. Of longer ones in four lanes side by side, since a step waits three cycles for the one before it.</summary>
internal static unsafe class Checksums
{
    private const int Lanes = 4;

    /// <summary>The checksum of some bytes.</summary>
    /// <param name="bytes">The first.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="seed">What came before them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(byte* bytes, long length, uint seed)
    {
        byte* end = bytes + length;
        if (length >= 2 * Lanes * sizeof(ulong))
        {
            seed = OfLanes(ref bytes, length, seed);
        }

        for (; end - bytes >= sizeof(ulong); bytes += sizeof(ulong))
        {
            seed = BitOperations.Crc32C(seed, Unsafe.ReadUnaligned<ulong>(bytes));
        }

        for (; bytes < end; bytes++)
        {
            seed = BitOperations.Crc32C(seed, *bytes);
        }

        return seed;
    }

    /// <summary>The checksum of a row's beginning.</summary>
    /// <param name="row">The row.</param>
    public static uint Of(TransitionRow* row)
    {
        ulong* words = (ulong*)row;
        uint checksum = BitOperations.Crc32C(uint.MaxValue, words[0]);

        // The second word begins with the checksum itself.
        checksum = BitOperations.Crc32C(checksum, (uint)(words[1] >> 32));
        return BitOperations.Crc32C(checksum, words[2]);
    }

    private static uint OfLanes(ref byte* bytes, long length, uint seed)
    {
        long steps = length / (Lanes * sizeof(ulong));
        ulong* first = (ulong*)bytes;
        uint a = seed;
        uint b = 1;
        uint c = 2;
        uint d = 3;
        for (long i = 0; i < steps; i++, first += Lanes)
        {
            a = BitOperations.Crc32C(a, Unsafe.ReadUnaligned<ulong>(first));
            b = BitOperations.Crc32C(b, Unsafe.ReadUnaligned<ulong>(first + 1));
            c = BitOperations.Crc32C(c, Unsafe.ReadUnaligned<ulong>(first + 2));
            d = BitOperations.Crc32C(d, Unsafe.ReadUnaligned<ulong>(first + 3));
        }

        bytes = (byte*)first;
        return BitOperations.Crc32C(BitOperations.Crc32C(a, b), ((ulong)c << 32) | d);
    }
}
