namespace DqnAkka.Learner;

/// <summary>What the computation of a gradient saw.</summary>
/// <param name="Loss">The weighted mean loss over the rows given; not finite where the gradient is not to be used.</param>
/// <param name="MeanAbsoluteTdError">Mean |δ|, unweighted.</param>
/// <param name="MeanQ">Mean of the online network's Q(s, a).</param>
public readonly record struct GradientResult(float Loss, float MeanAbsoluteTdError, float MeanQ);

/// <summary>
/// A trainer whose step can be taken in two: the gradient of some rows, and an update by a gradient that may come from many.
/// <see cref="ITrainer.Step"/> is one after the other, bit by bit.
/// </summary>
public interface IGradientTrainer : ITrainer
{
    /// <summary>
    /// What computes here, in a word: replicas whose words are the same, and which get the same gradients, have the same parameters bit by bit.
    /// </summary>
    string Arithmetic { get; }

    /// <summary>∂L/∂θ of L(θ) = (1/B) Σ wᵢ ℓ(δᵢ) over the batch's rows, before clipping. Changes nothing.</summary>
    /// <param name="batch">As for <see cref="ITrainer.Step"/>.</param>
    /// <param name="gradient">Receives the gradient in the layout's order, float32 [<see cref="NetworkLayout.Length"/>], zero in the padding; not all finite where the loss is not.</param>
    /// <param name="absoluteTdErrors">As for <see cref="ITrainer.Step"/>.</param>
    /// <exception cref="ArgumentException">As for <see cref="ITrainer.Step"/>, or the span is not as long as the layout.</exception>
    GradientResult ComputeGradient(TrainingBatch batch, Span<float> gradient, Span<float> absoluteTdErrors);

    /// <summary>One update by a given gradient: clipped by its norm, then the optimizer. Not taken, and not counted, where the gradient is not finite.</summary>
    /// <param name="gradient">∂L/∂θ before clipping, in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; left as it is.</param>
    /// <param name="learningRate">The learning rate of this update.</param>
    /// <returns>The gradient's Euclidean norm before clipping.</returns>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    float ApplyGradient(ReadOnlySpan<float> gradient, float learningRate);

    /// <summary>Replaces the online parameters; the target, the moments and the number of updates stay.</summary>
    /// <param name="parameters">θ in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    void LoadParameters(ReadOnlySpan<float> parameters);

    /// <summary>Replaces the target parameters.</summary>
    /// <param name="parameters">θ⁻ in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    void LoadTarget(ReadOnlySpan<float> parameters);
}
