using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>The loss ℓ(δ) of one temporal-difference error, and the weighted mean of a batch.</summary>
internal static class Losses
{
    /// <summary>ℓ(δ): ½δ²; for Huber κ(|δ| − ½κ) where |δ| exceeds κ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Value(LossKind kind, float threshold, float error)
    {
        float magnitude = MathF.Abs(error);
        return kind == LossKind.Huber && magnitude > threshold
            ? threshold * (magnitude - (0.5f * threshold))
            : 0.5f * error * error;
    }

    /// <summary>ℓ′(δ): δ; for Huber clamped to ±κ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Derivative(LossKind kind, float threshold, float error) =>
        kind == LossKind.Huber && MathF.Abs(error) > threshold ? MathF.CopySign(threshold, error) : error;

    /// <summary>L = (1/B) Σ wᵢ ℓ(δᵢ) and its gradient by the chosen values, ∂L/∂Q(sᵢ, aᵢ) = −wᵢ ℓ′(δᵢ)/B.</summary>
    /// <param name="kind">Which ℓ.</param>
    /// <param name="threshold">κ.</param>
    /// <param name="errors">δ, float32 [B].</param>
    /// <param name="weights">w, float32 [B].</param>
    /// <param name="gradients">Receives the gradient, float32 [B].</param>
    /// <returns>L.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float WeightedMean(LossKind kind, float threshold, ReadOnlySpan<float> errors, ReadOnlySpan<float> weights, Span<float> gradients)
    {
        float share = 1f / errors.Length;
        double sum = 0;
        for (int row = 0; row < errors.Length; row++)
        {
            sum += weights[row] * Value(kind, threshold, errors[row]);
            gradients[row] = -share * weights[row] * Derivative(kind, threshold, errors[row]);
        }

        return (float)(sum / errors.Length);
    }
}
