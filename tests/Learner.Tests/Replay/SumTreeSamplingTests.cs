using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class SumTreeSamplingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(512)]
    public void A_million_draws_fit_the_masses(int batch)
    {
        // Batches of one are independent draws; larger ones scatter less than the test's level of 10⁻⁵ allows for.
        RandomSource random = new(5);
        SumTree tree = new(100);
        double[] masses = [.. Enumerable.Range(0, 100).Select(leaf => leaf % 7 == 0 ? 0 : random.NextUniform(0.01, 10))];
        tree.SetRange(0, masses);
        long[] counts = new long[100];
        int[] leaves = new int[batch];
        double[] drawn = new double[batch];
        for (int i = 0; i < 1_000_000 / batch; i++)
        {
            tree.SampleStratified(random, leaves, drawn);
            foreach (int leaf in leaves)
            {
                counts[leaf]++;
            }
        }

        double total = masses.Sum();
        ChiSquare.AssertFits(counts, [.. masses.Select(mass => mass / total)]);
    }

    [Fact]
    public void Within_its_stratum_a_draw_falls_everywhere_alike()
    {
        // Ten equal leaves in each of the four strata: draw i must fall on each of its ten with the same chance.
        RandomSource random = new(6);
        SumTree tree = new(40);
        tree.SetRange(0, [.. Enumerable.Repeat(0.5, 40)]);
        long[] counts = new long[40];
        int[] leaves = new int[4];
        double[] masses = new double[4];
        for (int i = 0; i < 100_000; i++)
        {
            tree.SampleStratified(random, leaves, masses);
            for (int draw = 0; draw < 4; draw++)
            {
                Assert.Equal(draw, leaves[draw] / 10);
                counts[leaves[draw]]++;
            }
        }

        for (int draw = 0; draw < 4; draw++)
        {
            ChiSquare.AssertFits(counts.AsSpan(draw * 10, 10), [.. Enumerable.Repeat(0.1, 10)]);
        }
    }

    [Fact]
    public void Every_draw_lies_in_its_stratum_and_has_its_leafs_mass() =>
        (from masses in Gen.OneOf(Gen.Const(0.0), Gen.Double[1e-3, 1]).Array[1, 300]
         from draws in Gen.Int[1, 100]
         from seed in Gen.ULong
         where masses.Sum() > 0
         select (masses, draws, seed)).Sample(
            example =>
            {
                SumTree tree = new(example.masses.Length);
                tree.SetRange(0, example.masses);
                int[] leaves = new int[example.draws];
                double[] masses = new double[example.draws];
                tree.SampleStratified(new RandomSource(example.seed), leaves, masses);
                double tolerance = 1e-12 * tree.Total;
                double stratum = tree.Total / example.draws;
                for (int i = 0; i < example.draws; i++)
                {
                    double begin = example.masses.Take(leaves[i]).Sum();
                    Assert.Equal(example.masses[leaves[i]], masses[i]);
                    Assert.True(masses[i] > 0);
                    Assert.True(begin <= ((i + 1) * stratum) + tolerance && begin + masses[i] >= (i * stratum) - tolerance);
                }
            },
            iter: 2_000);

    [Fact]
    public void Rounding_never_leads_to_a_leaf_without_mass()
    {
        // Sums of such masses round at every level; denormal ones and the largest target below the total exceed some partial sums.
        RandomSource random = new(11);
        int[] leaves = new int[33];
        double[] masses = new double[33];
        for (int trial = 0; trial < 10_000; trial++)
        {
            int capacity = 1 + random.NextInt(700);
            using SumTree tree = new(capacity);
            double spread = random.NextInt(4) switch { 0 => 1, 1 => 17, 2 => 100, _ => 320 };
            for (int i = 0; i < 12; i++)
            {
                tree[random.NextInt(capacity)] = Math.Pow(10, random.NextUniform(-spread, Math.Min(spread, 100)));
            }

            if (tree.Total == 0)
            {
                continue;
            }

            double[] targets = [0, double.Epsilon, 1e-310, Math.BitDecrement(tree.Total), Math.BitDecrement(Math.BitDecrement(tree.Total)), tree.Total / 2];
            Assert.All(targets.Where(target => target < tree.Total), target => Assert.True(tree[tree.Find(target)] > 0));
            tree.SampleStratified(random, leaves, masses);
            Assert.All(masses, mass => Assert.True(mass > 0));
            Assert.Equal(leaves.Select(leaf => tree[leaf]), masses);
        }
    }
}
