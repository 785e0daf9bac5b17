using CsCheck;
using DqnAkka.Environments;
using DqnAkka.Tests;

namespace DqnAkka.Learner.Tests;

public sealed class TransitionBatchBuilderTests
{
    private readonly record struct Added(float[] Observation, int Action, EpisodeEnd End, float[] NextObservation);

    [Fact]
    public void A_batch_survives_the_next_use_of_its_builder()
    {
        TransitionBatchBuilder builder = new(1, Transitions.Format(2));
        for (int i = 0; i < 5; i++)
        {
            builder.Add(0, [i, i + 0.5f], i, 10 * i, 0.1f * i, (EpisodeEnd)(i % 4), [-i, -i - 0.5f]);
        }

        Assert.Equal(5, builder.Count);
        TransitionBatch first = builder.Build();
        Assert.Equal(0, builder.Count);
        builder.Add(0, [9, 9], 9, 9, 9, EpisodeEnd.None, [9, 9]);
        Assert.Equal([9], builder.Build().Actions);
        Assert.Equal([0, 1, 2, 3, 4], first.Actions);
        Assert.Equal([0f, 0.5f, 1, 1.5f, 2, 2.5f, 3, 3.5f, 4, 4.5f], Unpacked.Observations(first));
        Assert.Equal([0f, 10, 20, 30, 40], first.Returns);
        Assert.Equal([0, 1, 2, 3, 0], first.Ends);
        Assert.Empty(first.AbsoluteTdErrors);
        TransitionBatch withErrors = first.WithErrors([5, 4, 3, 2, 1]);
        Assert.Equal([5f, 4, 3, 2, 1], withErrors.AbsoluteTdErrors);
        Assert.Same(first.Frames, withErrors.Frames);
        Assert.Throws<ArgumentException>(() => first.WithErrors([1, 2]));
    }

    [Fact]
    public void An_empty_builder_builds_an_empty_batch() => Assert.Equal(0, new TransitionBatchBuilder(1, Transitions.Format(2)).Build().Count);

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_is_lost()
    {
        TransitionBatchBuilder builder = new(1, Transitions.Format(2));
        builder.Add(0, [1, 2], 0, 0, 0, EpisodeEnd.None, [1, 2]);
        Assert.Throws<ArgumentException>(() => builder.Add(0, [1], 0, 0, 0, EpisodeEnd.None, [1, 2]));
        Assert.Throws<ArgumentException>(() => builder.Add(0, [1, 2], 0, 0, 0, EpisodeEnd.None, [1, 2, 3]));
        Assert.Equal(1, builder.Count);
    }

    /// <summary>Windows come from other processes: one that leaves the frames would let a shard read what is not its own.</summary>
    [Theory]
    [InlineData(1, 0, 123_456_789, 7)]
    [InlineData(4, 3, 123_456_789, 7)]
    [InlineData(4, 3, 0, 0)]
    [InlineData(4, 5, 0, 2)]
    [InlineData(4, 5, -1, 0)]
    public void Windows_that_leave_the_frames_are_refused(int stack, int frames, int window, int next)
    {
        ObservationFormat format = new(ObservationType.UInt8, 100 * stack, stack);
        Assert.Throws<ArgumentException>(() => new TransitionBatch(format, new byte[100 * frames], [window, next], [0], [0], [0], [0], []));
    }

    [Fact]
    public void Frames_that_no_window_can_name_are_refused()
    {
        ObservationFormat format = new(ObservationType.UInt8, 200, 2);
        Assert.Equal(1, new TransitionBatch(format, new byte[4 * 100], [0, 2], [0], [0], [0], [0], []).Count);
        Assert.Throws<ArgumentException>(() => new TransitionBatch(format, new byte[5 * 100], [0, 2], [0], [0], [0], [0], []));
    }

    // 300 random streams: each observation is a window over its own episode's frames, with the first frame repeated before the beginning,
    // and every transition must come back as it went in, whatever of it the batch shares.
    [Fact]
    public void No_transition_is_stitched_to_another_episode_whatever_is_shared() =>
        (from environments in Gen.Int[1, 3]
         from steps in Gen.Int[1, 5]
         from stack in Gen.Int[1, 4]
         from type in Gen.Enum<ObservationType>()
         from values in Gen.Int[2, 200]
         from endShare in Gen.Double[0, 0.5]
         from seed in Gen.ULong
         select (environments, steps, stack, type, values, endShare, seed)).Sample(
            example =>
            {
                RandomSource random = new(example.seed);
                // Few values make frames of different episodes equal now and then.
                int frameSize = example.type == ObservationType.Boolean ? 700 : 80;
                ObservationFormat format = new(example.type, example.stack * frameSize, example.stack);
                Assert.True(format.IsShared);
                TransitionBatchBuilder builder = new(4, format, example.environments, example.steps);
                NStepAccumulator accumulator = new(example.environments, format.Size, example.steps, 0.9);
                Episode[] episodes = [.. Enumerable.Range(0, example.environments).Select(_ => new Episode())];
                List<Added> expected = [];
                for (int turn = 0; turn < 60; turn++)
                {
                    int environment = random.NextInt(example.environments);
                    Episode episode = episodes[environment];
                    if (episode.Frames.Count == 0)
                    {
                        episode.Frames.Add(Frame(random, format, example.values));
                    }

                    episode.Frames.Add(Frame(random, format, example.values));
                    bool terminated = random.NextDouble() < example.endShare;
                    bool truncated = random.NextDouble() < example.endShare / 2;
                    int t = episode.Frames.Count - 2;
                    accumulator.Append(environment, episode.Stack(t, example.stack), turn, 1, terminated, truncated, episode.Stack(t + 1, example.stack), builder);
                    episode.Actions.Add(turn);
                    EpisodeEnd end = (terminated ? EpisodeEnd.Terminated : 0) | (truncated ? EpisodeEnd.Truncated : 0);
                    for (int start = Math.Max(0, t + 1 - example.steps); start <= t; start++)
                    {
                        if (start == t + 1 - example.steps || end != EpisodeEnd.None)
                        {
                            expected.Add(new Added(episode.Stack(start, example.stack), episode.Actions[start], end, episode.Stack(t + 1, example.stack)));
                        }
                    }

                    if (end != EpisodeEnd.None)
                    {
                        episodes[environment] = new Episode();
                    }

                    if (turn == 30)
                    {
                        AssertSame(expected, builder.Build());
                        expected.Clear();
                    }
                }

                AssertSame(expected, builder.Build());
            },
            iter: 300);

    [Fact]
    public void An_unbroken_stream_of_stacks_costs_one_frame_a_step()
    {
        const int Stack = 4;
        const int Length = 32;
        ObservationFormat format = new(ObservationType.UInt8, Stack * 100, Stack);
        TransitionBatchBuilder builder = new(1, format);
        RandomSource random = new(1);
        Episode episode = new();
        episode.Frames.AddRange(Enumerable.Range(0, Length + 1).Select(_ => Frame(random, format, 255)));
        for (int t = 0; t < Length; t++)
        {
            builder.Add(0, episode.Stack(t, Stack), t, 0, 1, EpisodeEnd.None, episode.Stack(t + 1, Stack));
        }

        // The first s and the first s' are whole stacks, each later s' is one frame more, and each later s is an s' before it.
        Assert.Equal(Stack + Stack + Length - 1, builder.Build().Frames.Length / format.FrameBytes);
    }

    private static float[] Frame(RandomSource random, ObservationFormat format, int values)
    {
        float value = random.NextInt(values);
        return format.Type == ObservationType.Boolean
            ? [.. Enumerable.Range(0, format.FrameSize).Select(i => (float)(((int)value >> (i % 8)) & 1))]
            : [.. Enumerable.Repeat(value, format.FrameSize)];
    }

    private static void AssertSame(List<Added> expected, TransitionBatch batch)
    {
        Assert.Equal(expected.Count, batch.Count);
        float[] observations = Unpacked.Observations(batch);
        float[] nextObservations = Unpacked.NextObservations(batch);
        int size = batch.Format.Size;
        for (int row = 0; row < batch.Count; row++)
        {
            Assert.Equal(expected[row].Action, batch.Actions[row]);
            Assert.Equal(expected[row].End, (EpisodeEnd)batch.Ends[row]);
            Assert.True(expected[row].Observation.AsSpan().SequenceEqual(observations.AsSpan(row * size, size)));
            Assert.True(expected[row].NextObservation.AsSpan().SequenceEqual(nextObservations.AsSpan(row * size, size)));
        }
    }

    private sealed class Episode
    {
        public List<float[]> Frames { get; } = [];

        public List<int> Actions { get; } = [];

        public float[] Stack(int last, int stack) => [.. Enumerable.Range(last - stack + 1, stack).SelectMany(frame => Frames[Math.Max(0, frame)])];
    }
}
