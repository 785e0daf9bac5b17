using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class ReplayBufferTests
{
    private static readonly ReplayOptions Uniform = new();
    private static readonly ReplayOptions Prioritized = new() { Prioritized = true, Alpha = 0.5, PriorityEpsilon = 0.25 };

    [Fact]
    public void Every_drawn_row_is_the_transition_of_its_key_and_still_held() =>
        (from capacity in Gen.Int[1, 20]
         from size in Gen.Int[1, 6]
         from batches in Gen.Int[0, 45].Array[1, 8]
         from prioritized in Gen.Bool
         select (capacity, size, batches, prioritized)).Sample(
            example =>
            {
                ReplayBuffer buffer = new(example.capacity, Transitions.Format(example.size), example.prioritized ? Prioritized : Uniform);
                RandomSource random = new(3);
                long inserted = 0;
                foreach (int count in example.batches)
                {
                    buffer.Append(Transitions.Batch(inserted, count, example.size));
                    inserted += count;
                    Assert.Equal(inserted, buffer.Inserts);
                    Assert.Equal(Math.Min(inserted, example.capacity), buffer.Count);
                    Assert.Equal(buffer.Count, buffer.Mass, 1e-9);
                    if (inserted == 0)
                    {
                        continue;
                    }

                    SampledTransitions sample = buffer.Sample(15, random);
                    Assert.Equal(15, sample.Count);
                    for (int row = 0; row < 15; row++)
                    {
                        Assert.InRange(sample.Keys[row], inserted - buffer.Count, inserted - 1);
                        Transitions.AssertRowIs(sample, row, sample.Keys[row]);
                    }
                }
            },
            iter: 500);

    [Fact]
    public void An_empty_buffer_cannot_be_sampled()
    {
        ReplayBuffer buffer = new(4, Transitions.Format(1), Uniform);
        Assert.Throws<InvalidOperationException>(() => buffer.Sample(1, new RandomSource(1)));
        buffer.Append(Transitions.Batch(0, 0, 1));
        Assert.Throws<InvalidOperationException>(() => buffer.Sample(1, new RandomSource(1)));
    }

    [Fact]
    public void A_batch_of_another_observation_size_is_refused_by_name()
    {
        ReplayBuffer buffer = new(4, Transitions.Format(3), Uniform);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => buffer.Append(Transitions.Batch(0, 1, 2)));
        Assert.Contains("observations of 2 × Float32, the replay buffer holds 3 × Float32", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, buffer.Inserts);
    }

    [Fact]
    public void New_transitions_get_the_largest_priority_so_far_at_first_one()
    {
        // (|δ| + 1/4)^1/2: 1 at first; 2 for |δ| = 15/4, which later ones inherit although it has left the buffer.
        ReplayBuffer buffer = new(2, Transitions.Format(1), Prioritized);
        buffer.Append(Transitions.Batch(0, 1, 1));
        Assert.Equal(1, buffer.Mass);
        buffer.Append(Transitions.Batch(1, 1, 1, [3.75f]));
        Assert.Equal(3, buffer.Mass);
        buffer.Append(Transitions.Batch(2, 2, 1, [0, 0]));
        Assert.Equal(1, buffer.Mass);
        buffer.Append(Transitions.Batch(4, 1, 1));
        Assert.Equal(2.5, buffer.Mass);
    }

    [Fact]
    public void Keys_that_left_or_never_came_are_passed_over()
    {
        ReplayBuffer buffer = new(3, Transitions.Format(1), Prioritized);
        buffer.Append(Transitions.Batch(0, 5, 1));
        int applied = buffer.UpdatePriorities([0, 1, 2, 4, 5, -1, long.MaxValue, long.MinValue], [100, 100, 3.75f, 0, 100, 100, 100, 100]);
        Assert.Equal(2, applied);
        Assert.Equal(2 + 1 + 0.5, buffer.Mass);
        SampledTransitions sample = buffer.Sample(200, new RandomSource(2));
        for (int row = 0; row < 200; row++)
        {
            Assert.Equal(sample.Keys[row] switch { 2 => 2.0, 3 => 1.0, 4 => 0.5, _ => double.NaN }, sample.Masses[row]);
        }
    }

    [Fact]
    public void Of_a_repeated_key_the_last_error_stays()
    {
        ReplayBuffer buffer = new(3, Transitions.Format(1), Prioritized);
        buffer.Append(Transitions.Batch(0, 1, 1));
        Assert.Equal(2, buffer.UpdatePriorities([0, 0], [99, 3.75f]));
        Assert.Equal(2, buffer.Mass);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void An_error_that_is_no_priority_is_refused_and_poisons_nothing(float error)
    {
        ReplayBuffer buffer = new(3, Transitions.Format(1), Prioritized);
        buffer.Append(Transitions.Batch(0, 2, 1, [3.75f, 0]));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => buffer.UpdatePriorities([0, 1], [1, error]));
        Assert.Contains("|δ| of row 1 is", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => buffer.Append(Transitions.Batch(2, 2, 1, [1, error])));
        Assert.Equal(2.5, buffer.Mass);
        Assert.Equal(2, buffer.Inserts);
    }

    [Fact]
    public void Extreme_errors_and_exponents_keep_the_mass_finite_and_above_zero()
    {
        ReplayBuffer buffer = new(3, Transitions.Format(1), new ReplayOptions { Prioritized = true, Alpha = 50, PriorityEpsilon = 0 });
        buffer.Append(Transitions.Batch(0, 1, 1, [0]));
        Assert.True(buffer.Mass > 0);
        Assert.Equal(0, buffer.Sample(1, new RandomSource(1)).Keys[0]);
        buffer.Append(Transitions.Batch(1, 2, 1, [float.MaxValue, float.MaxValue]));
        Assert.True(double.IsFinite(buffer.Mass));
    }

    [Fact]
    public void Lengths_that_differ_are_refused() =>
        Assert.Throws<ArgumentException>(() => new ReplayBuffer(3, Transitions.Format(1), Prioritized).UpdatePriorities([0, 1], [1]));

    [Fact]
    public void A_uniform_buffer_has_no_priorities_to_update()
    {
        ReplayBuffer buffer = new(3, Transitions.Format(1), Uniform);
        buffer.Append(Transitions.Batch(0, 2, 1, [7, float.NaN]));
        Assert.Equal(0, buffer.UpdatePriorities([0, 1], [5, float.NaN]));
        Assert.Equal(2, buffer.Mass);
        Assert.All(buffer.Sample(10, new RandomSource(1)).Masses, mass => Assert.Equal(1, mass));
    }

    [Theory]
    [InlineData(-0.1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(0.5, -1e-9)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void Exponents_that_make_no_priority_are_refused(double alpha, double epsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new ReplayBuffer(3, Transitions.Format(1), new ReplayOptions { Prioritized = true, Alpha = alpha, PriorityEpsilon = epsilon }));
}
