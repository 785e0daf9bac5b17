using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>
/// A crash while an append is being written. A process that is killed leaves any part of what the append writes and no commit; the model is
/// coarser: of what lies in the region any cache lines are those after the append, the others those before, in no order.
/// </summary>
public sealed class ShardCrashTests
{
    private const int LineBytes = 64;
    private const int PageBytes = 4_096;
    private const int CommitEnd = 3 * PageBytes;
    private const int RegionOffset = CommitEnd + PositionTable.Bytes;

    [Fact]
    public void An_append_that_was_not_committed_costs_only_what_it_was_replacing_and_is_never_served() => Gen
        .Select(Gen.Int[0, 2], Gen.Bool, Gen.Int[20, 60], Gen.Int[0, 150], Gen.Int[1, 20], Gen.Double[0, 1], Gen.ULong)
        .Sample(
            (form, prioritized, capacity, inserted, batch, share, seed) =>
            {
                using ShardFolder folder = new();
                ShardSchema schema = ShardFolder.Schema(Format(form), capacity, prioritized);
                Crash crash = Append(folder, schema, inserted, batch);
                RandomSource random = new(seed, 0);
                byte[] torn = [.. crash.Before];
                for (int line = RegionOffset; line < torn.Length; line += LineBytes)
                {
                    if (random.NextDouble() < share)
                    {
                        crash.After.AsSpan(line, Math.Min(LineBytes, torn.Length - line)).CopyTo(torn.AsSpan(line));
                    }
                }

                AssertHolds(folder, schema, crash, torn, inserted, crash.OldestAfter, inserted);
            },
            iter: 150,
            seed: "0000KOIa7yTa");

    [Fact]
    public void A_commit_that_was_torn_leaves_the_one_before_it() => Gen
        .Select(Gen.Int[0, 2], Gen.Int[1, 60], Gen.Int[0, PageBytes])
        .Sample(
            (form, inserted, cut) =>
            {
                using ShardFolder folder = new();
                ShardSchema schema = ShardFolder.Schema(Format(form), 40);
                Crash crash = Append(folder, schema, inserted, batch: 8);
                byte[] torn = [.. crash.After];
                for (int page = PageBytes; page < CommitEnd; page += PageBytes)
                {
                    crash.Before.AsSpan(page + cut, PageBytes - cut).CopyTo(torn.AsSpan(page + cut));
                }

                // Where the whole record came through, the append counts; otherwise nothing of it does.
                using ShardMemory memory = Reopen(folder, schema, crash, torn);
                long end = memory.Buffer.Inserts;
                Assert.True(end == inserted || end == inserted + 8, $"{end} of {inserted}");
                AssertWindow(schema, memory, crash.OldestAfter, end);
            },
            iter: 100,
            seed: "0000KOIa7yTa");

    private static ObservationFormat Format(int form) => form switch
    {
        0 => new ObservationFormat(ObservationType.Float32, 4),
        1 => new ObservationFormat(ObservationType.UInt8, 100),
        _ => new ObservationFormat(ObservationType.UInt8, 160, 4),
    };

    /// <summary>Inserts, and takes the file's bytes before and after one more batch.</summary>
    private static unsafe Crash Append(ShardFolder folder, ShardSchema schema, int inserted, int batch)
    {
        MappedFile? file = null;
        using ShardMemory memory = folder.Open(schema, (path, length) => file = MappedFile.Create(path, length)).Memory;
        ShardFolder.Append(memory, schema, inserted);
        byte[] before = new ReadOnlySpan<byte>(file!.Start, (int)file.Length).ToArray();
        ShardFolder.Append(memory, schema, batch, batch);
        byte[] after = new ReadOnlySpan<byte>(file.Start, (int)file.Length).ToArray();
        return new Crash(memory.Path, before, after, memory.Buffer.Evicted);
    }

    private static ShardMemory Reopen(ShardFolder folder, ShardSchema schema, Crash crash, byte[] torn)
    {
        File.WriteAllBytes(crash.Path, torn);
        ShardOpening opening = folder.Open(schema);
        Assert.Equal(crash.Path, opening.Memory.Path);
        return opening.Memory;
    }

    private static void AssertHolds(ShardFolder folder, ShardSchema schema, Crash crash, byte[] torn, long inserts, long atLeastFrom, long end)
    {
        using ShardMemory memory = Reopen(folder, schema, crash, torn);
        Assert.Equal(inserts, memory.Buffer.Inserts);
        AssertWindow(schema, memory, atLeastFrom, end);
    }

    /// <summary>What is held is whole, without gaps, ends where it should and goes back at least as far.</summary>
    private static void AssertWindow(ShardSchema schema, ShardMemory memory, long atLeastFrom, long end)
    {
        List<long> numbers = new NumberedStream(schema.Format).Numbers(memory.Buffer);
        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => end - numbers.Count + i), numbers);
        Assert.True(end - numbers.Count <= Math.Min(atLeastFrom, end), $"{numbers.Count} held before {end}, {atLeastFrom} was not being replaced");
    }

    private sealed record Crash(string Path, byte[] Before, byte[] After, long OldestAfter);
}
