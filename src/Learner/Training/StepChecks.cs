using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>What every trainer checks, in the same words.</summary>
internal static class StepChecks
{
    /// <summary>Throws unless a batch fits a network.</summary>
    /// <exception cref="ArgumentException">The batch is empty, of another observation size, has an action out of range, or the span is too short.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RequireFit(NetworkLayout layout, TrainingBatch batch, int errorLength)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count < 1 || batch.Count > batch.Capacity)
        {
            throw new ArgumentException($"a batch of capacity {batch.Capacity} needs 1 to {batch.Capacity} rows: got {batch.Count}");
        }

        if (batch.ObservationSize != layout.ObservationSize)
        {
            throw new ArgumentException(
                $"a network {layout.Description} needs observations of {layout.ObservationSize} components: the batch has {batch.ObservationSize}");
        }

        if (errorLength < batch.Count)
        {
            throw new ArgumentException($"a batch of {batch.Count} rows needs as many errors: the span has {errorLength}");
        }

        foreach (int action in batch.Actions[..batch.Count])
        {
            if ((uint)action >= (uint)layout.ActionCount)
            {
                throw new ArgumentException($"a batch has action {action}: the network has actions 0 to {layout.ActionCount - 1}");
            }
        }
    }

    /// <summary>Throws unless a batch's observations are floats.</summary>
    /// <exception cref="ArgumentException">They are bytes.</exception>
    public static void RequireFloats(TrainingBatch batch)
    {
        if (batch.HoldsBytes)
        {
            throw new ArgumentException("a batch of bytes was given where floats are taken");
        }
    }

    /// <summary>Throws unless τ is in (0, 1].</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static void RequireTau(float tau)
    {
        if (!(tau > 0 && tau <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(tau), tau, "the Polyak coefficient must be above 0 and at most 1");
        }
    }

    /// <summary>Throws unless a captured state is of the given network.</summary>
    /// <exception cref="ArgumentException">A vector's length differs.</exception>
    public static void RequireFit(NetworkLayout layout, TrainerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNegative(state.Updates);
        ParameterVector.RequireLength(layout, state.Online.Length);
        ParameterVector.RequireLength(layout, state.Target.Length);
        ParameterVector.RequireLength(layout, state.FirstMoments.Length);
        ParameterVector.RequireLength(layout, state.SecondMoments.Length);
    }
}
