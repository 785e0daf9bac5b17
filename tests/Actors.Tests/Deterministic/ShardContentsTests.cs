using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class ShardContentsTests
{
    // Frames of more than 64 bytes are shared between transitions.
    private static readonly ObservationFormat Stacked = new(ObservationType.UInt8, 200, 2);
    private static readonly ObservationFormat Plain = new(ObservationType.Float32, Make.ObservationSize);

    public static TheoryData<bool, bool, RemovalKind> Kinds => new()
    {
        { false, false, RemovalKind.Fifo },
        { false, true, RemovalKind.Fifo },
        { false, true, RemovalKind.LowestPriority },
        { true, false, RemovalKind.Fifo },
        { true, true, RemovalKind.Fifo },
        { true, true, RemovalKind.LowestPriority },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_shard_filled_with_what_was_read_back_goes_on_as_one_filled_in_memory(bool isStacked, bool isPrioritized, RemovalKind removal)
    {
        using ReplayBuffer before = NewBuffer(isStacked, isPrioritized, removal);
        for (int fragment = 0; fragment < 12; fragment++)
        {
            before.Append(Batch(isStacked, isPrioritized, fragment));
        }

        RandomSource random = new(3);
        SampledTransitions drawn = before.Sample(64, random);
        before.UpdatePriorities(drawn.Keys, [.. Enumerable.Range(0, 64).Select(i => (float)random.NextUniform(0, 9))]);
        ShardContents contents = ShardContents.Of(before);
        using MemoryStream file = new();
        contents.Write(file);
        file.Position = 0;

        using ReplayBuffer unstopped = NewBuffer(isStacked, isPrioritized, removal);
        using ReplayBuffer resumed = NewBuffer(isStacked, isPrioritized, removal);
        contents.Fill(unstopped);
        ShardContents.Read(file).Fill(resumed);
        Assert.Equal(before.Count, unstopped.Count);
        // It is raised by what masses come to when α is undone, which rounds; both do it.
        Assert.Equal(before.LargestPriority, unstopped.LargestPriority, before.LargestPriority * 1e-12);
        Assert.Equal(unstopped.LargestPriority, resumed.LargestPriority);
        Assert.Equal(Masses(before), Masses(unstopped));
        Assert.Equal(Rows(before), Rows(unstopped));
        for (int fragment = 20; fragment < 30; fragment++)
        {
            SampledTransitions[] pair = [unstopped.Sample(16, new RandomSource(5, (ulong)fragment)), resumed.Sample(16, new RandomSource(5, (ulong)fragment))];
            Assert.Equal(pair[0].Keys, pair[1].Keys);
            Assert.Equal(pair[0].Masses, pair[1].Masses);
            Assert.Equal(pair[0].Observations, pair[1].Observations);
            Assert.Equal(pair[0].NextObservations, pair[1].NextObservations);
            foreach (ReplayBuffer buffer in new[] { unstopped, resumed })
            {
                buffer.Append(Batch(isStacked, isPrioritized, fragment));
            }
        }

        Assert.Equal(Rows(unstopped), Rows(resumed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(15)]
    [InlineData(40)]
    public void What_is_cut_short_is_refused(int length)
    {
        using ReplayBuffer buffer = NewBuffer(false, true, RemovalKind.Fifo);
        buffer.Append(Batch(false, true, 0));
        using MemoryStream file = new();
        ShardContents.Of(buffer).Write(file);
        Assert.Throws<CheckpointException>(() => ShardContents.Read(new MemoryStream(file.ToArray()[..length])));
    }

    [Fact]
    public void Contents_of_another_shape_are_refused()
    {
        using ReplayBuffer stacked = NewBuffer(true, true, RemovalKind.Fifo);
        stacked.Append(Batch(true, true, 0));
        using ReplayBuffer plain = NewBuffer(false, true, RemovalKind.Fifo);
        Assert.Throws<CheckpointException>(() => ShardContents.Of(stacked).Fill(plain));
    }

    private static ReplayBuffer NewBuffer(bool isStacked, bool isPrioritized, RemovalKind removal) =>
        new(50, isStacked ? Stacked : Plain, new ReplayOptions { Prioritized = isPrioritized, Removal = removal }, new StreamShape(8, 1, 1));

    private static TransitionBatch Batch(bool isStacked, bool isPrioritized, int fragment)
    {
        float[] errors = isPrioritized ? [.. Enumerable.Range(0, 8).Select(i => ((fragment * 8) + i) % 13 / 3f)] : [];
        if (!isStacked)
        {
            return Make.Batch(8, fragment * 8, errors);
        }

        byte[] frames = [.. Enumerable.Range(0, 10 * Stacked.FrameBytes).Select(i => (byte)((fragment * 31) + (i / Stacked.FrameBytes)))];
        int[] windows = [.. Enumerable.Range(0, 8).SelectMany(i => new[] { i, i + 1 })];
        float[] numbers = [.. Enumerable.Range(0, 8).Select(i => (float)((fragment * 8) + i))];
        return new TransitionBatch(Stacked, frames, windows, new int[8], numbers, numbers, new byte[8], errors);
    }

    private static double[] Masses(ReplayBuffer buffer) => buffer.ReadOldest(0, buffer.Count).Masses;

    private static string[] Rows(ReplayBuffer buffer)
    {
        (TransitionBatch batch, _) = buffer.ReadOldest(0, buffer.Count);
        return
        [
            .. Enumerable.Range(0, batch.Count).Select(row =>
                $"{batch.Returns[row]} {Convert.ToHexString(batch.Observation(row))} {Convert.ToHexString(batch.NextObservation(row))}"),
        ];
    }
}
