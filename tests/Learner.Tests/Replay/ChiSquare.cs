namespace DqnAkka.Learner.Tests;

/// <summary>Pearson's test of counts against exact probabilities.</summary>
internal static class ChiSquare
{
    // The normal quantile at 1 − 10⁻⁵: a correct sampler fails with a chance of about one in 100,000 (and seeds are fixed).
    private const double Quantile = 4.2649;

    public static void AssertFits(ReadOnlySpan<long> counts, ReadOnlySpan<double> probabilities)
    {
        long draws = 0;
        foreach (long count in counts)
        {
            draws += count;
        }

        double statistic = 0;
        int cells = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (probabilities[i] == 0)
            {
                Assert.Equal(0, counts[i]);
                continue;
            }

            double expected = draws * probabilities[i];
            Assert.True(expected >= 5, "a cell is too small for the test");
            statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
            cells++;
        }

        // Wilson and Hilferty 1931.
        double freedom = cells - 1;
        double critical = freedom * Math.Pow(1 - (2 / (9 * freedom)) + (Quantile * Math.Sqrt(2 / (9 * freedom))), 3);
        Assert.True(statistic < critical, $"χ² = {statistic} at {freedom} degrees of freedom exceeds {critical}");
    }
}
