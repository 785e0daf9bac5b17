namespace DqnAkka.Learner;

/// <summary>What one learning step saw.</summary>
/// <param name="Loss">The weighted mean loss.</param>
/// <param name="MeanAbsoluteTdError">Mean |δ|, unweighted.</param>
/// <param name="MeanQ">Mean of the online network's Q(s, a) over the batch.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient before clipping; NaN where the loss was not finite and no gradient was computed.</param>
public readonly record struct TrainingResult(float Loss, float MeanAbsoluteTdError, float MeanQ, float GradientNorm)
{
    /// <summary>
    /// Whether the loss or the gradient was NaN or infinite, so that the step was not taken: parameters, moments and the number of updates
    /// are what they were.
    /// </summary>
    public bool IsSkipped => !float.IsFinite(Loss) || !float.IsFinite(GradientNorm);
}

/// <summary>
/// An online and a target network with their optimizer: one learning step at a time. Every backend computes the same step.
/// Not thread-safe; a trainer stays on one thread.
/// </summary>
public interface ITrainer : IDisposable
{
    /// <summary>The networks' shape and the order of parameters in the flat vectors.</summary>
    NetworkLayout Layout { get; }

    /// <summary>Learning steps taken so far; skipped ones do not count.</summary>
    long Updates { get; }

    /// <summary>
    /// Columns to fill for the next step, which the step reads where they are. One batch is used over and over, or two in turn: what an
    /// earlier call gave must not be written to any more. The weights are 1 until somebody writes others.
    /// </summary>
    /// <param name="capacity">The largest batch; a change allocates new columns.</param>
    TrainingBatch NextBatch(int capacity);

    /// <summary>
    /// One step on L(θ) = (1/B) Σ wᵢ ℓ(δᵢ), δ = R + d·Q(s′, a*; θ⁻) − Q(s, a; θ), with no gradient through the bootstrap
    /// (Mnih et al. 2015; van Hasselt et al. 2016). Skipped where the loss or the gradient is not finite.
    /// </summary>
    /// <param name="batch">The batch, B ≥ 1; of <see cref="NextBatch"/>, or any other, which is copied where need be.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="absoluteTdErrors">Receives |δ| of each row before the step, float32 [B]; not all finite where the step is skipped.</param>
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

/// <summary>
/// A trainer on a device that computes while the processor goes on: a step is enqueued, and its result collected when the next one has been.
/// </summary>
public interface IDeferredTrainer : ITrainer
{
    /// <summary>
    /// Enqueues a step and counts it as an update; where it turns out to have been skipped, the count goes back when its result is collected.
    /// </summary>
    /// <param name="batch">As for <see cref="ITrainer.Step"/>.</param>
    /// <param name="learningRate">As for <see cref="ITrainer.Step"/>.</param>
    /// <param name="absoluteTdErrors">Receives |δ| of each row, float32 [B], when the result is collected; not to be touched until then.</param>
    /// <returns>The result of the step before, or null where none was outstanding.</returns>
    /// <exception cref="ArgumentException">As for <see cref="ITrainer.Step"/>.</exception>
    TrainingResult? Enqueue(TrainingBatch batch, float learningRate, Memory<float> absoluteTdErrors);

    /// <summary>Waits for the step that is outstanding.</summary>
    /// <returns>Its result, or null where none was.</returns>
    TrainingResult? Collect();
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

    /// <summary>Adam's first moments, or RMSProp's mean gradients, float32; AdaGrad leaves them.</summary>
    public required float[] FirstMoments { get; init; }

    /// <summary>Adam's second moments, RMSProp's mean squared gradients, or AdaGrad's sums of squared gradients, float32.</summary>
    public required float[] SecondMoments { get; init; }
}
