using CsCheck;

namespace DqnAkka.Learner.Tests;

public sealed class RemovalPolicyTests
{
    [Fact]
    public void First_in_first_out_holds_the_newest_keys_that_were_not_removed() =>
        (from capacity in Gen.Int[1, 12]
         from moves in Gen.Int[-4, 9].Array[1, 40]
         select (capacity, moves)).Sample(
            example =>
            {
                FifoRemoval policy = new(example.capacity);
                List<long> held = [];
                long next = 0;
                foreach (int move in example.moves)
                {
                    int removed = Math.Clamp(-move, 0, held.Count);
                    policy.RemoveOldest(removed);
                    held.RemoveRange(0, removed);
                    for (int row = 0; row < move;)
                    {
                        (int slot, int count) = policy.Claim(move - row);
                        Assert.InRange(count, 1, move - row);
                        Assert.Equal((int)(next % example.capacity), slot);
                        Assert.True(slot + count <= example.capacity);
                        held.AddRange(Enumerable.Range(0, count).Select(i => next + i));
                        next += count;
                        row += count;
                    }

                    held.RemoveRange(0, Math.Max(0, held.Count - example.capacity));
                    AssertHolds(policy, held, next);
                    Assert.All(held, key => Assert.True(policy.TryFind(key, out int slot) && slot == key % example.capacity));
                }

                AssertRestores(policy, new FifoRemoval(example.capacity), held, next);
            },
            iter: 600);

    [Fact]
    public void Lowest_priority_lets_the_smallest_mass_leave() =>
        (from capacity in Gen.Int[1, 12]
         from masses in Gen.Int[1, 5].Array[1, 60]
         from updates in Gen.Select(Gen.Int[0, 11], Gen.Int[1, 5]).Array[60]
         select (capacity, masses, updates)).Sample(
            example =>
            {
                using SumTree sums = new(example.capacity);
                using MinimumTree minimum = new(sums);
                LowestPriorityRemoval policy = new(example.capacity, minimum);
                SortedDictionary<long, int> held = [];
                for (int i = 0; i < example.masses.Length; i++)
                {
                    (int slot, int count) = policy.Claim(3);
                    Assert.InRange(count, 1, 3);
                    for (int row = 0; row < count; row++)
                    {
                        Assert.Equal(row + slot, FindSlot(policy, policy.NextKey - count + row));
                    }

                    if (held.Count == example.capacity)
                    {
                        long left = Assert.Single(held.Keys, key => !policy.TryFind(key, out _));
                        Assert.Equal(held.Values.Min(), held[left]);
                        held.Remove(left);
                    }

                    for (int row = 0; row < count; row++)
                    {
                        held.Add(policy.NextKey - count + row, example.masses[i]);
                        sums[slot + row] = example.masses[i];
                    }

                    minimum.RefreshRange(slot, count);
                    (int changed, int mass) = example.updates[i];
                    if (changed < example.capacity && policy.KeyOf(changed) >= 0)
                    {
                        sums[changed] = mass;
                        minimum.Refresh([changed]);
                        held[policy.KeyOf(changed)] = mass;
                    }

                    AssertHolds(policy, [.. held.Keys], policy.NextKey);
                }

                AssertRestores(policy, new LowestPriorityRemoval(example.capacity, minimum), [.. held.Keys], policy.NextKey);
            },
            iter: 1_000);

    [Fact]
    public void Of_equal_masses_the_oldest_leaves()
    {
        using SumTree sums = new(20);
        using MinimumTree minimum = new(sums);
        LowestPriorityRemoval policy = new(20, minimum);
        Assert.Equal((0, 20), policy.Claim(30));
        sums.SetRange(0, [.. Enumerable.Repeat(2.0, 20)]);
        minimum.RefreshRange(0, 20);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal((i % 20, 1), policy.Claim(5));
        }
    }

    [Fact]
    public void A_gap_that_damage_left_is_filled_before_anything_leaves()
    {
        using SumTree sums = new(5);
        using MinimumTree minimum = new(sums);
        LowestPriorityRemoval policy = new(5, minimum);
        policy.Restore(20, [7, -1, -1, 3, -1]);
        Assert.Equal((1, 2), policy.Claim(9));
        Assert.Equal((4, 1), policy.Claim(9));
        int[] slots = new int[5];
        policy.ReadOldest(0, slots);
        Assert.Equal([3, 0, 1, 2, 4], slots);
    }

    [Fact]
    public void What_a_policy_cannot_have_stored_is_refused_and_changes_nothing()
    {
        FifoRemoval fifo = new(3);
        fifo.Claim(2);
        Assert.Throws<ArgumentException>(() => fifo.Restore(5, [3, 4, 1]));
        Assert.Throws<ArgumentException>(() => fifo.Restore(5, [-1, 4, 2, -1]));
        Assert.Throws<ArgumentException>(() => fifo.Restore(5, [-1, -1, 2]));
        Assert.Throws<ArgumentException>(() => fifo.Restore(1, [0, 1, -1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => fifo.RemoveOldest(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => fifo.ReadOldest(1, new int[2]));
        AssertHolds(fifo, [0, 1], 2);

        using SumTree sums = new(3);
        using MinimumTree minimum = new(sums);
        LowestPriorityRemoval lowest = new(3, minimum);
        lowest.Claim(2);
        Assert.Throws<ArgumentException>(() => lowest.Restore(5, [1, 1, -1]));
        Assert.Throws<ArgumentException>(() => lowest.Restore(5, [5, 1, -1]));
        Assert.Throws<ArgumentException>(() => lowest.Restore(5, [-2, 1, -1]));
        Assert.Throws<ArgumentException>(() => lowest.Restore(5, [1]));
        Assert.Throws<NotSupportedException>(() => lowest.RemoveOldest(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => lowest.ReadOldest(1, new int[2]));
        AssertHolds(lowest, [0, 1], 2);
    }

    private static int FindSlot(LowestPriorityRemoval policy, long key)
    {
        Assert.True(policy.TryFind(key, out int slot));
        return slot;
    }

    private static void AssertRestores(IRemovalPolicy policy, IRemovalPolicy successor, List<long> held, long next)
    {
        successor.Restore(next, [.. Enumerable.Range(0, policy.Capacity).Select(policy.KeyOf)]);
        AssertHolds(successor, held, next);
        Assert.Equal(Enumerable.Range(0, policy.Capacity).Select(policy.KeyOf), Enumerable.Range(0, policy.Capacity).Select(successor.KeyOf));
    }

    private static void AssertHolds(IRemovalPolicy policy, List<long> held, long next)
    {
        Assert.Equal(held.Count, policy.Count);
        Assert.Equal(next, policy.NextKey);
        Assert.Equal(next - held.Count, policy.Evicted);
        for (long key = -3; key < next + 3; key++)
        {
            bool found = policy.TryFind(key, out int slot);
            Assert.Equal(held.Contains(key), found);
            Assert.Equal(found ? key : -1, found ? policy.KeyOf(slot) : slot);
        }

        // In one go, from the middle, and piece by piece.
        int[] slots = new int[held.Count];
        policy.ReadOldest(0, slots);
        Assert.Equal(held, slots.Select(policy.KeyOf));
        policy.ReadOldest(held.Count / 2, slots.AsSpan(held.Count / 2));
        for (int i = 0; i < slots.Length; i++)
        {
            int[] one = new int[1];
            policy.ReadOldest(i, one);
            Assert.Equal(slots[i], one[0]);
        }
    }
}
