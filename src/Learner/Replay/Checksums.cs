using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DqnAkka.Learner;

/// <summary>
/// Checksums of what is stored, the same on every processor. Sums of products of 32-bit or 64-bit words that keys are added to (NH, Black et al. 1999,
/// UMAC), since a CRC's steps wait for each other and would cost as much as storing itself. Any change goes unseen with a chance of about
/// 2⁻³².
/// </summary>
internal static unsafe class Checksums
{
    // Odd numbers without a pattern: the fractional parts of square roots.
    private const ulong KeyA = 0x6A09E667F3BCC909;
    private const ulong KeyB = 0xBB67AE8584CAA73B;
    private const ulong Step = 0x9E3779B97F4A7C15;
    private const ulong KeyD = unchecked(KeyA + KeyB);
    private const int VectorBytes = 32;

    // Where the checksum lies in a row: its third word.
    private static Vector256<uint> WithoutChecksum => Vector256.Create(uint.MaxValue, uint.MaxValue, 0, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue);

    private static Vector256<ulong> Keys => Vector256.Create(KeyA, KeyB, KeyA ^ Step, KeyB ^ Step);

    private static Vector256<ulong> Steps => Vector256.Create(Step, Step ^ KeyA, Step ^ KeyB, KeyD);

    /// <summary>The checksum of some bytes. It depends on their number.</summary>
    /// <param name="bytes">The first.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="seed">What they belong to.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(byte* bytes, nint length, ulong seed) =>
        Fold(length >= 2 * VectorBytes ? OfVectors(bytes, length, seed * KeyB) : OfWords(bytes, length, seed * KeyB));

    /// <summary>The checksum of some bytes that may just have been written, in words: longer pieces could not be read back at once.</summary>
    /// <param name="bytes">The bytes.</param>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            return Fold(OfWords(first, bytes.Length, 0));
        }
    }

    /// <summary>
    /// Gives neighbouring rows their checksums, each of the whole row without the checksum itself. In a pass of its own: a row that has just
    /// been written in pieces cannot be read back at once.
    /// </summary>
    /// <param name="row">The first row, which begins with a <see cref="TransitionRow"/>.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="length">Bytes of a row that count, 32 or at least 64.</param>
    /// <param name="count">Number of rows.</param>
    public static void Seal(byte* row, nint stride, nint length, int count)
    {
        for (int i = 0; i < count; i++, row += stride)
        {
            ((TransitionRow*)row)->Checksum = OfRow(row, length);
        }
    }

    /// <summary>The checksum that a row should have.</summary>
    /// <param name="row">The row, which begins with a <see cref="TransitionRow"/>.</param>
    /// <param name="length">Bytes of the row that count, 32 or at least 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint OfRow(byte* row, nint length) =>
        OfRow(Vector256.Load(row).AsUInt32() & WithoutChecksum, row, length, Vector256<uint>.AllBitsSet);

    /// <summary>
    /// The checksum that a row of at least 64 bytes should have, made of what will be written to it: it costs less than reading that back.
    /// </summary>
    /// <param name="first">The row's first eight bytes.</param>
    /// <param name="second">Its next eight bytes, with a checksum of 0.</param>
    /// <param name="third">Its next eight bytes.</param>
    /// <param name="rest">The other bytes. Those of the last vector are read, whether they count or not.</param>
    /// <param name="length">Bytes of the row that count.</param>
    /// <param name="counts">Which bits of the last vector, at <paramref name="length"/> − 32, count; the others are 0 in the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint OfRow(ulong first, ulong second, ulong third, byte* rest, nint length, Vector256<uint> counts) =>
        OfRow(Vector256.Create(first, second, third, Word(rest)).AsUInt32(), rest - TransitionRow.Bytes, length, counts);

    /// <summary>The same, given the row's first vector without the checksum and where the others lie, as if the row began at <paramref name="row"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint OfRow(Vector256<uint> beginning, byte* row, nint length, Vector256<uint> counts)
    {
        Vector256<uint> key = Keys.AsUInt32();
        Vector256<uint> step = Steps.AsUInt32();
        Vector256<ulong> sum = Products(beginning + key);
        if (length > VectorBytes)
        {
            nint last = length - VectorBytes;
            for (nint i = VectorBytes; i < last; i += VectorBytes)
            {
                key += step;
                sum += Products(Vector256.Load(row + i).AsUInt32() + key);
            }

            // The last vector overlaps the one before it.
            sum += Products((Vector256.Load(row + last).AsUInt32() & counts) + key + step);
        }

        return Fold(Spread(Vector256.Sum(sum)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Fold(ulong sum) => (uint)(sum ^ (sum >> 32));

    private static ulong OfVectors(byte* bytes, nint length, ulong seed)
    {
        Vector256<uint> key = (Keys + Vector256.Create(seed)).AsUInt32();
        Vector256<uint> step = Steps.AsUInt32();
        Vector256<ulong> sum = Vector256<ulong>.Zero;

        // The last vector overlaps the one before it.
        nint last = length - VectorBytes;
        for (nint i = 0; i < last; i += VectorBytes, key += step)
        {
            sum += Products(Vector256.Load(bytes + i).AsUInt32() + key);
        }

        sum += Products(Vector256.Load(bytes + last).AsUInt32() + key);
        return ((ulong)length * Step) + Spread(Vector256.Sum(sum));
    }

    // The low bits of a sum of products say less than the high ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spread(ulong sum) => (sum ^ (sum >> 32)) * Step;

    private static ulong OfWords(byte* bytes, nint length, ulong seed)
    {
        const int PairBytes = 2 * sizeof(ulong);
        ulong key = KeyA + seed;
        ulong sum = (ulong)length * Step;
        byte* last = bytes + length - PairBytes;
        for (; bytes < last; bytes += PairBytes, key += Step)
        {
            sum += Mix(Word(bytes) ^ key, Word(bytes + sizeof(ulong)) ^ (key + KeyB));
        }

        // The last words overlap those before them.
        return sum + (length >= PairBytes ? Mix(Word(last) ^ key, Word(last + sizeof(ulong)) ^ (key + KeyB)) : OfFew(last + PairBytes - length, (int)length, key));
    }

    // The lower half of each 64-bit word times its upper half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Products(Vector256<uint> words)
    {
        Vector256<ulong> upper = words.AsUInt64() >>> 32;
        return Avx2.IsSupported ? Avx2.Multiply(words, upper.AsUInt32()) : (words.AsUInt64() & Vector256.Create((ulong)uint.MaxValue)) * upper;
    }

    private static ulong OfFew(byte* bytes, int length, ulong key)
    {
        ulong first = 0;
        ulong second = 0;
        for (int i = 0; i < length; i++)
        {
            first = i < sizeof(ulong) ? first | ((ulong)bytes[i] << (8 * i)) : first;
            second = i < sizeof(ulong) ? second : second | ((ulong)bytes[i] << (8 * (i - sizeof(ulong))));
        }

        return Mix(first ^ key, second ^ (key + KeyB));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(byte* bytes) => Unsafe.ReadUnaligned<ulong>(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong first, ulong second)
    {
        ulong high = Math.BigMul(first, second, out ulong low);
        return high ^ low;
    }
}
