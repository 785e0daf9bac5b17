using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>What becomes of a region that a former process has left in another state than it should.</summary>
public sealed class ReplayRecoveryTests
{
    private const int Capacity = 50;
    private static readonly ObservationFormat Shared = new(ObservationType.UInt8, 3 * 70, 3);
    private static readonly ObservationFormat Plain = new(ObservationType.UInt8, 12, 2);
    private static readonly StreamShape Shape = new(5, 2, 1);

    public static TheoryData<bool, RemovalKind> Kinds => new() { { true, RemovalKind.Fifo }, { false, RemovalKind.Fifo }, { false, RemovalKind.LowestPriority } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_append_that_was_not_finished_is_as_if_it_had_not_begun(bool isShared, RemovalKind removal)
    {
        ReplayOptions options = new() { Prioritized = true, Removal = removal };
        ObservationFormat format = isShared ? Shared : Plain;
        for (ulong seed = 0; seed < 40; seed++)
        {
            using Setting setting = new(format, options, seed);
            ReplayState state = setting.Buffer.State;
            byte[] before = setting.Memory.Bytes.ToArray();
            Dictionary<long, byte[]> held = setting.Held();
            TransitionBatch unfinished = setting.Stream.Next(5);
            setting.Buffer.Append(unfinished.WithErrors([.. unfinished.Actions.Select(_ => 0.5f)]));

            // What was written by some moment: every changed byte up to a random one in the order in which the store writes is too fine to
            // rebuild, so each part of the region is cut on its own.
            RandomSource random = new(seed);
            Span<byte> after = setting.Memory.Bytes;
            int[] changed = [.. Enumerable.Range(0, before.Length).Where(i => setting.Memory.Bytes[i] != before[i])];
            foreach (int[] part in Parts(setting.Plan, changed))
            {
                foreach (int index in part.Skip(random.NextInt(part.Length + 1)))
                {
                    after[index] = before[index];
                }
            }

            ReplayBuffer reopened = setting.Reopen();
            ReplayRecovery recovery = reopened.Recover(state);
            Assert.InRange(recovery.Dropped, 0, unfinished.Count + 20);
            Assert.Equal(state.NextKey, reopened.NextKey);
            Assert.Equal(recovery.Held, reopened.Count);
            setting.RequireHeld(held, recovery.Dropped);
            reopened.Append(setting.Stream.Next(5));
            Assert.InRange(reopened.Count, 1, Capacity);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_damaged_byte_costs_what_it_belongs_to_and_is_named(bool isShared, RemovalKind removal)
    {
        ReplayOptions options = new() { Prioritized = true, Removal = removal };
        ObservationFormat format = isShared ? Shared : Plain;
        for (ulong seed = 0; seed < 60; seed++)
        {
            using Setting setting = new(format, options, seed);
            ReplayState state = setting.Buffer.State;
            Dictionary<long, byte[]> held = setting.Held();
            RandomSource random = new(seed);
            int index = (int)(setting.Plan.RowsOffset + random.NextInt((int)(setting.Plan.RegionBytes - setting.Plan.RowsOffset)));
            setting.Memory.Bytes[index] ^= (byte)(1 + random.NextInt(255));
            ReplayRecovery recovery = setting.Reopen().Recover(state);
            Assert.Equal(state.Count, recovery.Held + recovery.Dropped);
            Assert.Equal(recovery.Damaged > 0, recovery.FirstDamagedKey >= 0);
            Assert.InRange(recovery.Damaged, 0, recovery.Dropped);
            setting.RequireHeld(held, recovery.Dropped);
        }
    }

    [Fact]
    public void A_mass_that_is_none_becomes_that_of_the_largest_priority()
    {
        using Setting setting = new(Plain, new ReplayOptions { Prioritized = true }, 1);
        ReplayState state = setting.Buffer.State;
        BitConverter.TryWriteBytes(setting.Memory.Bytes[80..], double.NaN);
        ReplayRecovery recovery = setting.Reopen().Recover(state);
        Assert.Equal(new ReplayRecovery(state.Count, 0, 0, -1, 1), recovery);
        Assert.True(double.IsFinite(setting.Buffer.Mass));
    }

    [Fact]
    public void A_state_that_no_buffer_can_have_is_refused()
    {
        using Setting setting = new(Plain, new ReplayOptions(), 1);
        ReplayState state = setting.Buffer.State;
        ReplayBuffer reopened = setting.Reopen();
        foreach (ReplayState wrong in new[]
        {
            state with { Count = Capacity + 1 },
            state with { Count = -1 },
            state with { NextKey = state.Count - 1 },
            state with { Inserts = state.NextKey + 1 },
            state with { StaleEnd = -1 },
            state with { NextFrame = 1 },
            state with { LargestPriority = double.NaN },
        })
        {
            Assert.Throws<ArgumentException>(() => reopened.Recover(wrong));
        }

        Assert.Equal(state.Count, reopened.Recover(state).Held);
    }

    /// <summary>The changed bytes of the rows, the frames, and of what is noted for frames.</summary>
    private static IEnumerable<int[]> Parts(ReplayMemoryPlan plan, int[] changed) =>
    [
        [.. changed.Where(index => index >= plan.RowsOffset && index < plan.FramesOffset)],
        [.. changed.Where(index => index >= plan.FramesOffset && index < plan.FrameNotesOffset)],
        [.. changed.Where(index => index >= plan.FrameNotesOffset)],
    ];

    private sealed class Setting : IDisposable
    {
        private readonly ReplayOptions _options;

        public Setting(ObservationFormat format, ReplayOptions options, ulong seed)
        {
            _options = options;
            Stream = new StepStream(format, 2, 1, 0.1, seed);
            Plan = ReplayMemoryPlan.For(Capacity, format, options, Shape);
            Memory = new BorrowedMemory(Plan.RegionBytes);
            Buffer = Open();
            RandomSource random = new(seed);
            for (int i = 0; i < 12; i++)
            {
                TransitionBatch batch = Stream.Next(5);
                Buffer.Append(batch.WithErrors([.. batch.Actions.Select(_ => (float)random.NextDouble())]));
            }
        }

        public StepStream Stream { get; }

        public ReplayMemoryPlan Plan { get; }

        public BorrowedMemory Memory { get; }

        public ReplayBuffer Buffer { get; private set; }

        public ReplayBuffer Reopen()
        {
            Buffer.Dispose();
            return Buffer = Open();
        }

        /// <summary>s and s′ by key.</summary>
        public Dictionary<long, byte[]> Held()
        {
            Dictionary<long, byte[]> held = [];
            RandomSource random = new(9);
            int bytes = Plan.Format.Bytes;
            for (int i = 0; i < 40; i++)
            {
                SampledTransitions sample = Buffer.Sample(64, random);
                for (int row = 0; row < sample.Count; row++)
                {
                    held[sample.Keys[row]] = [.. sample.Observations.AsSpan(row * bytes, bytes), .. sample.NextObservations.AsSpan(row * bytes, bytes)];
                }
            }

            return held;
        }

        /// <summary>Whatever is drawn is as it was; in the order of arrival the oldest are those that are missing.</summary>
        public void RequireHeld(Dictionary<long, byte[]> before, int dropped)
        {
            Dictionary<long, byte[]> now = Buffer.Count > 0 ? Held() : [];
            foreach ((long key, byte[] observations) in now)
            {
                Assert.True(!before.TryGetValue(key, out byte[]? expected) || expected.SequenceEqual(observations), $"key {key} has changed");
            }

            if (_options.Removal == RemovalKind.Fifo && now.Count > 0)
            {
                Assert.True(now.Keys.Min() >= Buffer.NextKey - Buffer.Count);
                Assert.Equal(Buffer.Evicted, Buffer.NextKey - Buffer.Count);
            }

            Assert.InRange(dropped, 0, Capacity);
        }

        public void Dispose()
        {
            Buffer.Dispose();
            Memory.Dispose();
        }

        private ReplayBuffer Open() => new(Plan, _options, Shape, Memory.Open(), 0, hasChecksums: true);
    }
}
