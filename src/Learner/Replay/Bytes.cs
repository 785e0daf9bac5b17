using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DqnAkka.Learner;

/// <summary>Copies of observations, which are short, and reads ahead of them.</summary>
internal static unsafe class Bytes
{
    private const int CacheLine = 64;

    // From here on the runtime's copy is as fast.
    private const int LongCopy = 2048;

    /// <summary>Copies bytes that do not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* source, byte* target, nint length)
    {
        if (length >= LongCopy)
        {
            Unsafe.CopyBlockUnaligned(target, source, (uint)length);
        }
        else if (length >= Vector256<byte>.Count)
        {
            // The last vector overlaps the one before it instead of a remainder byte by byte.
            nint last = length - Vector256<byte>.Count;
            for (nint i = 0; i < last; i += Vector256<byte>.Count)
            {
                Vector256.Load(source + i).Store(target + i);
            }

            Vector256.Load(source + last).Store(target + last);
        }
        else if (length >= Vector128<byte>.Count)
        {
            nint last = length - Vector128<byte>.Count;
            Vector128<byte> end = Vector128.Load(source + last);
            Vector128.Load(source).Store(target);
            end.Store(target + last);
        }
        else
        {
            for (nint i = 0; i < length; i++)
            {
                target[i] = source[i];
            }
        }
    }

    /// <summary>Lets the cache lines of some bytes come from memory while something else is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* first, nint length)
    {
        if (Sse.IsSupported)
        {
            byte* end = first + length;
            for (byte* line = (byte*)((nuint)first & ~(nuint)(CacheLine - 1)); line < end; line += CacheLine)
            {
                Sse.Prefetch0(line);
            }
        }
    }
}
