using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class SharedStoreTests
{
    // 200 random streams through the builder and the store, drawn, read out and handed over.
    [Fact]
    public void No_transition_is_stitched_to_another_episode_on_its_way_through_the_store() =>
        (from environments in Gen.Int[1, 4]
         from steps in Gen.Int[1, 5]
         from stack in Gen.Int[1, 4]
         from type in Gen.Enum<ObservationType>()
         from capacity in Gen.Int[5, 300]
         from endShare in Gen.Double[0, 0.5]
         from prioritized in Gen.Bool
         from seed in Gen.ULong
         select (environments, steps, stack, type, capacity, endShare, prioritized, seed)).Sample(
            example =>
            {
                int frameSize = example.type switch { ObservationType.Float32 => 20, ObservationType.UInt8 => 70, _ => 560 };
                ObservationFormat format = new(example.type, example.stack * frameSize, example.stack);
                Assert.True(format.IsShared);
                StepStream stream = new(format, example.environments, example.steps, example.endShare, example.seed);
                ReplayOptions options = new() { Prioritized = example.prioritized };
                using ReplayBuffer buffer = new(example.capacity, format, options, new StreamShape(8, example.environments, example.steps));
                using ReplayBuffer successor = new(example.capacity, format, options, new StreamShape(8, example.environments, example.steps));
                RandomSource random = new(example.seed);
                for (int batch = 0; batch < 20; batch++)
                {
                    buffer.Append(stream.Next(8));
                    SampledTransitions sample = buffer.Count > 0 ? buffer.Sample(20, random) : new SampledTransitions(format, 0);
                    for (int row = 0; row < sample.Count; row++)
                    {
                        RequireWhole(
                            format,
                            example.steps,
                            sample.Observations.AsSpan(row * format.Bytes, format.Bytes),
                            sample.NextObservations.AsSpan(row * format.Bytes, format.Bytes),
                            sample.Actions[row]);
                    }
                }

                for (int skip = 0; skip < buffer.Count; skip += 16)
                {
                    (TransitionBatch part, double[] masses) = buffer.ReadOldest(skip, Math.Min(16, buffer.Count - skip));
                    RequireWhole(part, example.steps);
                    successor.AppendInherited(part, masses);
                }

                RequireWhole(successor.ReadOldest(0, successor.Count).Transitions, example.steps);
            },
            iter: 200);

    [Theory]
    [InlineData(1, 1, 16, 8)]
    [InlineData(4, 1, 32, 4)]
    [InlineData(4, 3, 50, 1)]
    [InlineData(2, 5, 8, 16)]
    public void What_is_reserved_lasts_for_episodes_of_sixteen_steps(int stack, int steps, int fragment, int environments)
    {
        ObservationFormat format = new(ObservationType.UInt8, stack * 70, stack);
        StepStream stream = new(format, environments, steps, 1.0 / 16, 3);
        const int Capacity = 4_000;
        using ReplayBuffer buffer = new(Capacity, format, new ReplayOptions(), new StreamShape(fragment, environments, steps));
        while (buffer.Inserts < 3 * Capacity)
        {
            buffer.Append(stream.Next(fragment));
        }

        // Random lengths vary: a percent more or less of the frames.
        Assert.InRange(buffer.Count, Capacity * 97 / 100, Capacity);
        Assert.True(buffer.Plan.Frames < 2 * stack * Capacity, "more than no sharing would need");
        Assert.InRange(buffer.HoldsAtMost, Capacity * 97 / 100, Capacity);
    }

    [Fact]
    public void Short_episodes_let_the_oldest_leave_early_and_say_so()
    {
        ObservationFormat format = new(ObservationType.UInt8, 4 * 70, 4);
        StepStream stream = new(format, 2, 1, 0.7, 3);
        using ReplayBuffer buffer = new(1_000, format, new ReplayOptions(), new StreamShape(32, 2, 1));
        while (buffer.Inserts < 3_000)
        {
            buffer.Append(stream.Next(32));
        }

        Assert.InRange(buffer.EvictedEarly, 100, 3_000);
        Assert.InRange(buffer.HoldsAtMost, 200, 900);
        Assert.InRange(buffer.Count, 200, 900);
        Assert.Equal(buffer.NextKey, buffer.Evicted + buffer.Count);
        RequireWhole(buffer.ReadOldest(0, buffer.Count).Transitions, 1);
    }

    [Fact]
    public void What_consecutive_transitions_share_is_handed_over_once()
    {
        ObservationFormat format = new(ObservationType.UInt8, 4 * 70, 4);
        StepStream stream = new(format, 2, 1, 0, 3);
        using ReplayBuffer buffer = new(1_000, format, new ReplayOptions(), new StreamShape(32, 2, 1));
        buffer.Append(stream.Next(32));

        // Two environments: 32 steps and what comes before the first, n + 2k − 2 frames.
        Assert.Equal(2 * (32 + 7), buffer.ReadOldest(0, 64).Transitions.Frames.Length / format.FrameBytes);
    }

    [Fact]
    public void A_batch_of_more_frames_than_the_ring_has_leaves_its_last_transitions()
    {
        ObservationFormat format = new(ObservationType.UInt8, 4 * 70, 4);
        StepStream stream = new(format, 3, 2, 0.2, 3);
        using ReplayBuffer buffer = new(5, format, new ReplayOptions(), new StreamShape(1, 1, 1));
        TransitionBatch batch = stream.Next(100);
        buffer.Append(batch);
        Assert.Equal(batch.Count, buffer.Inserts);
        Assert.InRange(buffer.Count, 1, 5);
        TransitionBatch held = buffer.ReadOldest(0, buffer.Count).Transitions;
        for (int row = 0; row < held.Count; row++)
        {
            int source = batch.Count - held.Count + row;
            Assert.True(held.Observation(row).SequenceEqual(batch.Observation(source)));
            Assert.True(held.NextObservation(row).SequenceEqual(batch.NextObservation(source)));
        }
    }

    private static void RequireWhole(TransitionBatch batch, int steps)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            RequireWhole(batch.Format, steps, batch.Observation(row), batch.NextObservation(row), batch.Actions[row]);
        }
    }

    private static void RequireWhole(ObservationFormat format, int steps, ReadOnlySpan<byte> observation, ReadOnlySpan<byte> nextObservation, int episode)
    {
        (int from, int first) = StepStream.RequireWhole(format, observation);
        (int to, int last) = StepStream.RequireWhole(format, nextObservation);
        Assert.Equal(episode, from);
        Assert.Equal(episode, to);
        Assert.InRange(last - first, 1, steps);
    }
}
