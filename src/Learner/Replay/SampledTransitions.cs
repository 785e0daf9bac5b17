using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>Transitions drawn from one replay buffer in columns of their own, with what is needed to weigh them and to return their priorities.</summary>
public sealed class SampledTransitions
{
    /// <summary>Makes columns to be filled; what they hold until then is not defined.</summary>
    /// <param name="format">The form of an observation.</param>
    /// <param name="count">Number of transitions, B.</param>
    public SampledTransitions(ObservationFormat format, int count)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Format = format;
        Observations = GC.AllocateUninitializedArray<byte>(checked(count * format.Bytes));
        NextObservations = GC.AllocateUninitializedArray<byte>(count * format.Bytes);
        Actions = GC.AllocateUninitializedArray<int>(count);
        Returns = GC.AllocateUninitializedArray<float>(count);
        Discounts = GC.AllocateUninitializedArray<float>(count);
        Keys = GC.AllocateUninitializedArray<long>(count);
        Masses = GC.AllocateUninitializedArray<double>(count);
    }

    /// <summary>Makes a set over existing columns.</summary>
    /// <param name="format">The form of an observation.</param>
    /// <param name="observations">s, packed, [B × <see cref="ObservationFormat.Bytes"/>].</param>
    /// <param name="nextObservations">s′, packed, [B × <see cref="ObservationFormat.Bytes"/>].</param>
    /// <param name="actions">a, int32 [B].</param>
    /// <param name="returns">Rⁿ, float32 [B].</param>
    /// <param name="discounts">Bootstrap discounts, float32 [B].</param>
    /// <param name="keys">The number in the order of arrival of each, int64 [B].</param>
    /// <param name="masses">The sampling mass p^α of each at the time of the draw, float64 [B]; 1 where sampling is uniform.</param>
    /// <exception cref="ArgumentException">A column's length does not fit.</exception>
    public SampledTransitions(
        ObservationFormat format,
        byte[] observations,
        byte[] nextObservations,
        int[] actions,
        float[] returns,
        float[] discounts,
        long[] keys,
        double[] masses)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(nextObservations);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentNullException.ThrowIfNull(discounts);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(masses);
        long bytes = (long)actions.Length * format.Bytes;
        if (observations.Length != bytes || nextObservations.Length != bytes
            || returns.Length != actions.Length || discounts.Length != actions.Length || keys.Length != actions.Length || masses.Length != actions.Length)
        {
            throw new ArgumentException(
                $"the columns of {actions.Length} sampled transitions with observations of {format} do not have matching lengths: {observations.Length} and {nextObservations.Length} bytes, "
                + $"{returns.Length} returns, {discounts.Length} discounts, {keys.Length} keys, {masses.Length} masses");
        }

        Format = format;
        Observations = observations;
        NextObservations = nextObservations;
        Actions = actions;
        Returns = returns;
        Discounts = discounts;
        Keys = keys;
        Masses = masses;
    }

    /// <summary>Number of transitions, B.</summary>
    public int Count => Actions.Length;

    /// <summary>The form of an observation.</summary>
    public ObservationFormat Format { get; }

    /// <summary>s, packed, [B × <see cref="ObservationFormat.Bytes"/>].</summary>
    public byte[] Observations { get; }

    /// <summary>s′, packed, [B × <see cref="ObservationFormat.Bytes"/>].</summary>
    public byte[] NextObservations { get; }

    /// <summary>a, int32 [B].</summary>
    public int[] Actions { get; }

    /// <summary>n-step returns, float32 [B].</summary>
    public float[] Returns { get; }

    /// <summary>Bootstrap discounts, float32 [B].</summary>
    public float[] Discounts { get; }

    /// <summary>Numbers in the order of arrival, int64 [B].</summary>
    public long[] Keys { get; }

    /// <summary>Sampling masses, float64 [B].</summary>
    public double[] Masses { get; }
}
