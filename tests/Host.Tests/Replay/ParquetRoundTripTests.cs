using CsCheck;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class ParquetRoundTripTests
{
    private static readonly Gen<(ObservationFormat Format, int Steps, int Shards, int Transitions, int MaxRows, ulong Seed)> Cases =
        from type in Gen.Enum<ObservationType>()
        from stack in Gen.Int[1, 4]
        from frame in Gen.Int[1, 90]
        from steps in Gen.Int[1, 4]
        from shards in Gen.Int[1, 3]
        from transitions in Gen.Int[1, 120]
        from maxRows in Gen.Int[1, 50]
        from seed in Gen.ULong
        select (new ObservationFormat(type, stack * frame, stack), steps, shards, transitions, maxRows, seed);

    [Fact]
    public void What_was_exported_comes_back_bit_for_bit() => Cases.Sample(
        example =>
        {
            using TemporaryFolder folder = new();
            MemoryReplay replay = MemoryReplay.Random(example.Seed, example.Format, example.Steps, example.Shards, example.Transitions);
            string path = ParquetFiles.Write(folder, replay);

            using ParquetReplayFile file = ParquetReplayFile.Open(path);

            Assert.True(file.IsOurs);
            Assert.Equal(replay.Description, file.Description);
            Assert.Equal(replay.Shards.Select(shard => shard.Description), file.Shards.Select(shard => shard.Description));
            foreach ((IShardContents expected, IShardContents actual) in replay.Shards.Zip(file.Shards))
            {
                ParquetFiles.AssertSame(((MemoryShard)expected).Rows, actual.Read(example.MaxRows));
            }
        },
        iter: 150,
        seed: "0000000000001");

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    public void Frames_that_transitions_of_one_environment_share_are_found_again(int stack, int steps)
    {
        const int Transitions = 600;
        using TemporaryFolder folder = new();
        ObservationFormat format = new(ObservationType.UInt8, stack * 100, stack);
        using ParquetReplayFile file = ParquetReplayFile.Open(ParquetFiles.Write(folder, MemoryReplay.Random(5, format, steps, 1, Transitions)));

        TransitionBatch batch = Assert.Single(file.Shards[0].Read(10_000)).Transitions;

        // A frame for each step, and for each of the episodes (one in four steps ends one) its first stack, rather than 2k for each transition.
        double frames = (double)batch.Frames.Length / format.FrameBytes / batch.Count;
        Assert.InRange(frames, 1, 1.2 + (0.25 * (steps + (2 * stack))));
    }

    [Fact]
    public void A_row_group_holds_rows_of_one_shard_and_no_more_than_the_bound()
    {
        using TemporaryFolder folder = new();
        ObservationFormat format = new(ObservationType.Boolean, 1 << 16);
        MemoryReplay replay = MemoryReplay.Random(3, format, 1, 2, 70);
        string path = ParquetFiles.Write(folder, replay);

        using ParquetSharp.ParquetFileReader reader = new(path);
        List<long> rows = [];
        for (int index = 0; index < reader.FileMetaData.NumRowGroups; index++)
        {
            using ParquetSharp.RowGroupReader group = reader.RowGroup(index);
            rows.Add(group.MetaData.NumRows);
        }

        // 2²² components of 2¹⁶ each make 64 rows.
        Assert.Equal(replay.Shards.SelectMany(shard => Groups(shard.Description.Count)), rows);

        static IEnumerable<long> Groups(long count)
        {
            for (; count > 0; count -= 64)
            {
                yield return Math.Min(64, count);
            }
        }
    }
}
