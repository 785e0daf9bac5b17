namespace DqnAkka.Learner;

/// <summary>An update rule over flat vectors: clipping, moments, parameters and zeroing of the gradient in one pass. Holds no state but its constants.</summary>
internal interface IFlatOptimizer
{
    /// <summary>Takes one step. All spans are equally long, a multiple of 16.</summary>
    /// <param name="parameters">θ, changed.</param>
    /// <param name="gradients">∂L/∂θ before clipping; zero afterwards.</param>
    /// <param name="firstMoments">The first moments, changed.</param>
    /// <param name="secondMoments">The second moments, changed.</param>
    /// <param name="gradientScale">What the gradient is multiplied by (clipping); 1 leaves it.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="update">The number of this update, the first being 1.</param>
    void Step(
        Span<float> parameters,
        Span<float> gradients,
        Span<float> firstMoments,
        Span<float> secondMoments,
        float gradientScale,
        float learningRate,
        long update);
}
