namespace DqnAkka.Learner;

/// <summary>What one learning step saw.</summary>
/// <param name="Loss">The weighted mean loss.</param>
/// <param name="MeanAbsoluteTdError">Mean |δ|, unweighted.</param>
/// <param name="MeanQ">Mean of the online network's Q(s, a) over the batch.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient before clipping.</param>
public readonly record struct TrainingResult(float Loss, float MeanAbsoluteTdError, float MeanQ, float GradientNorm);

/// <summary>
/// An online and a target network with their optimizer: one learning step at a time. Every backend computes the same step.
/// Not thread-safe; a trainer stays on one thread.
/// </summary>
public interface ITrainer : IDisposable
{
    /// <summary>The networks' shape and the order of parameters in the flat vectors.</summary>
    NetworkLayout Layout { get; }

    /// <summary>Learning steps taken so far.</summary>
    long Updates { get; }

    /// <summary>
    /// One step on L(θ) = (1/B) Σ wᵢ ℓ(δᵢ), δ = R + d·Q(s′, a*; θ⁻) − Q(s, a; θ), with no gradient through the bootstrap
    /// (Mnih et al. 2015; van Hasselt et al. 2016).
    /// </summary>
    /// <param name="batch">The batch, B ≥ 1.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="absoluteTdErrors">Receives |δ| of each row before the step, float32 [B].</param>
    /// <returns>What the step saw.</returns>
    /// <exception cref="ArgumentException">The batch is empty, of another observation size, or the span is too short.</exception>
    TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors);

    /// <summary>Hard target update: θ⁻ ← θ.</summary>
    void SynchronizeTarget();

    /// <summary>Polyak target update: θ⁻ ← τθ + (1 − τ)θ⁻.</summary>
    /// <param name="tau">τ in (0, 1].</param>
    void BlendTarget(float tau);

    /// <summary>Copies the online parameters in the layout's order.</summary>
    /// <param name="destination">Receives them, float32 [<see cref="NetworkLayout.Length"/>].</param>
    void CopyParameters(Span<float> destination);

    /// <summary>Copies everything that a later <see cref="Restore"/> needs to go on as if nothing had happened.</summary>
    TrainerState Capture();

    /// <summary>Takes over a captured state.</summary>
    /// <param name="state">The state, of the same layout.</param>
    /// <exception cref="ArgumentException">The state is of another layout.</exception>
    void Restore(TrainerState state);
}

/// <summary>The state of a trainer, in the layout's order (padding included); independent of the backend that made it.</summary>
public sealed record TrainerState
{
    /// <summary>Learning steps taken.</summary>
    public required long Updates { get; init; }

    /// <summary>θ, float32 [<see cref="NetworkLayout.Length"/>].</summary>
    public required float[] Online { get; init; }

    /// <summary>θ⁻, float32.</summary>
    public required float[] Target { get; init; }

    /// <summary>Adam's first moments, or RMSProp's mean gradients, float32.</summary>
    public required float[] FirstMoments { get; init; }

    /// <summary>Adam's second moments, or RMSProp's mean squared gradients, float32.</summary>
    public required float[] SecondMoments { get; init; }
}
