using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>
/// AdaGrad (Duchi et al. 2011) as torch.optim.Adagrad computes it, without a decay of the rate and from an accumulator of zero:
/// v ← v + g², θ ← θ − ηg/(√v + ε). The first moments are not used.
/// </summary>
internal sealed class AdaGradOptimizer(float epsilon) : IFlatOptimizer
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
        ref float second = ref MemoryMarshal.GetReference(secondMoments);
        Vector512<float> scale = Vector512.Create(gradientScale);
        Vector512<float> rate = Vector512.Create(learningRate);
        Vector512<float> added = Vector512.Create(epsilon);
        for (nuint i = 0; i < (nuint)parameters.Length; i += (nuint)Vector512<float>.Count)
        {
            Vector512<float> g = scale * Vector512.LoadUnsafe(ref gradient, i);
            Vector512<float>.Zero.StoreUnsafe(ref gradient, i);
            Vector512<float> v = Vector512.LoadUnsafe(ref second, i) + (g * g);
            v.StoreUnsafe(ref second, i);
            Vector512<float> change = rate * g / (Vector512.Sqrt(v) + added);
            (Vector512.LoadUnsafe(ref theta, i) - change).StoreUnsafe(ref theta, i);
        }
    }
}
