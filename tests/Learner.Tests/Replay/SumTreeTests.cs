using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class SumTreeTests
{
    private static readonly Gen<double> Masses = Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 1], Gen.Double[1e-12, 1e12], Gen.Const(double.Epsilon), Gen.Const(1e-100));

    [Fact]
    public void Leaves_divide_the_cumulative_mass_in_order()
    {
        SumTree tree = new(5);
        tree.SetRange(0, [1, 2, 0, 4, 0.5]);
        Assert.Equal(7.5, tree.Total);
        Assert.Equal([0, 1, 1, 3, 3, 4, 4], new[] { 0.0, 1.0, 2.999, 3.0, 6.999, 7.0, 7.499 }.Select(tree.Find));
    }

    [Fact]
    public void A_tree_of_one_leaf_finds_it()
    {
        SumTree tree = new(1) { [0] = 3 };
        Assert.Equal(3, tree.Total);
        Assert.Equal(0, tree.Find(2.9));
    }

    [Fact]
    public void Any_sequence_of_sets_leaves_the_tree_as_a_plain_array_would_be() =>
        (from capacity in Gen.Int[1, 70]
         from sets in Gen.Select(Gen.Int[0, capacity - 1], Masses).Array[0, 60]
         from range in Gen.Select(Gen.Int[0, capacity - 1], Masses.Array[0, 70])
         select (capacity, sets, range)).Sample(
            example =>
            {
                SumTree tree = new(example.capacity);
                double[] array = new double[example.capacity];
                foreach ((int leaf, double mass) in example.sets)
                {
                    tree[leaf] = mass;
                    array[leaf] = mass;
                }

                (int first, double[] masses) = example.range;
                masses = masses[..Math.Min(masses.Length, example.capacity - first)];
                tree.SetRange(first, masses);
                masses.CopyTo(array, first);

                Assert.True(tree.IsConsistent());
                Assert.Equal(array, Enumerable.Range(0, example.capacity).Select(leaf => tree[leaf]));
                Assert.Equal(array.Sum(), tree.Total, 1e-12 * array.Sum());
                AssertFindsLikeAScan(tree, array);
            },
            iter: 2_000);

    [Fact]
    public void Rounding_never_leads_to_a_leaf_without_mass()
    {
        // Differences of such masses round at every level; the largest target below the total exceeds some partial sums.
        RandomSource random = new(11);
        for (int trial = 0; trial < 2_000; trial++)
        {
            SumTree tree = new(37);
            for (int i = 0; i < 12; i++)
            {
                tree[random.NextInt(37)] = Math.Pow(10, random.NextUniform(-17, 17));
            }

            Assert.True(tree[tree.Find(Math.BitDecrement(tree.Total))] > 0);
            Assert.True(tree[tree.Find(0)] > 0);
            for (int i = 0; i < 20; i++)
            {
                Assert.True(tree[tree.Find(random.NextDouble() * tree.Total)] > 0);
            }
        }
    }

    [Fact]
    public void A_million_draws_fit_the_masses()
    {
        RandomSource random = new(5);
        SumTree tree = new(100);
        double[] masses = new double[100];
        for (int leaf = 0; leaf < 100; leaf++)
        {
            masses[leaf] = leaf % 7 == 0 ? 0 : random.NextUniform(0.01, 10);
            tree[leaf] = masses[leaf];
        }

        long[] counts = new long[100];
        for (int i = 0; i < 1_000_000; i++)
        {
            counts[tree.Find(random.NextDouble() * tree.Total)]++;
        }

        double total = masses.Sum();
        ChiSquare.AssertFits(counts, [.. masses.Select(mass => mass / total)]);
    }

    [Fact]
    public void Many_large_and_small_changes_leave_no_rounding_error_behind()
    {
        SumTree tree = new(3);
        for (int i = 0; i < 100_000; i++)
        {
            tree[i % 3] = 1e15 + i;
        }

        tree.SetRange(0, [0.1, 0.2, 0.3]);
        Assert.Equal(0.1 + 0.2 + 0.3, tree.Total);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1e-300)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.MaxValue)]
    public void A_mass_that_would_spoil_the_sums_is_refused_and_changes_nothing(double mass)
    {
        SumTree tree = new(4);
        tree.SetRange(0, [1, 2, 3, 4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree[2] = mass);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.SetRange(0, [7, mass]));
        Assert.Equal([1, 2, 3, 4], Enumerable.Range(0, 4).Select(leaf => tree[leaf]));
        Assert.True(tree.IsConsistent());
    }

    [Fact]
    public void The_largest_masses_still_have_a_finite_total()
    {
        SumTree tree = new(1000);
        tree.SetRange(0, [.. Enumerable.Repeat(tree.MaximumMass, 1000)]);
        Assert.True(double.IsFinite(tree.Total));
        Assert.Equal(999, tree.Find(Math.BitDecrement(tree.Total)));
    }

    [Theory]
    [InlineData(-0.001)]
    [InlineData(6.0)]
    [InlineData(double.NaN)]
    public void A_target_outside_the_mass_is_refused(double target)
    {
        SumTree tree = new(3);
        tree.SetRange(0, [1, 2, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Find(target));
    }

    [Fact]
    public void What_lies_outside_the_tree_is_refused()
    {
        SumTree tree = new(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree[-1] = 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.SetRange(2, [1, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Find(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SumTree(0));
    }

    private static void AssertFindsLikeAScan(SumTree tree, double[] array)
    {
        RandomSource random = new(1, (ulong)array.Length);
        double tolerance = 1e-12 * tree.Total;
        for (int i = 0; i < 20 && tree.Total > 0; i++)
        {
            double target = random.NextDouble() * tree.Total;
            if (target >= tree.Total)
            {
                continue;
            }

            int leaf = tree.Find(target);
            double before = array.Take(leaf).Sum();
            Assert.True(array[leaf] > 0);
            Assert.True(before <= target + tolerance && target < before + array[leaf] + tolerance);
        }
    }
}
