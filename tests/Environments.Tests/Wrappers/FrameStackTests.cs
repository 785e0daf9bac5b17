using CsCheck;

namespace DqnAkka.Environments.Tests;

public sealed class FrameStackTests
{
    [Fact]
    public void A_stack_begins_full_of_the_first_frame_and_moves_on_by_one()
    {
        FrameStackObservation stack = new(new CountingEnvironment(), 3);
        float[] observation = new float[6];
        stack.Reset(observation);
        Assert.Equal([0, 0, 0, 0, 0, 0], observation);
        float[][] expected = [[0, 0, 0, 0, 1, 2], [0, 0, 1, 2, 2, 1], [1, 2, 2, 1, 3, 0], [2, 1, 3, 0, 4, 2]];
        int[] actions = [2, 1, 0, 2];
        for (int i = 0; i < actions.Length; i++)
        {
            Assert.Equal(i + 1, stack.Step(actions[i], observation).Reward);
            Assert.Equal(expected[i], observation);
        }

        stack.Reset(observation);
        Assert.Equal([0, 0, 0, 0, 0, 0], observation);
    }

    [Fact]
    public void The_space_of_a_stack_says_how_many_frames_it_has()
    {
        BoxSpace vector = FrameStack.SpaceOf(new BoxSpace([0, -1], [1, 2]), 3);
        Assert.Equal((3, 2, new PlaneShape(6, 1, 1)), (vector.Format.Stack, vector.Format.FrameSize, vector.Format.Shape));
        Assert.Equal([0, -1, 0, -1, 0, -1], vector.Low);
        Assert.Equal([1, 2, 1, 2, 1, 2], vector.High);
        BoxSpace image = FrameStack.SpaceOf(new BoxSpace(new float[24], [.. Enumerable.Repeat(255f, 24)], ObservationType.UInt8, shape: new PlaneShape(2, 3, 4)), 4);
        Assert.Equal((4, new PlaneShape(8, 3, 4), ObservationType.UInt8), (image.Format.Stack, image.Format.Shape, image.Format.Type));
    }

    [Fact]
    public void A_stack_over_a_vector_is_the_vector_of_stacks() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 4], Gen.ULong, Gen.Int[0, 2].Array[0, 120]).Sample(
            (stackSize, count, seed, choices) =>
            {
                EnvironmentSpecification specification = new() { Id = "CartPole-v1", MaxEpisodeSteps = 15 };
                using FrameStackVectorEnvironment ours = new(EnvironmentFactory.CreateVector(specification, count), stackSize);
                using SyncVectorEnvironment theirs = new("stacks", () => new FrameStackObservation(EnvironmentFactory.Create(specification), stackSize), count);
                Assert.Equal(theirs.ObservationSpace, ours.ObservationSpace);
                (VectorBuffers first, VectorBuffers second) = (new VectorBuffers(ours), new VectorBuffers(theirs));
                ours.Reset(seed, 3, first.Observations);
                theirs.Reset(seed, 3, second.Observations);
                Assert.Equal(second.Observations, first.Observations);
                foreach (int choice in choices)
                {
                    int[] actions = [.. Enumerable.Range(0, count).Select(copy => choice == 2 ? copy % 2 : choice)];
                    first.Step(ours, actions);
                    second.Step(theirs, actions);
                    Assert.Equal(second.Observations, first.Observations);
                    Assert.Equal(second.FinalObservations, first.FinalObservations);
                    Assert.Equal(second.Rewards, first.Rewards);
                    Assert.Equal(second.Terminated, first.Terminated);
                    Assert.Equal(second.Truncated, first.Truncated);
                }
            },
            iter: 200);

    [Fact]
    public void Lost_episodes_pass_through_with_full_stacks_of_the_new_ones()
    {
        using FrameStackVectorEnvironment stack = new(new LosingVectorEnvironment(loseAt: 3), 2);
        VectorBuffers buffers = new(stack);
        stack.Reset(0, 0, buffers.Observations);
        Assert.Equal([0, 0, 0.5f, 0.5f], buffers.Observations);
        buffers.Step(stack, [0, 0]);
        buffers.Step(stack, [0, 0]);
        Assert.Equal([1, 2, 1.5f, 2.5f], buffers.Observations);
        Assert.Equal("lost", Assert.Throws<EpisodesLostException>(() => buffers.Step(stack, [0, 0])).Message);
        Assert.Equal([100, 100, 100.5f, 100.5f], buffers.Observations);
        buffers.Step(stack, [0, 0]);
        Assert.Equal([100, 101, 100.5f, 101.5f], buffers.Observations);
    }

    [Fact]
    public void A_call_that_cannot_be_carried_out_leaves_the_stacks_as_they_were()
    {
        using FrameStackVectorEnvironment stack = new(new LosingVectorEnvironment(loseAt: -1), 2);
        VectorBuffers buffers = new(stack);
        Assert.Throws<InvalidOperationException>(() => buffers.Step(stack, [0, 0]));
        stack.Reset(0, 0, buffers.Observations);
        buffers.Step(stack, [0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffers.Step(stack, [0, 7]));
        Assert.Throws<ArgumentException>(() => stack.Step([0, 0], new float[3], buffers.Rewards, buffers.Terminated, buffers.Truncated, buffers.FinalObservations));
        buffers.Step(stack, [0, 0]);
        Assert.Equal([1, 2, 1.5f, 2.5f], buffers.Observations);
    }

    [Fact]
    public void A_stack_of_none_and_one_of_what_is_no_box_are_refused()
    {
        Assert.Equal("wrapper FrameStackObservation: stack_size must be at least 1: got 0", Assert.Throws<EnvironmentException>(() => new FrameStackObservation(new CountingEnvironment(), 0)).Message);
        Assert.Contains("wrapper FrameStackObservation needs Box observations, and they are Discrete(16)", Assert.Throws<EnvironmentException>(() => new FrameStackObservation(new DiscreteObservationEnvironment(), 2)).Message);
        Assert.Contains("lower stack_size", Assert.Throws<EnvironmentException>(() => new FrameStackObservation(new CountingEnvironment(), int.MaxValue)).Message);
    }

    /// <summary>Two copies that count, and lose their episodes at a step.</summary>
    private sealed class LosingVectorEnvironment(int loseAt) : IVectorEnvironment
    {
        private int _value;
        private int _steps;

        public int Count => 2;

        public Space ObservationSpace { get; } = new BoxSpace([0], [1000]);

        public Space ActionSpace { get; } = new DiscreteSpace(2);

        public void Reset(ulong seed, ulong firstIndex, Span<float> observations) => Write(observations);

        public void Step(
            ReadOnlySpan<int> actions, Span<float> observations, Span<double> rewards, Span<bool> terminated, Span<bool> truncated, Span<float> finalObservations)
        {
            _steps++;
            if (_steps == loseAt)
            {
                _value = 100;
                Write(observations);
                throw new EpisodesLostException("lost");
            }

            _value++;
            Write(observations);
        }

        private void Write(Span<float> observations)
        {
            observations[0] = _value;
            observations[1] = _value + 0.5f;
        }
    }
}
