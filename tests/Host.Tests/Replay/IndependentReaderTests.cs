using DqnAkka.Environments;
using DqnAkka.Learner;
using DqnAkka.Tests;
using ParquetSharp;

namespace DqnAkka.Host.Tests;

/// <summary>What Apache's own implementation finds in our files: what docs/replay-files.md promises.</summary>
public sealed class IndependentReaderTests
{
    [Theory]
    [InlineData(1, "observations.list.element,actions,rewards,n_step_returns,discounts,next_observations.list.element,terminations,truncations,priorities,keys,ages,shards")]
    [InlineData(3, "observations.list.element,actions,n_step_returns,discounts,next_observations.list.element,terminations,truncations,priorities,keys,ages,shards")]
    public void The_columns_have_the_documented_names_types_and_values(int steps, string names)
    {
        using TemporaryFolder folder = new();
        MemoryReplay replay = MemoryReplay.Random(11, new ObservationFormat(ObservationType.Float32, 4), steps, 1, 40);
        MemoryShard shard = (MemoryShard)replay.Shards[0];
        TransitionBatch batch = shard.Rows.Transitions;
        using ParquetFileReader file = new(ParquetFiles.Write(folder, replay));
        using RowGroupReader group = file.RowGroup(0);

        Assert.Equal(1, file.FileMetaData.NumRowGroups);
        Assert.Equal(names.Split(','), Enumerable.Range(0, group.MetaData.NumColumns).Select(column => file.FileMetaData.Schema.Column(column).Path.ToDotString()));
        Assert.Equal(Unpacked.Observations(batch), Read<float[]>("observations").SelectMany(row => row));
        Assert.Equal(Unpacked.NextObservations(batch), Read<float[]>("next_observations").SelectMany(row => row));
        Assert.Equal(batch.Actions, Read<int>("actions"));
        Assert.Equal(batch.Returns, Read<float>("n_step_returns"));
        Assert.Equal(batch.Discounts, Read<float>("discounts"));
        Assert.Equal(batch.Ends.Select(end => (end & (byte)EpisodeEnd.Terminated) != 0), Read<bool>("terminations"));
        Assert.Equal(batch.Ends.Select(end => (end & (byte)EpisodeEnd.Truncated) != 0), Read<bool>("truncations"));
        Assert.Equal(shard.Rows.Masses, Read<double>("priorities"));
        Assert.Equal(shard.Rows.Keys, Read<long>("keys"));
        Assert.Equal(shard.Rows.Keys.Select(key => shard.Description.NextKey - 1 - key), Read<long>("ages"));
        Assert.All(Read<int>("shards"), index => Assert.Equal(0, index));
        if (steps == 1)
        {
            Assert.Equal(batch.Returns, Read<float>("rewards"));
        }

        T[] Read<T>(string name)
        {
            int column = Array.FindIndex(names.Split(','), path => path.Split('.')[0] == name);
            using LogicalColumnReader<T> reader = group.Column(column).LogicalReader<T>();
            return reader.ReadAll(batch.Count);
        }
    }

    [Theory]
    [InlineData(ObservationType.UInt8)]
    [InlineData(ObservationType.Boolean)]
    public void Integers_and_booleans_are_lists_of_unsigned_bytes(ObservationType type)
    {
        using TemporaryFolder folder = new();
        MemoryReplay replay = MemoryReplay.Random(12, new ObservationFormat(type, 20, 2), 1, 1, 30);
        TransitionBatch batch = ((MemoryShard)replay.Shards[0]).Rows.Transitions;
        using ParquetFileReader file = new(ParquetFiles.Write(folder, replay));
        using RowGroupReader group = file.RowGroup(0);
        using LogicalColumnReader<byte[]> reader = group.Column(0).LogicalReader<byte[]>();

        Assert.Equal(Unpacked.Observations(batch), reader.ReadAll(batch.Count).SelectMany(row => row).Select(component => (float)component));
    }

    [Fact]
    public void The_metadata_says_what_the_transitions_are()
    {
        using TemporaryFolder folder = new();
        using ParquetFileReader file = new(ParquetFiles.Write(folder, MemoryReplay.Random(13, new ObservationFormat(ObservationType.UInt8, 20, 2), 3, 2, 30)));
        IReadOnlyDictionary<string, string> metadata = file.FileMetaData.KeyValueMetadata;

        (string Key, string Value)[] expected =
        [
            ("schema", "1"), ("version", "0.1.0"), ("environment", "CartPole-v1"), ("observation-type", "uint8"), ("observation-size", "20"),
            ("observation-stack", "2"), ("action-count", "3"), ("gamma", "0.97"), ("n-step", "3"), ("prioritized", "true"), ("alpha", "0.6"),
            ("priority-epsilon", "1E-06"), ("algorithm", "double-dqn"), ("seed", "18446744073709551615"), ("steps", "12345"),
        ];
        Assert.All(expected, entry => Assert.Equal(entry.Value, metadata[$"dqnakka.{entry.Key}"]));
        Assert.StartsWith("[{\"shard\":0,\"count\":", metadata["dqnakka.shards"], StringComparison.Ordinal);
    }
}
