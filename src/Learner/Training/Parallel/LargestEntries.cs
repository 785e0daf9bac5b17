using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>
/// The k entries of largest magnitude, exactly; of equal ones those with the smaller index. Magnitudes order as their bits do, so the
/// k-th largest is found digit by digit: three passes that count, whatever the values are.
/// </summary>
/// <param name="count">k.</param>
internal sealed class LargestEntries(int count)
{
    private const int Magnitude = 0x7FFF_FFFF;
    private const int MagnitudeBits = 31;
    private const int DigitBits = 11;
    private readonly int[] _counts = new int[1 << DigitBits];

    /// <summary>Takes the entries out.</summary>
    /// <param name="values">At least k finite float32; those taken are zero afterwards.</param>
    /// <param name="pairs">Receives k pairs of index and value (<see cref="GradientFormat"/>), indices ascending.</param>
    public void Take(Span<float> values, Span<byte> pairs)
    {
        (int threshold, int ties) = Threshold(MemoryMarshal.Cast<float, int>(values));
        for (int index = 0; index < values.Length; index++)
        {
            int magnitude = BitConverter.SingleToInt32Bits(values[index]) & Magnitude;
            if (magnitude < threshold || (magnitude == threshold && ties-- <= 0))
            {
                continue;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(pairs, (uint)index);
            BinaryPrimitives.WriteSingleLittleEndian(pairs[sizeof(uint)..], values[index]);
            pairs = pairs[GradientFormat.PairBytes..];
            values[index] = 0f;
        }
    }

    /// <summary>The k-th largest magnitude's bits, and how many entries of just that magnitude are among the k.</summary>
    private (int Threshold, int Ties) Threshold(ReadOnlySpan<int> bits)
    {
        int wanted = count;
        int prefix = 0;
        for (int done = 0; done < MagnitudeBits;)
        {
            int digit = Math.Min(DigitBits, MagnitudeBits - done);
            int shift = MagnitudeBits - done - digit;
            Count(bits, prefix, MagnitudeBits - done, shift, digit);
            int chosen = (1 << digit) - 1;
            for (; _counts[chosen] < wanted; chosen--)
            {
                wanted -= _counts[chosen];
            }

            prefix = (prefix << digit) | chosen;
            done += digit;
        }

        return (prefix, wanted);
    }

    /// <summary>Counts the next digit of the magnitudes that begin with the prefix.</summary>
    private void Count(ReadOnlySpan<int> bits, int prefix, int below, int shift, int digit)
    {
        Array.Clear(_counts);
        int mask = (1 << digit) - 1;
        foreach (int word in bits)
        {
            int magnitude = word & Magnitude;
            // A shift by 31 leaves nothing of a magnitude, as it should before the first digit.
            if (magnitude >> below == prefix)
            {
                _counts[(magnitude >> shift) & mask]++;
            }
        }
    }
}
