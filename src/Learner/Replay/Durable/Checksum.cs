using System.Numerics;
using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>CRC-32C (Castagnoli) of short pieces; one instruction for eight bytes where the processor has it.</summary>
internal static class Checksum
{
    /// <summary>The checksum of some bytes. It depends on their number, and of none it is not 0.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint checksum = ~(uint)bytes.Length;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            checksum = BitOperations.Crc32C(checksum, word);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            checksum = BitOperations.Crc32C(checksum, rest);
        }

        return ~checksum;
    }
}
