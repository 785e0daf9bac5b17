using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>Passes over gradients that travel. Vectors are a multiple of <see cref="ParameterRange.Alignment"/> long unless said otherwise.</summary>
internal static class GradientKernels
{
    private const uint Magnitude = 0x7FFF_FFFF;
    private const uint LargestBFloat16 = 0x7F7F;
    private const uint BFloat16Sign = 0x8000;
    private const uint JustBelowHalf = 0x7FFF;
    private const int DroppedBits = 16;

    /// <summary>sum ← left + right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum)
    {
        ref float first = ref MemoryMarshal.GetReference(left);
        ref float second = ref MemoryMarshal.GetReference(right);
        ref float destination = ref MemoryMarshal.GetReference(sum);
        for (nuint i = 0; i < (nuint)sum.Length; i += (nuint)Vector512<float>.Count)
        {
            (Vector512.LoadUnsafe(ref first, i) + Vector512.LoadUnsafe(ref second, i)).StoreUnsafe(ref destination, i);
        }
    }

    /// <summary>The first component that is NaN or infinite, or −1. Of any length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int IndexOfNotFinite(ReadOnlySpan<float> values)
    {
        ref float value = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
        {
            Vector512<float> these = Vector512.LoadUnsafe(ref value, (nuint)i);
            // A finite number less itself is zero, any other NaN.
            if (these - these != Vector512<float>.Zero)
            {
                break;
            }
        }

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Rounds to the nearest bfloat16, ties to even, no further than the largest; leaves in <paramref name="values"/> what that changed.</summary>
    /// <param name="values">float32, finite; afterwards the value less what it was rounded to, which is exact.</param>
    /// <param name="rounded">Receives bfloat16, as long.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundToBFloat16(Span<float> values, Span<ushort> rounded)
    {
        ref float value = ref MemoryMarshal.GetReference(values);
        ref ushort destination = ref MemoryMarshal.GetReference(rounded);
        for (nuint i = 0; i < (nuint)values.Length; i += (nuint)Vector256<ushort>.Count)
        {
            Vector256<float> low = Vector256.LoadUnsafe(ref value, i);
            Vector256<float> high = Vector256.LoadUnsafe(ref value, i + (nuint)Vector256<float>.Count);
            Vector256<uint> lowRounded = Round(low.AsUInt32());
            Vector256<uint> highRounded = Round(high.AsUInt32());
            Vector256.Narrow(lowRounded, highRounded).StoreUnsafe(ref destination, i);
            (low - (lowRounded << DroppedBits).AsSingle()).StoreUnsafe(ref value, i);
            (high - (highRounded << DroppedBits).AsSingle()).StoreUnsafe(ref value, i + (nuint)Vector256<float>.Count);
        }
    }

    /// <summary>The float32 that each bfloat16 is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WidenBFloat16(ReadOnlySpan<ushort> values, Span<float> widened)
    {
        ref ushort value = ref MemoryMarshal.GetReference(values);
        ref float destination = ref MemoryMarshal.GetReference(widened);
        for (nuint i = 0; i < (nuint)widened.Length; i += (nuint)Vector256<ushort>.Count)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.LoadUnsafe(ref value, i));
            (low << DroppedBits).AsSingle().StoreUnsafe(ref destination, i);
            (high << DroppedBits).AsSingle().StoreUnsafe(ref destination, i + (nuint)Vector256<float>.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Round(Vector256<uint> bits)
    {
        Vector256<uint> magnitude = bits & Vector256.Create(Magnitude);
        Vector256<uint> isOdd = (magnitude >>> DroppedBits) & Vector256<uint>.One;
        Vector256<uint> nearest = (magnitude + Vector256.Create(JustBelowHalf) + isOdd) >>> DroppedBits;
        return Vector256.Min(nearest, Vector256.Create(LargestBFloat16)) | ((bits >>> DroppedBits) & Vector256.Create(BFloat16Sign));
    }
}
