namespace DqnAkka.Actors.Tests;

/// <summary>Pearson's test of how often things were drawn against how often they should have been.</summary>
internal static class ChiSquare
{
    private const double SmallestExpectation = 10;

    /// <summary>The statistic less its critical value at a level of 10⁻⁴: a right implementation is above 0 for one seed in ten thousand.</summary>
    /// <param name="drawn">How often each thing was drawn.</param>
    /// <param name="probabilities">The probability of each, together 1.</param>
    /// <remarks>
    /// Stratified draws scatter less than independent ones, so that for them the test errs on the side of passing, by little where a thing's
    /// probability is far below that of a stratum. With K things and n draws it finds, but for one case in a thousand, a relative error of
    /// ±d in all probabilities where n d² is above 7 √(2K): 2.4 % of 4,000 things drawn a million times.
    /// </remarks>
    public static double Excess(IReadOnlyList<long> drawn, IReadOnlyList<double> probabilities)
    {
        double draws = drawn.Sum();
        double statistic = 0;
        int bins = 0;
        double expected = 0;
        double observed = 0;
        for (int i = 0; i < drawn.Count; i++)
        {
            Assert.True(probabilities[i] > 0 || drawn[i] == 0, $"thing {i} has no probability and was drawn {drawn[i]} times");
            expected += probabilities[i] * draws;
            observed += drawn[i];
            if (expected >= SmallestExpectation || i == drawn.Count - 1)
            {
                statistic += expected > 0 ? (observed - expected) * (observed - expected) / expected : 0;
                bins++;
                expected = 0;
                observed = 0;
            }
        }

        return bins == 1 ? -1 : statistic - CriticalValue(bins - 1);
    }

    // Wilson and Hilferty 1931: the cube root of χ²/k is nearly normal. Within 0.3 % of the exact value from k = 3 on.
    private static double CriticalValue(int degrees)
    {
        const double Normal = 3.719;
        double variance = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - variance + (Normal * Math.Sqrt(variance)), 3);
    }
}
