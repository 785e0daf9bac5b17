namespace DqnAkka.Learner;

/// <summary>Transitions drawn from one replay buffer, with what is needed to weigh them and to return their priorities.</summary>
public sealed class SampledTransitions
{
    /// <summary>Makes a set over existing columns.</summary>
    /// <param name="transitions">The transitions drawn, B of them.</param>
    /// <param name="keys">The insertion number of each, int64 [B].</param>
    /// <param name="masses">The sampling mass p^α of each at the time of the draw, float64 [B]; 1 where sampling is uniform.</param>
    /// <exception cref="ArgumentException">A column's length does not fit.</exception>
    public SampledTransitions(TransitionBatch transitions, long[] keys, double[] masses)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(masses);
        if (keys.Length != transitions.Count || masses.Length != transitions.Count)
        {
            throw new ArgumentException($"{transitions.Count} transitions need as many keys and masses, got {keys.Length} and {masses.Length}");
        }

        Transitions = transitions;
        Keys = keys;
        Masses = masses;
    }

    /// <summary>The transitions.</summary>
    public TransitionBatch Transitions { get; }

    /// <summary>Insertion numbers, int64 [B].</summary>
    public long[] Keys { get; }

    /// <summary>Sampling masses, float64 [B].</summary>
    public double[] Masses { get; }
}
