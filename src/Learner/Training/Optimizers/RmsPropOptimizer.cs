using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>
/// RMSProp as torch.optim.RMSprop computes it: v ← αv + (1 − α)g², θ ← θ − ηg/(√v + ε); centred (Graves 2013) it also keeps
/// m ← αm + (1 − α)g and divides by √(v − m²) + ε, where a difference that rounding made negative counts as zero.
/// </summary>
internal sealed class RmsPropOptimizer(float decay, float epsilon, bool isCentered) : IFlatOptimizer
{
    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(
        Span<float> parameters,
        Span<float> gradients,
        Span<float> firstMoments,
        Span<float> secondMoments,
        float gradientScale,
        float learningRate,
        long update)
    {
        FlatOptimizers.RequireEqualLengths(parameters.Length, gradients.Length, firstMoments.Length, secondMoments.Length, Vector512<float>.Count);
        ref float theta = ref MemoryMarshal.GetReference(parameters);
        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        ref float first = ref MemoryMarshal.GetReference(firstMoments);
        ref float second = ref MemoryMarshal.GetReference(secondMoments);
        Vector512<float> keep = Vector512.Create(decay);
        Vector512<float> take = Vector512.Create(1f - decay);
        Vector512<float> scale = Vector512.Create(gradientScale);
        Vector512<float> rate = Vector512.Create(learningRate);
        Vector512<float> added = Vector512.Create(epsilon);
        for (nuint i = 0; i < (nuint)parameters.Length; i += (nuint)Vector512<float>.Count)
        {
            Vector512<float> g = scale * Vector512.LoadUnsafe(ref gradient, i);
            Vector512<float>.Zero.StoreUnsafe(ref gradient, i);
            Vector512<float> v = (keep * Vector512.LoadUnsafe(ref second, i)) + (take * g * g);
            v.StoreUnsafe(ref second, i);
            Vector512<float> spread = v;
            if (isCentered)
            {
                Vector512<float> m = (keep * Vector512.LoadUnsafe(ref first, i)) + (take * g);
                m.StoreUnsafe(ref first, i);
                spread = Vector512.Max(Vector512<float>.Zero, v - (m * m));
            }

            Vector512<float> change = rate * g / (Vector512.Sqrt(spread) + added);
            (Vector512.LoadUnsafe(ref theta, i) - change).StoreUnsafe(ref theta, i);
        }
    }
}
