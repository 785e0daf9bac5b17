using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>The soft target update.</summary>
internal static class TargetBlending
{
    /// <summary>θ⁻ ← τθ + (1 − τ)θ⁻ (Lillicrap et al. 2016).</summary>
    /// <param name="online">θ, a multiple of 16 long.</param>
    /// <param name="target">θ⁻, as long, changed.</param>
    /// <param name="tau">τ.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Blend(ReadOnlySpan<float> online, Span<float> target, float tau)
    {
        ref float source = ref MemoryMarshal.GetReference(online);
        ref float destination = ref MemoryMarshal.GetReference(target);
        Vector512<float> take = Vector512.Create(tau);
        Vector512<float> keep = Vector512.Create(1f - tau);
        for (nuint i = 0; i < (nuint)target.Length; i += (nuint)Vector512<float>.Count)
        {
            Vector512<float> blended = (take * Vector512.LoadUnsafe(ref source, i)) + (keep * Vector512.LoadUnsafe(ref destination, i));
            blended.StoreUnsafe(ref destination, i);
        }
    }
}
