using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>Weighted sums of gradients, Σ sᵢgᵢ, in the order in which they are given: each product and each sum is rounded once, on every processor.</summary>
public static class GradientSum
{
    /// <summary>sum ← s·g, the first term.</summary>
    /// <param name="gradient">g, float32, a multiple of 16 long.</param>
    /// <param name="share">s.</param>
    /// <param name="sum">Receives the products, as long; may be the gradient itself.</param>
    /// <exception cref="ArgumentException">The lengths differ, or are no multiple of 16.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Begin(ReadOnlySpan<float> gradient, float share, Span<float> sum)
    {
        RequireEqualLengths(gradient.Length, sum.Length);
        ref float source = ref MemoryMarshal.GetReference(gradient);
        ref float destination = ref MemoryMarshal.GetReference(sum);
        Vector512<float> factor = Vector512.Create(share);
        for (nuint i = 0; i < (nuint)sum.Length; i += (nuint)Vector512<float>.Count)
        {
            (factor * Vector512.LoadUnsafe(ref source, i)).StoreUnsafe(ref destination, i);
        }
    }

    /// <summary>sum ← sum + s·g.</summary>
    /// <param name="gradient">g, float32, a multiple of 16 long.</param>
    /// <param name="share">s.</param>
    /// <param name="sum">The sum so far, as long; changed.</param>
    /// <exception cref="ArgumentException">The lengths differ, or are no multiple of 16.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<float> gradient, float share, Span<float> sum)
    {
        RequireEqualLengths(gradient.Length, sum.Length);
        ref float source = ref MemoryMarshal.GetReference(gradient);
        ref float destination = ref MemoryMarshal.GetReference(sum);
        Vector512<float> factor = Vector512.Create(share);
        for (nuint i = 0; i < (nuint)sum.Length; i += (nuint)Vector512<float>.Count)
        {
            (Vector512.LoadUnsafe(ref destination, i) + (factor * Vector512.LoadUnsafe(ref source, i))).StoreUnsafe(ref destination, i);
        }
    }

    private static void RequireEqualLengths(int gradient, int sum)
    {
        if (gradient != sum || sum % Vector512<float>.Count != 0)
        {
            throw new ArgumentException($"gradients are summed in vectors of one length that is a multiple of {Vector512<float>.Count}: got {gradient}, {sum}");
        }
    }
}
