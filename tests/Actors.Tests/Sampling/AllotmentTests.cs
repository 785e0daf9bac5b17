using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

public sealed class AllotmentTests
{
    /// <summary>Masses over 200 orders of magnitude, some 0, at least one not.</summary>
    private static readonly Gen<double[]> Masses =
        from masses in Gen.Select(Gen.Bool, Gen.Double[-100, 100], (isEmpty, exponent) => isEmpty ? 0 : Math.Pow(10, exponent)).Array[0, 8]
        from one in Gen.Double[0.1, 10]
        from place in Gen.Int[0, masses.Length]
        select (double[])[.. masses[..place], one, .. masses[place..]];

    [Fact]
    public void Every_draw_is_allotted_and_no_shard_is_off_by_a_whole_one() => Gen.Select(Masses, Gen.Int[1, 600], Gen.Double.Unit).Sample(
        (masses, size, offset) =>
        {
            int[] counts = new int[masses.Length];
            Allotment.Count(masses, size, offset, counts);

            Assert.Equal(size, counts.Sum());
            for (int shard = 0; shard < masses.Length; shard++)
            {
                Assert.InRange(counts[shard] - (masses[shard] / masses.Sum() * size), -1 - 1e-9, 1 + 1e-9);
                Assert.True(masses[shard] > 0 || counts[shard] == 0);
            }
        },
        iter: 20_000,
        seed: "0000000000000");

    /// <summary>Over 10,000 offsets at equal distances the mean count is the integral over all offsets to 1/10,000 for each end of a part.</summary>
    [Fact]
    public void The_expected_count_of_a_shard_is_exactly_its_share() => Gen.Select(Gen.Double[0, 5].Array[1, 6], Gen.Int[1, 64]).Sample(
        (parts, size) =>
        {
            const int Offsets = 10_000;
            double[] masses = [.. parts, 0.5];
            long[] sums = new long[masses.Length];
            int[] counts = new int[masses.Length];
            for (int i = 0; i < Offsets; i++)
            {
                Allotment.Count(masses, size, (i + 0.5) / Offsets, counts);
                for (int shard = 0; shard < sums.Length; shard++)
                {
                    sums[shard] += counts[shard];
                }
            }

            for (int shard = 0; shard < sums.Length; shard++)
            {
                Assert.Equal(masses[shard] / masses.Sum() * size, (double)sums[shard] / Offsets, 2.0 / Offsets);
            }
        },
        iter: 50,
        seed: "0000000000000");

    [Fact]
    public void Batches_of_a_round_are_allotted_each_for_itself_and_who_gives_nothing_is_not_asked()
    {
        int[]?[] counts = Allotment.Of([1, 0, 1], size: 1, batches: 1_000, new RandomSource(3));

        Assert.Null(counts[1]);
        Assert.All(Enumerable.Range(0, 1_000), batch => Assert.Equal(1, counts[0]![batch] + counts[2]![batch]));
        // Binomial of a half: five standard deviations of 15.8.
        Assert.InRange(counts[0]!.Sum(), 420, 580);
    }
}
