using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class MinimumTreeTests
{
    // Few different masses, so that there are ties.
    private static readonly Gen<double> Masses = Gen.Int[0, 6].Select(i => new[] { 0.0, 1e-100, 0.25, 0.5, 1, 3, 1e100 }[i]);

    [Fact]
    public void Any_sequence_of_sets_leaves_the_minimum_of_a_plain_array() =>
        (from capacity in Gen.Frequency((3, Gen.Int[1, 70]), (1, Gen.Int[500, 5000]))
         from batches in Gen.Select(Gen.Int[0, capacity - 1], Masses).Array[0, 40].Array[0, 8]
         from range in Gen.Select(Gen.Int[0, capacity - 1], Masses.Array[0, 70])
         from start in Gen.Int[0, capacity - 1]
         select (capacity, batches, range, start)).Sample(
            example =>
            {
                using SumTree sums = new(example.capacity);
                using MinimumTree tree = new(sums);
                AssertFits(sums, tree, example.start);
                foreach ((int, double)[] batch in example.batches)
                {
                    int[] leaves = [.. batch.Select(set => set.Item1)];
                    sums.Set(leaves, [.. batch.Select(set => set.Item2)]);
                    tree.Refresh(leaves);
                    AssertFits(sums, tree, example.start);
                }

                (int first, double[] masses) = example.range;
                masses = masses[..Math.Min(masses.Length, example.capacity - first)];
                sums.SetRange(first, masses);
                tree.RefreshRange(first, masses.Length);
                AssertFits(sums, tree, example.start);
            },
            iter: 1_000);

    [Fact]
    public void A_million_changes_keep_the_smallest()
    {
        RandomSource random = new(2);
        using SumTree sums = new(3000);
        using MinimumTree tree = new(sums);
        int[] leaves = new int[500];
        double[] masses = new double[500];
        for (int batch = 0; batch < 2_000; batch++)
        {
            for (int i = 0; i < leaves.Length; i++)
            {
                leaves[i] = random.NextInt(3000);
                masses[i] = random.NextInt(20) == 0 ? 0 : random.NextDouble();
            }

            sums.Set(leaves, masses);
            tree.Refresh(leaves);
        }

        Assert.True(tree.IsConsistent());
        AssertFits(sums, tree, 1234);
    }

    private static void AssertFits(SumTree sums, MinimumTree tree, int start)
    {
        double[] occupied = [.. sums.Leaves.ToArray().Where(mass => mass > 0)];
        if (occupied.Length == 0)
        {
            Assert.Equal(double.PositiveInfinity, tree.Minimum);
            Assert.Throws<InvalidOperationException>(() => tree.IndexOfMinimum(0));
            return;
        }

        Assert.Equal(occupied.Min(), tree.Minimum);
        int expected = Enumerable.Range(0, sums.Capacity).Select(i => (start + i) % sums.Capacity).First(leaf => sums[leaf] == tree.Minimum);
        Assert.Equal(expected, tree.IndexOfMinimum(start));
    }
}
