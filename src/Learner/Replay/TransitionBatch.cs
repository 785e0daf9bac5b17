namespace DqnAkka.Learner;

/// <summary>
/// Transitions in columns, as a runner sends them and a shard stores them: (s, a, Rⁿ, γⁿ, s′). Immutable once sent;
/// the arrays are exactly as long as stated and are not copied.
/// </summary>
public sealed class TransitionBatch
{
    /// <summary>Makes a batch over existing columns.</summary>
    /// <param name="observationSize">Components of one observation, D.</param>
    /// <param name="observations">s, float32 [B × D] row-major.</param>
    /// <param name="actions">a, int32 [B].</param>
    /// <param name="returns">Rⁿ = Σ γᵏ r, float32 [B].</param>
    /// <param name="discounts">What the value of s′ is multiplied by, float32 [B]: γᵐ after m steps, 0 after a terminal state.</param>
    /// <param name="nextObservations">s′, float32 [B × D].</param>
    /// <param name="absoluteTdErrors">The inserter's own |δ|, float32 [B]; empty where sampling is uniform.</param>
    /// <exception cref="ArgumentException">A column's length does not fit.</exception>
    public TransitionBatch(
        int observationSize,
        float[] observations,
        int[] actions,
        float[] returns,
        float[] discounts,
        float[] nextObservations,
        float[] absoluteTdErrors)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentNullException.ThrowIfNull(discounts);
        ArgumentNullException.ThrowIfNull(nextObservations);
        ArgumentNullException.ThrowIfNull(absoluteTdErrors);
        int count = actions.Length;
        bool fits = observationSize > 0 && observations.Length == count * observationSize && nextObservations.Length == count * observationSize
            && returns.Length == count && discounts.Length == count && (absoluteTdErrors.Length == 0 || absoluteTdErrors.Length == count);
        if (!fits)
        {
            throw new ArgumentException($"the columns of a batch of {count} transitions with {observationSize} components do not have matching lengths");
        }

        ObservationSize = observationSize;
        Observations = observations;
        Actions = actions;
        Returns = returns;
        Discounts = discounts;
        NextObservations = nextObservations;
        AbsoluteTdErrors = absoluteTdErrors;
    }

    /// <summary>Number of transitions, B.</summary>
    public int Count => Actions.Length;

    /// <summary>Components of one observation, D.</summary>
    public int ObservationSize { get; }

    /// <summary>s, float32 [B × D].</summary>
    public float[] Observations { get; }

    /// <summary>a, int32 [B].</summary>
    public int[] Actions { get; }

    /// <summary>n-step returns, float32 [B].</summary>
    public float[] Returns { get; }

    /// <summary>Bootstrap discounts, float32 [B].</summary>
    public float[] Discounts { get; }

    /// <summary>s′, float32 [B × D].</summary>
    public float[] NextObservations { get; }

    /// <summary>The inserter's |δ|, float32 [B], or empty.</summary>
    public float[] AbsoluteTdErrors { get; }
}
