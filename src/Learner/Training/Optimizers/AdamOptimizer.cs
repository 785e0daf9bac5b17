using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>
/// Adam (Kingma &amp; Ba 2015, algorithm 1) as torch.optim.Adam computes it: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
/// θ ← θ − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε).
/// </summary>
internal sealed class AdamOptimizer(float beta1, float beta2, float epsilon) : IFlatOptimizer
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
        Vector512<float> keep1 = Vector512.Create(beta1);
        Vector512<float> take1 = Vector512.Create(1f - beta1);
        Vector512<float> keep2 = Vector512.Create(beta2);
        Vector512<float> take2 = Vector512.Create(1f - beta2);
        Vector512<float> scale = Vector512.Create(gradientScale);
        Vector512<float> added = Vector512.Create(epsilon);
        Vector512<float> stepSize = Vector512.Create(StepSize(learningRate, beta1, update));
        Vector512<float> rootCorrection = Vector512.Create(RootCorrection(beta2, update));
        for (nuint i = 0; i < (nuint)parameters.Length; i += (nuint)Vector512<float>.Count)
        {
            Vector512<float> g = scale * Vector512.LoadUnsafe(ref gradient, i);
            Vector512<float>.Zero.StoreUnsafe(ref gradient, i);
            Vector512<float> m = (keep1 * Vector512.LoadUnsafe(ref first, i)) + (take1 * g);
            Vector512<float> v = (keep2 * Vector512.LoadUnsafe(ref second, i)) + (take2 * g * g);
            Vector512<float> change = stepSize * m / ((Vector512.Sqrt(v) * rootCorrection) + added);
            m.StoreUnsafe(ref first, i);
            v.StoreUnsafe(ref second, i);
            (Vector512.LoadUnsafe(ref theta, i) - change).StoreUnsafe(ref theta, i);
        }
    }

    /// <summary>η/(1 − β₁ᵗ).</summary>
    public static float StepSize(float learningRate, float beta1, long update) => (float)(learningRate / (1 - Math.Pow(beta1, update)));

    /// <summary>1/√(1 − β₂ᵗ).</summary>
    public static float RootCorrection(float beta2, long update) => (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, update)));
}
