using DqnAkka.Environments;

namespace DqnAkka.Host.Tests;

public sealed class ParquetDamageTests
{
    private static readonly ObservationFormat Format = new(ObservationType.UInt8, 90, 3);

    [Fact]
    public void A_byte_changed_anywhere_is_either_refused_in_one_line_or_changes_nothing()
    {
        using TemporaryFolder folder = new();
        MemoryReplay replay = MemoryReplay.Random(21, Format, 2, 2, 60);
        string path = ParquetFiles.Write(folder, replay);
        byte[] whole = File.ReadAllBytes(path);
        RandomSource random = new(22, 0);
        int refused = 0;
        for (int attempt = 0; attempt < 1_500; attempt++)
        {
            byte[] damaged = [.. whole];
            // Half of them in the footer, where every byte says how others are to be read.
            int position = attempt % 2 == 0 ? random.NextInt(whole.Length) : whole.Length - 1 - random.NextInt(2_000);
            damaged[position] ^= (byte)(1 + random.NextInt(255));
            File.WriteAllBytes(path, damaged);
            refused += IsRefused(path, replay) ? 1 : 0;
        }

        Assert.InRange(refused, 500, 1_500);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using TemporaryFolder folder = new();
        MemoryReplay replay = MemoryReplay.Random(23, Format, 1, 1, 40);
        string path = ParquetFiles.Write(folder, replay);
        byte[] whole = File.ReadAllBytes(path);
        RandomSource random = new(24, 0);
        for (int attempt = 0; attempt < 200; attempt++)
        {
            File.WriteAllBytes(path, whole[..random.NextInt(whole.Length)]);
            Assert.True(IsRefused(path, replay));
        }
    }

    [Fact]
    public void A_file_that_another_program_changed_says_so()
    {
        using TemporaryFolder folder = new();
        using ParquetSharp.ParquetFileReader reader = new(ParquetFiles.Write(folder, MemoryReplay.Random(25, new ObservationFormat(ObservationType.Float32, 4), 1, 1, 40)));
        string path = folder.Sub("changed.parquet");
        using (ParquetSharp.ParquetFileWriter writer = new(
            path, [new ParquetSharp.Column<int>("actions")], keyValueMetadata: reader.FileMetaData.KeyValueMetadata))
        {
            using (ParquetSharp.RowGroupWriter group = writer.AppendRowGroup())
            {
                using ParquetSharp.LogicalColumnWriter<int> column = group.NextColumn().LogicalWriter<int>();
                column.WriteBatch([1, 2]);
            }

            writer.Close();
        }

        UserErrorException error = Assert.Throws<UserErrorException>(() => ParquetReplayFile.Open(path));

        Assert.Equal(
            $"{path} was damaged, or changed after it was exported: export it again, or drop its dqnakka.* metadata to import it as a file of another program",
            error.Message);
    }

    [Theory]
    [InlineData("observation-size", "2000000000", "has rows of the column 'observations' without 2000000000 numbers")]
    [InlineData("observation-size", "91", "has damaged metadata: export it again")]
    [InlineData("observation-size", "90000000000", "has damaged metadata: export it again")]
    [InlineData("n-step", "2000000000", "has damaged metadata: export it again")]
    public async Task Metadata_that_claims_what_the_columns_are_not_is_refused_in_one_line(string name, string value, string words)
    {
        using TemporaryFolder folder = new();
        string path = ParquetFiles.Write(folder, MemoryReplay.Random(26, new ObservationFormat(ObservationType.UInt8, 90, 2), 1, 1, 40));
        await ParquetFiles.ChangeMetadataAsync(path, $"dqnakka.{name}", value);

        UserErrorException error = Assert.Throws<UserErrorException>(() =>
        {
            using ParquetReplayFile file = ParquetReplayFile.Open(path);
            return file.Shards.Sum(shard => shard.Read(100).Count());
        });

        Assert.Equal($"{path} {words}", error.Message);
    }

    private static bool IsRefused(string path, MemoryReplay replay)
    {
        try
        {
            using ParquetReplayFile file = ParquetReplayFile.Open(path);
            foreach ((IShardContents expected, IShardContents actual) in replay.Shards.Zip(file.Shards))
            {
                ReplayRows[] parts = [.. actual.Read(1_000)];
                if (file.IsOurs && file.Description.Observation == Format)
                {
                    ParquetFiles.AssertSame(((MemoryShard)expected).Rows, parts);
                }
            }

            return false;
        }
        catch (UserErrorException error)
        {
            Assert.StartsWith(path, Assert.Single(error.Lines), StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
            return true;
        }
    }
}
