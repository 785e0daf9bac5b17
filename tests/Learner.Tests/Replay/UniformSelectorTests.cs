using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class UniformSelectorTests
{
    [Fact]
    public void Whatever_comes_and_goes_only_occupied_slots_are_drawn() =>
        (from capacity in Gen.Int[1, 20]
         from moves in Gen.Int[-5, 12].Array[1, 30]
         select (capacity, moves)).Sample(
            example =>
            {
                FifoRemoval policy = new(example.capacity);
                using UniformSelector selector = new(example.capacity);
                RandomSource random = new(1);
                foreach (int move in example.moves)
                {
                    Move(policy, selector, move);
                    int[] occupied = [.. Enumerable.Range(0, example.capacity).Where(slot => policy.KeyOf(slot) >= 0)];
                    Assert.Equal(occupied.Length, selector.Mass);
                    if (occupied.Length == 0)
                    {
                        Assert.Throws<InvalidOperationException>(() => selector.Select([1], new int[1], new double[1], random));
                        continue;
                    }

                    // As many strata as slots: every slot once.
                    int[] slots = new int[2 * occupied.Length];
                    double[] masses = new double[slots.Length];
                    selector.Select([occupied.Length, occupied.Length], slots, masses, random);
                    Assert.Equal(occupied, slots[..occupied.Length].Order());
                    Assert.Equal(occupied, slots[occupied.Length..].Order());
                    Assert.All(masses, mass => Assert.Equal(1, mass));
                }
            },
            iter: 1_000);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(512)]
    public void A_million_draws_fit_equal_probabilities(int batch)
    {
        using UniformSelector selector = new(100);
        selector.Insert(0, 100, []);
        selector.Insert(0, 40, []);
        selector.Remove(40, 9);
        RandomSource random = new(2);
        long[] counts = new long[100];
        int[] slots = new int[batch];
        double[] masses = new double[batch];
        for (int i = 0; i < 1_000_000 / batch; i++)
        {
            selector.Select([batch], slots, masses, random);
            foreach (int slot in slots)
            {
                counts[slot]++;
            }
        }

        ChiSquare.AssertFits(counts, [.. Enumerable.Range(0, 100).Select(slot => slot is >= 40 and < 49 ? 0 : 1.0 / 91)]);
    }

    [Fact]
    public void Slots_out_of_turn_are_refused()
    {
        using UniformSelector selector = new(10);
        selector.Insert(3, 4, []);
        Assert.Throws<ArgumentException>(() => selector.Insert(8, 1, []));
        Assert.Throws<ArgumentException>(() => selector.Remove(4, 1));
        Assert.Throws<ArgumentException>(() => selector.Remove(3, 5));
        Assert.Equal(4, selector.Mass);
    }

    [Fact]
    public void A_reopened_selector_draws_what_the_policy_holds()
    {
        FifoRemoval policy = new(5);
        policy.Restore(7, [5, 6, -1, -1, 4]);
        using UniformSelector selector = new(5);
        Assert.Equal(0, selector.Recover(policy));
        int[] slots = new int[3];
        selector.Select([3], slots, new double[3], new RandomSource(1));
        Assert.Equal([4, 0, 1], slots);
        selector.Insert(2, 1, []);
        Assert.Equal(4, selector.Mass);
    }

    [Fact]
    public void Priorities_do_not_matter()
    {
        using UniformSelector selector = new(5);
        selector.Insert(0, 2, [1, 100]);
        Assert.Equal(0, selector.Update([0], [50]));
        Assert.Equal(1, selector.LargestPriority);
        Assert.Equal(1, selector.MinimumMass);
        selector.Remove(0, 2);
        Assert.Equal(double.PositiveInfinity, selector.MinimumMass);
    }

    private static void Move(FifoRemoval policy, UniformSelector selector, int move)
    {
        if (move < 0)
        {
            int[] oldest = new int[1];
            int count = Math.Min(-move, policy.Count);
            for (int i = 0; i < count; i++)
            {
                policy.ReadOldest(0, oldest);
                policy.RemoveOldest(1);
                selector.Remove(oldest[0], 1);
            }
        }

        for (int row = 0; row < move;)
        {
            (int slot, int count) = policy.Claim(move - row);
            selector.Insert(slot, count, []);
            row += count;
        }
    }
}
