using System.Diagnostics;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class ReplayMemoryTests
{
    private static readonly ObservationFormat Floats = new(ObservationType.Float32, 4);
    private static readonly ObservationFormat Bytes = new(ObservationType.UInt8, 400);

    [Fact]
    public void Two_observations_of_four_floats_lie_in_one_cache_line()
    {
        Assert.Equal(64, ReplayMemoryPlan.For(10, Floats, new ReplayOptions()).RowBytes);
        Assert.Equal(128, ReplayMemoryPlan.For(10, new ObservationFormat(ObservationType.Boolean, 400), new ReplayOptions()).RowBytes);
    }

    [Fact]
    public void A_shared_observation_takes_a_frame_and_not_two()
    {
        ReplayMemoryPlan plan = ReplayMemoryPlan.For(1_000_000, Bytes, new ReplayOptions(), new StreamShape(32, 8, 1));
        Assert.Equal(1 + (1 / 32.0) + (1 / 16.0), plan.FramesPerTransition);
        Assert.InRange(plan.RegionBytes, 1_000_000L * (400 + 32), 1_000_000L * 490);
        Assert.False(ReplayMemoryPlan.For(10, Bytes, new ReplayOptions { Prioritized = true, Removal = RemovalKind.LowestPriority }).IsShared);
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 1, 1, 10, 10)]
    [InlineData(4, 100, 3, 1, 2)]
    public void Never_more_frames_are_reserved_than_without_sharing(int stack, int capacity, int steps, int fragment, int environments)
    {
        ObservationFormat format = new(ObservationType.UInt8, stack * 100, stack);
        ReplayMemoryPlan plan = ReplayMemoryPlan.For(capacity, format, new ReplayOptions(), new StreamShape(fragment, environments, steps));
        Assert.InRange(plan.Frames, 2 * stack, 2 * stack * capacity);
    }

    [Fact]
    public void Priorities_that_are_not_there_can_let_nothing_leave() => Assert.Throws<ArgumentOutOfRangeException>(
        () => ReplayMemoryPlan.For(10, Floats, new ReplayOptions { Removal = RemovalKind.LowestPriority }));

    [Theory]
    [InlineData(false, RemovalKind.Fifo)]
    [InlineData(true, RemovalKind.Fifo)]
    public void Appending_drawing_and_updating_allocate_nothing(bool prioritized, RemovalKind removal)
    {
        foreach (ObservationFormat format in new[] { Floats, Bytes })
        {
            using ReplayBuffer buffer = new(500, format, new ReplayOptions { Prioritized = prioritized, Removal = removal }, new StreamShape(16, 2, 1));
            TransitionBatch batch = new StepStream(format, 2, 1, 0.05, 1).Next(16);
            batch = batch.WithErrors(new float[batch.Count]);
            SampledTransitions sample = new(format, 64);
            RandomSource random = new(1);
            float[] errors = new float[64];
            int[] counts = [32, 32];
            for (int i = 0; i < 40; i++)
            {
                Turn();
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 40; i++)
            {
                Turn();
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

            void Turn()
            {
                buffer.Append(batch);
                buffer.SampleInto(counts, random, sample);
                buffer.UpdatePriorities(sample.Keys, errors);
            }
        }
    }

    [Fact]
    public void Memory_is_flat_once_the_buffer_was_full()
    {
        const int Capacity = 200_000;
        using ReplayBuffer buffer = new(Capacity, Bytes, new ReplayOptions { Prioritized = true }, new StreamShape(32, 2, 1));
        TransitionBatch[] batches = new TransitionBatch[100];
        StepStream stream = new(Bytes, 2, 1, 0.05, 1);
        for (int i = 0; i < batches.Length; i++)
        {
            batches[i] = stream.Next(32);
        }

        using Process process = Process.GetCurrentProcess();
        Fill();
        long once = process.WorkingSet64;
        Fill();
        process.Refresh();

        // A hundred megabytes are full; five percent are what the rest of the process may add meanwhile.
        Assert.InRange(buffer.Plan.TotalBytes, 80_000_000, 130_000_000);
        Assert.InRange(process.WorkingSet64 - once, long.MinValue, buffer.Plan.TotalBytes / 20);

        void Fill()
        {
            for (long inserted = 0; inserted < Capacity * 11L / 10; inserted += 64)
            {
                buffer.Append(batches[inserted / 64 % batches.Length]);
            }

            process.Refresh();
        }
    }

    [Fact]
    public void A_buffer_that_was_given_back_is_not_used_again()
    {
        ReplayBuffer buffer = new(10, Floats, new ReplayOptions { Prioritized = true });
        TransitionBatch batch = Transitions.Batch(0, 3, 4);
        buffer.Append(batch);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Append(batch));
        Assert.Throws<ObjectDisposedException>(() => buffer.Sample(1, new RandomSource(1)));
        Assert.Throws<ObjectDisposedException>(() => buffer.UpdatePriorities([0], [1]));
        Assert.Throws<ObjectDisposedException>(() => buffer.ReadOldest(0, 1));
    }
}
