using CsCheck;

namespace DqnAkka.Environments.Tests;

/// <summary>Seeds are fixed, so each statistic either passes for ever or never; the error rates say how odd a failing seed would have been.</summary>
public sealed class RandomSourceTests
{
    [Fact]
    public void Outputs_are_those_of_the_published_xoshiro256_plus_plus()
    {
        RandomSource random = new(1, 2, 3, 4);
        Assert.Equal([41943041UL, 58720359UL, 3588806011781223UL, 3591011842654386UL], Enumerable.Range(0, 4).Select(_ => random.NextUInt64()));
    }

    [Fact]
    public void Seeding_uses_the_published_SplitMix64()
    {
        ulong state = 1234567;
        Assert.Equal(6457827717110365317UL, RandomSource.NextSplitMix(ref state));
        Assert.Equal(3203168211198807973UL, RandomSource.NextSplitMix(ref state));
    }

    [Fact]
    public void The_same_seed_and_index_give_the_same_stream() => Gen.Select(Gen.ULong, Gen.ULong).Sample((seed, index) =>
    {
        RandomSource first = new(seed, index);
        RandomSource second = new(99, 7);
        second.Seed(seed, index);
        return Enumerable.Range(0, 10).All(_ => first.NextUInt64() == second.NextUInt64());
    });

    [Fact]
    public void Seed_and_index_are_not_interchangeable() => Gen.Select(Gen.ULong, Gen.ULong).Where((seed, index) => seed != index).Sample((seed, index) =>
        new RandomSource(seed, index).NextUInt64() != new RandomSource(index, seed).NextUInt64());

    [Fact]
    public void Doubles_lie_in_the_unit_interval_and_are_uniform()
    {
        RandomSource random = new(11);
        int[] counts = new int[100];
        for (int i = 0; i < 1_000_000; i++)
        {
            double value = random.NextDouble();
            Assert.InRange(value, 0.0, Math.BitDecrement(1.0));
            counts[(int)(value * counts.Length)]++;
        }

        // χ² with 99 degrees of freedom exceeds 180 with probability 1.0e-6.
        Assert.True(ChiSquare(counts) < 180);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    public void Integers_are_uniform(int bound)
    {
        RandomSource random = new(12, (ulong)bound);
        int[] counts = new int[bound];
        for (int i = 0; i < 200_000; i++)
        {
            counts[random.NextInt(bound)]++;
        }

        // χ² with at most 9 degrees of freedom exceeds 45 with probability below 1e-6.
        Assert.True(ChiSquare(counts) < 45);
    }

    [Fact]
    public void Integers_have_no_modulo_bias_even_for_the_largest_bounds()
    {
        // With 2/3 of 2³¹ a biased generator returns the lower half of the range 3/2 as often as it should.
        const int Bound = (int)(2L * int.MaxValue / 3);
        RandomSource random = new(13);
        int low = Enumerable.Range(0, 100_000).Count(_ => random.NextInt(Bound) < Bound / 2);
        // Five standard deviations of a binomial with p = 1/2: two-sided probability 5.7e-7.
        Assert.InRange(low, 50_000 - 791, 50_000 + 791);
    }

    [Fact]
    public void A_bound_below_one_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSource(1).NextInt(0));

    [Fact]
    public void Streams_of_neighbouring_indices_are_uncorrelated()
    {
        const int Count = 10_000;
        for (ulong index = 0; index < 20; index++)
        {
            RandomSource first = new(1, index);
            RandomSource second = new(1, index + 1);
            double sum = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += (first.NextDouble() - 0.5) * (second.NextDouble() - 0.5);
            }

            // The correlation of independent streams has standard deviation 1/√n; 5.5 of them: 3.8e-8, for all 20 pairs 7.6e-7.
            Assert.InRange(sum / Count * 12, -5.5 / Math.Sqrt(Count), 5.5 / Math.Sqrt(Count));
        }
    }

    [Fact]
    public void First_draws_of_neighbouring_indices_are_uniform()
    {
        int[] counts = new int[100];
        for (ulong index = 0; index < 100_000; index++)
        {
            counts[(int)(new RandomSource(5, index).NextDouble() * counts.Length)]++;
        }

        Assert.True(ChiSquare(counts) < 180);
    }

    private static double ChiSquare(int[] counts)
    {
        double expected = counts.Sum() / (double)counts.Length;
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }
}
