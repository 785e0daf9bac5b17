using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>The norm of a gradient and clipping by it (Pascanu et al. 2013), as torch.nn.utils.clip_grad_norm_.</summary>
public static class GradientNorm
{
    // PyTorch's own guard against a division by zero.
    private const float Guard = 1e-6f;

    /// <summary>√Σg².</summary>
    /// <param name="gradients">g, float32, a multiple of 16 long.</param>
    /// <returns>The norm; not finite where a component is not, or where the sum of squares is more than a float holds.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of 16.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Compute(ReadOnlySpan<float> gradients)
    {
        if (gradients.Length % Vector512<float>.Count != 0)
        {
            throw new ArgumentException($"a gradient's norm is taken over a multiple of {Vector512<float>.Count} floats: got {gradients.Length}");
        }

        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        Vector512<float> even = Vector512<float>.Zero;
        Vector512<float> odd = Vector512<float>.Zero;
        nuint length = (nuint)gradients.Length;
        nuint width = (nuint)Vector512<float>.Count;
        nuint i = 0;
        for (; i + (2 * width) <= length; i += 2 * width)
        {
            Vector512<float> g0 = Vector512.LoadUnsafe(ref gradient, i);
            Vector512<float> g1 = Vector512.LoadUnsafe(ref gradient, i + width);
            even = Vector512.MultiplyAddEstimate(g0, g0, even);
            odd = Vector512.MultiplyAddEstimate(g1, g1, odd);
        }

        if (i < length)
        {
            Vector512<float> g = Vector512.LoadUnsafe(ref gradient, i);
            even = Vector512.MultiplyAddEstimate(g, g, even);
        }

        return MathF.Sqrt(Vector512.Sum(even + odd));
    }

    /// <summary>What the gradient is multiplied by so that its norm does not exceed the maximum.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="maximum">The maximum; 0 does not clip.</param>
    public static float ClipScale(float norm, float maximum) => maximum > 0 ? MathF.Min(1f, maximum / (norm + Guard)) : 1f;
}
