using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class SumTreeTests
{
    private static readonly Gen<double> Masses = Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 1], Gen.Double[1e-12, 1e12], Gen.Const(double.Epsilon), Gen.Const(1e-100));

    [Fact]
    public void Leaves_divide_the_cumulative_mass_in_order()
    {
        using SumTree tree = new(5);
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
        (from capacity in Gen.Frequency((3, Gen.Int[1, 70]), (1, Gen.Int[500, 5000]))
         from sets in Gen.Select(Gen.Int[0, capacity - 1], Masses).Array[0, 60]
         from batch in Gen.Select(Gen.Int[0, capacity - 1], Masses).Array[0, 150]
         from range in Gen.Select(Gen.Int[0, capacity - 1], Masses.Array[0, 70])
         select (capacity, sets, batch, range)).Sample(
            example =>
            {
                SumTree tree = new(example.capacity);
                double[] array = new double[example.capacity];
                foreach ((int leaf, double mass) in example.sets)
                {
                    tree[leaf] = mass;
                    array[leaf] = mass;
                }

                tree.Set([.. example.batch.Select(set => set.Item1)], [.. example.batch.Select(set => set.Item2)]);
                foreach ((int leaf, double mass) in example.batch)
                {
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
                AssertSameBits(new ScalarSumTree(array), tree);
            },
            iter: 1_000);

    [Fact]
    public void Thirty_million_changes_leave_the_sums_of_a_tree_made_from_the_leaves()
    {
        RandomSource random = new(3);
        SumTree tree = new(1000);
        int[] leaves = new int[512];
        double[] masses = new double[512];
        for (int batch = 0; batch < 60_000; batch++)
        {
            double scale = Math.ScaleB(1, random.NextInt(200) - 100);
            for (int i = 0; i < leaves.Length; i++)
            {
                leaves[i] = random.NextInt(1000);
                masses[i] = scale * random.NextDouble();
            }

            tree.Set(leaves, masses);
        }

        SumTree fresh = new(1000);
        fresh.SetRange(0, tree.Leaves);
        Assert.Equal(BitConverter.DoubleToInt64Bits(fresh.Total), BitConverter.DoubleToInt64Bits(tree.Total));
        Assert.True(tree.IsConsistent());
        Assert.True(fresh.IsConsistent());
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        RandomSource random = new(4);
        SumTree tree = new(5000);
        int[] leaves = [.. Enumerable.Range(0, 5000)];
        double[] masses = [.. leaves.Select(leaf => leaf + 1.0)];
        Use(tree);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Use(tree);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Use(SumTree used)
        {
            used.Set(leaves, masses);
            used.SetRange(7, masses.AsSpan(0, 100));
            used[3] = 5;
            used.SampleStratified(random, leaves, masses);
            used.Find(masses.AsSpan(0, 20), leaves.AsSpan(0, 20));
        }
    }

    [Fact]
    public unsafe void A_tree_over_the_callers_leaves_is_rebuilt_from_them()
    {
        using NativeBlock block = new(SumTree.LeafBytes(11) / sizeof(double));
        Span<double> leaves = new(block.Start, 16);
        leaves.Fill(double.NaN);
        using SumTree tree = new(11, block.Start);
        Assert.Throws<ArgumentOutOfRangeException>(tree.Rebuild);
        for (int leaf = 0; leaf < 11; leaf++)
        {
            tree.Leaves[leaf] = leaf;
        }

        tree.Rebuild();
        Assert.Equal(55, tree.Total);
        Assert.True(tree.IsConsistent());
        tree[10] = 20;
        Assert.Equal(20, leaves[10]);
        Assert.Equal(10, tree.Find(64.5));
    }

    [Fact]
    public unsafe void Memory_of_its_own_begins_at_a_cache_line_and_empty()
    {
        foreach (long length in new[] { 1L, 100, 300_000 })
        {
            using NativeBlock block = new(length);
            Assert.Equal(0, (long)block.Start % 64);
            Assert.False(new Span<double>(block.Start, (int)length).ContainsAnyExcept(0.0));
        }
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
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Set([0, 1, 2, 3, 0, 1, 2, 3, 0], [7, 7, 7, 7, 7, 7, 7, 7, mass]));
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
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Set([0, 3], [1, 1]));
        Assert.Throws<ArgumentException>(() => tree.Set([0, 1], [1]));
        Assert.Throws<ArgumentException>(() => tree.Find([0, 0], new int[1]));
        Assert.Throws<ArgumentException>(() => tree.SampleStratified(new RandomSource(1), new int[2], new double[1]));
        Assert.Throws<InvalidOperationException>(() => tree.SampleStratified(new RandomSource(1), new int[1], new double[1]));
        Assert.Equal(0, tree.Total);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Find(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SumTree(0).Dispose());
    }

    [Fact]
    public void A_tree_whose_memory_was_given_back_is_refused()
    {
        SumTree tree = new(3);
        tree[0] = 1;
        tree.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tree[0]);
        Assert.Throws<ObjectDisposedException>(() => tree[0] = 1);
        Assert.Throws<ObjectDisposedException>(() => tree.Set([0], [1]));
        Assert.Throws<ObjectDisposedException>(() => tree.Find(0.5));
        Assert.Throws<ObjectDisposedException>(() => tree.SampleStratified(new RandomSource(1), new int[1], new double[1]));
        Assert.Throws<ObjectDisposedException>(tree.Rebuild);
    }

    private static void AssertSameBits(ScalarSumTree expected, SumTree tree)
    {
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected.Total), BitConverter.DoubleToInt64Bits(tree.Total));
        RandomSource random = new(2);
        double[] targets = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble() * tree.Total).Append(0).Where(target => target < tree.Total)];
        int[] leaves = new int[targets.Length];
        tree.Find(targets, leaves);
        Assert.Equal(targets.Select(expected.Find), leaves);
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
