using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>A buffer is read out and its contents go into another one, as when a shard moves.</summary>
public sealed class ReplayInheritanceTests
{
    private static readonly ReplayOptions Uniform = new();
    private static readonly ReplayOptions Prioritized = new() { Prioritized = true, Alpha = 0.5, PriorityEpsilon = 0.25 };

    [Fact]
    public void What_is_read_out_and_taken_over_is_the_same_in_the_same_order_with_the_same_masses() =>
        (from capacity in Gen.Int[1, 40]
         from inserted in Gen.Int[1, 100]
         from own in Gen.Int[0, 40]
         from piece in Gen.Int[1, 30]
         from prioritized in Gen.Bool
         select (capacity, inserted, own: Math.Min(own, capacity), piece, prioritized)).Sample(
            example =>
            {
                ReplayOptions options = example.prioritized ? Prioritized : Uniform;
                ReplayBuffer source = new(example.capacity, Transitions.Format(2), options);
                source.Append(Transitions.Batch(0, example.inserted, 2, Errors(0, example.inserted)));
                ReplayBuffer target = new(example.capacity, Transitions.Format(2), options);
                target.Append(Transitions.Batch(1000, example.own, 2, Errors(1000, example.own)));
                double ownMass = target.Mass;
                int room = example.capacity - example.own;
                int left = source.Count;
                for (int skip = 0; skip < source.Count; skip += example.piece)
                {
                    (TransitionBatch batch, double[] masses) = source.ReadOldest(skip, Math.Min(example.piece, source.Count - skip));
                    int drop = Math.Clamp(left - (target.Capacity - target.Count), 0, batch.Count);
                    target.AppendInherited(batch, masses, drop);
                    left -= batch.Count;
                }

                int taken = Math.Min(room, source.Count);
                Assert.Equal((example.own, taken, example.own + taken, 0L), (target.Inserts, target.Inherited, target.Count, target.Evicted));
                (TransitionBatch held, double[] heldMasses) = target.ReadOldest(0, target.Count);
                double mass = ownMass;
                for (int row = 0; row < taken; row++)
                {
                    long number = example.inserted - taken + row;
                    Transitions.AssertRowIs(held, example.own + row, number);
                    double expected = example.prioritized ? Math.Sqrt(number + 0.25) : 1;
                    Assert.Equal(expected, heldMasses[example.own + row], 1e-12 * expected);
                    mass += expected;
                }

                Assert.Equal(mass, target.Mass, 1e-9 * mass);
            },
            iter: 1_000,
            seed: "0000000000000");

    [Fact]
    public void Keys_go_on_over_what_was_inherited_and_both_kinds_are_drawn_and_updated()
    {
        ReplayBuffer buffer = new(4, Transitions.Format(1), Prioritized);
        buffer.AppendInherited(Transitions.Batch(10, 2, 1), [2.0, 3.0]);
        buffer.Append(Transitions.Batch(20, 1, 1, [3.75f]));
        Assert.Equal((1L, 2L, 3, 7.0), (buffer.Inserts, buffer.Inherited, buffer.Count, buffer.Mass));

        SampledTransitions sample = buffer.Sample(100, new RandomSource(1));
        for (int row = 0; row < 100; row++)
        {
            Transitions.AssertRowIs(sample, row, sample.Keys[row] switch { 0 => 10, 1 => 11, _ => 20 });
        }

        Assert.Equal([0L, 1L, 2L], sample.Keys.Distinct().Order());
        Assert.Equal(1, buffer.UpdatePriorities([1, 3], [0f, 0f]));
        Assert.Equal(2 + 0.5 + 2, buffer.Mass);

        buffer.Append(Transitions.Batch(21, 2, 1, [0f, 0f]));
        Assert.Equal((1L, 4), (buffer.Evicted, buffer.Count));
        Assert.Equal(0.5 + 2 + 0.5 + 0.5, buffer.Mass);
    }

    [Fact]
    public void What_has_no_error_of_its_own_is_put_beside_the_largest_priority_inherited()
    {
        ReplayBuffer buffer = new(4, Transitions.Format(1), Prioritized);
        buffer.AppendInherited(Transitions.Batch(0, 1, 1), [3.0]);
        buffer.Append(Transitions.Batch(1, 1, 1));
        Assert.Equal(6.0, buffer.Mass, 12);
    }

    [Fact]
    public void Nothing_is_taken_that_replaces_something_or_has_no_mass_or_another_size()
    {
        ReplayBuffer buffer = new(2, Transitions.Format(1), Prioritized);
        buffer.Append(Transitions.Batch(0, 1, 1));
        Assert.Throws<ArgumentException>(() => buffer.AppendInherited(Transitions.Batch(1, 2, 1), [1.0, 1.0]));
        Assert.Throws<ArgumentException>(() => buffer.AppendInherited(Transitions.Batch(1, 1, 1), [double.NaN]));
        Assert.Throws<ArgumentException>(() => buffer.AppendInherited(Transitions.Batch(1, 1, 1), [0.0]));
        Assert.Throws<ArgumentException>(() => buffer.AppendInherited(Transitions.Batch(1, 1, 1), [1.0, 1.0]));
        Assert.Throws<ArgumentException>(() => buffer.AppendInherited(Transitions.Batch(1, 1, 2), [1.0]));
        Assert.Equal((0L, 1, 1.0), (buffer.Inherited, buffer.Count, buffer.Mass));
        buffer.AppendInherited(Transitions.Batch(1, 2, 1), [1.0, 2.0], skip: 1);
        Assert.Equal(3.0, buffer.Mass);
    }

    [Fact]
    public void No_more_is_read_than_is_held()
    {
        ReplayBuffer buffer = new(2, Transitions.Format(1), Uniform);
        buffer.Append(Transitions.Batch(0, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.ReadOldest(1, 2));
        Transitions.AssertRowIs(buffer.ReadOldest(1, 1).Transitions, 0, 2);
    }

    private static float[] Errors(long first, int count) => [.. Enumerable.Range(0, count).Select(i => (float)(first + i))];
}
