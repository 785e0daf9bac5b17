namespace DqnAkka.Learner;

/// <summary>Weights that undo the bias of prioritised sampling (Schaul et al. 2016, §3.4).</summary>
public static class ImportanceWeights
{
    // Of a longer batch a part at a time is worked on: what a part needs lies on the stack.
    private const int Part = 512;

    /// <summary>
    /// wᵢ = (N · mᵢ / Σm)^−β, divided by the largest weight that any transition can have, so that weights only scale updates down and do not
    /// depend on what else is in the batch: with the smallest mass m_min, wᵢ = (m_min / mᵢ)^β.
    /// </summary>
    /// <param name="masses">The sampling mass of each row, float64 [B], finite and above 0.</param>
    /// <param name="smallestMass">
    /// m_min over everything the rows were drawn from (all shards), above 0; where a row has a smaller one still, that counts. +∞ for the
    /// smallest of the batch.
    /// </param>
    /// <param name="totalMass">Σm over everything the rows were drawn from, above 0.</param>
    /// <param name="totalCount">N, the number of transitions they were drawn from, at least 1.</param>
    /// <param name="beta">β in [0, 1]: 0 corrects nothing, 1 everything.</param>
    /// <param name="weights">Receives the weights in [0, 1], float32, at least B long.</param>
    /// <exception cref="ArgumentException">An argument is outside its range.</exception>
    public static void Compute(
        ReadOnlySpan<double> masses, double smallestMass, double totalMass, long totalCount, double beta, Span<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalCount, 1);
        if (weights.Length < masses.Length)
        {
            throw new ArgumentException($"{masses.Length} masses need as many places for weights, got {weights.Length}", nameof(weights));
        }

        if (!(smallestMass > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(smallestMass), smallestMass, "the smallest mass must be above 0");
        }

        if (!(totalMass > 0 && double.IsFinite(totalMass)))
        {
            throw new ArgumentOutOfRangeException(nameof(totalMass), totalMass, "the total mass must be finite and above 0");
        }

        if (!(beta >= 0 && beta <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "the importance exponent β must lie between 0 and 1");
        }

        int wrong = MassRange.IndexOfOutside(masses, double.Epsilon, double.MaxValue);
        if (wrong >= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(masses), masses[wrong], "a sampling mass must be finite and above 0");
        }

        // N and Σm are the same in the weight and in the largest one, and cancel.
        double smallest = smallestMass;
        foreach (double mass in masses)
        {
            smallest = Math.Min(smallest, mass);
        }

        Span<double> ratios = stackalloc double[Part];
        for (int first = 0; first < masses.Length; first += Part)
        {
            int count = Math.Min(Part, masses.Length - first);
            for (int i = 0; i < count; i++)
            {
                ratios[i] = smallest / masses[first + i];
            }

            Power.Raise(ratios[..count], beta);
            for (int i = 0; i < count; i++)
            {
                weights[first + i] = (float)ratios[i];
            }
        }
    }
}
