namespace DqnAkka.Learner;

/// <summary>Weights that undo the bias of prioritised sampling (Schaul et al. 2016, §3.4).</summary>
public static class ImportanceWeights
{
    /// <summary>wᵢ = (N · mᵢ / Σm)^−β, divided by the largest that any transition can have, so that weights only scale updates down.</summary>
    /// <param name="masses">The sampling mass of each row, float64 [B], finite and above 0.</param>
    /// <param name="smallestMass">The smallest mass of everything the rows were drawn from, above 0; where a row has a smaller one still, that counts.</param>
    /// <param name="totalMass">Σm over everything the rows were drawn from (all shards), above 0.</param>
    /// <param name="totalCount">N, the number of transitions they were drawn from, at least 1.</param>
    /// <param name="beta">β in [0, 1]: 0 corrects nothing, 1 everything.</param>
    /// <param name="weights">Receives the weights in (0, 1], float32, at least B long.</param>
    /// <exception cref="ArgumentException">An argument is outside its range.</exception>
    public static void Compute(ReadOnlySpan<double> masses, double smallestMass, double totalMass, long totalCount, double beta, Span<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalCount, 1);
        if (weights.Length < masses.Length)
        {
            throw new ArgumentException($"{masses.Length} masses need as many places for weights, got {weights.Length}", nameof(weights));
        }

        if (!(totalMass > 0 && double.IsFinite(totalMass)))
        {
            throw new ArgumentOutOfRangeException(nameof(totalMass), totalMass, "the total mass must be finite and above 0");
        }

        if (!(beta >= 0 && beta <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "the importance exponent β must lie between 0 and 1");
        }

        // Weights fall as masses grow, so the smallest mass has the largest weight.
        double smallest = smallestMass > 0
            ? smallestMass
            : throw new ArgumentOutOfRangeException(nameof(smallestMass), smallestMass, "the smallest mass must be above 0");
        foreach (double mass in masses)
        {
            if (!(mass > 0 && double.IsFinite(mass)))
            {
                throw new ArgumentOutOfRangeException(nameof(masses), mass, "a sampling mass must be finite and above 0");
            }

            smallest = Math.Min(smallest, mass);
        }

        double scale = totalCount / totalMass;
        double largestWeight = Math.Pow(scale * smallest, -beta);
        for (int i = 0; i < masses.Length; i++)
        {
            weights[i] = (float)(Math.Pow(scale * masses[i], -beta) / largestWeight);
        }
    }
}
