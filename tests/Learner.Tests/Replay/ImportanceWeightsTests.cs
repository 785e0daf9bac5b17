using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class ImportanceWeightsTests
{
    [Fact]
    public void Weights_are_the_papers_divided_by_the_largest()
    {
        // N P = 8 · {1, 4, 16}/32 = {1/4, 1, 4}; to the power −1/2 = {2, 1, 1/2}; over 2 = {1, 1/2, 1/4}.
        float[] weights = new float[3];
        ImportanceWeights.Compute([1, 4, 16], double.PositiveInfinity, 32, 8, 0.5, weights);
        Assert.Equal([1f, 0.5f, 0.25f], weights);
    }

    [Fact]
    public void Equal_masses_and_beta_zero_weigh_one()
    {
        float[] weights = new float[3];
        ImportanceWeights.Compute([3, 3, 3], double.PositiveInfinity, 12, 4, 1, weights);
        Assert.Equal([1f, 1f, 1f], weights);
        ImportanceWeights.Compute([1e-100, 1, 1e100], double.PositiveInfinity, 2e100, 4, 0, weights);
        Assert.Equal([1f, 1f, 1f], weights);
    }

    [Fact]
    public void Extreme_masses_stay_between_zero_and_one()
    {
        float[] weights = new float[2];
        ImportanceWeights.Compute([1e-100, 1e100], double.PositiveInfinity, 1e107, 10_000_000, 1, weights);
        Assert.Equal([1f, 0f], weights);
    }

    [Fact]
    public void The_largest_weight_is_that_of_the_smallest_mass_anywhere()
    {
        // With 1 elsewhere the row of 4 has the weight (1/4)^½, whatever else is in the batch.
        float[] weights = new float[2];
        ImportanceWeights.Compute([4, 16], 1, 32, 8, 0.5, weights);
        Assert.Equal([0.5f, 0.25f], weights);
        ImportanceWeights.Compute([4], 1, 32, 8, 0.5, weights);
        Assert.Equal(0.5f, weights[0]);
    }

    [Fact]
    public void A_row_below_the_smallest_mass_that_was_reported_has_the_largest_weight()
    {
        float[] weights = new float[2];
        ImportanceWeights.Compute([1, 4], 2, 32, 8, 1, weights);
        Assert.Equal([1f, 0.25f], weights);
    }

    [Fact]
    public void Weights_of_any_batch_are_the_papers_to_a_millionth()
    {
        RandomSource random = new(3);
        foreach (double beta in new[] { 0, 0.4, 0.6, 0.97, 1 })
        {
            double[] masses = [.. Enumerable.Range(0, 1_111).Select(_ => Math.Pow(10, random.NextUniform(-8, 4)))];
            double total = 3 * masses.Sum();
            double smallest = masses.Min() / 7;
            float[] weights = new float[masses.Length];
            ImportanceWeights.Compute(masses, smallest, total, 3_333, beta, weights);
            double largest = Math.Pow(3_333 * smallest / total, -beta);
            for (int i = 0; i < masses.Length; i++)
            {
                double expected = Math.Pow(3_333 * masses[i] / total, -beta) / largest;
                Assert.Equal(expected, weights[i], 1e-6 * expected);
                Assert.InRange(weights[i], 0, 1);
            }
        }
    }

    [Fact]
    public void Full_correction_makes_a_weighted_mean_over_prioritised_draws_unbiased()
    {
        // The values' plain mean is 2.5, their prioritised mean 3. Self-normalised by Σw: its standard error is below 0.003 at 10⁶ draws.
        ReplayBuffer buffer = new(4, Transitions.Format(1), new ReplayOptions { Prioritized = true, Alpha = 1, PriorityEpsilon = 0 });
        buffer.Append(Transitions.Batch(0, 4, 1, [1, 2, 3, 4]));
        SampledTransitions sample = buffer.Sample(1_000_000, new RandomSource(4));
        float[] weights = new float[1_000_000];
        ImportanceWeights.Compute(sample.Masses, double.PositiveInfinity, buffer.Mass, buffer.Count, 1, weights);
        double mean = sample.Keys.Zip(weights).Sum(pair => (pair.First + 1.0) * pair.Second) / weights.Sum(weight => (double)weight);
        Assert.Equal(2.5, mean, 0.015);
    }

    [Theory]
    [InlineData(0, 1, 1, 0.5)]
    [InlineData(double.NaN, 1, 1, 0.5)]
    [InlineData(double.PositiveInfinity, 1, 1, 0.5)]
    [InlineData(1, 0, 1, 0.5)]
    [InlineData(1, double.NaN, 1, 0.5)]
    [InlineData(1, 1, 0, 0.5)]
    [InlineData(1, 1, 1, -0.1)]
    [InlineData(1, 1, 1, 1.1)]
    [InlineData(1, 1, 1, double.NaN)]
    public void Values_outside_their_range_are_refused(double mass, double total, long count, double beta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ImportanceWeights.Compute([mass], double.PositiveInfinity, total, count, beta, new float[1]));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_smallest_mass_that_is_none_is_refused(double smallest) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ImportanceWeights.Compute([1], smallest, 2, 2, 1, new float[1]));

    [Fact]
    public void A_short_destination_is_refused() =>
        Assert.Throws<ArgumentException>(() => ImportanceWeights.Compute([1, 1], double.PositiveInfinity, 2, 2, 1, new float[1]));
}
