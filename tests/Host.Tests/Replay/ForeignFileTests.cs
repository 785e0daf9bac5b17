using DqnAkka.Environments;
using DqnAkka.Learner;
using DqnAkka.Tests;
using ParquetSharp;

namespace DqnAkka.Host.Tests;

/// <summary>Files that other programs wrote, with Apache's own writer.</summary>
public sealed class ForeignFileTests
{
    private static readonly double[][] Observations = [[0, 1.5], [2, 3], [4, 5]];
    private static readonly double[][] NextObservations = [[2, 3], [4, 5], [6, 7]];

    private static readonly ReplayDescription Expected = new()
    {
        Observation = new ObservationFormat(ObservationType.Float32, 2),
        Environment = "CartPole-v1",
        ActionCount = 3,
        Gamma = 0.9,
    };

    [Theory]
    [InlineData("observations", "actions", "rewards", "next_observations", "terminals", "timeouts")]
    [InlineData("observations", "actions", "rewards", "next_observations", "terminations", "truncations")]
    [InlineData("obs", "actions", "rewards", "new_obs", "terminateds", "truncateds")]
    public void Names_and_types_of_D4RL_Minari_and_RLlib_are_read(string observation, string action, string reward, string next, string terminal, string timeout)
    {
        using TemporaryFolder folder = new();
        string path = Write(
            folder,
            new Values<double[]>(observation, Observations),
            new Values<long>(action, [2, 0, 1]),
            new Values<double>(reward, [1, -0.5, 0.25]),
            new Values<double[]>(next, NextObservations),
            new Values<bool>(terminal, [false, true, false]),
            new Values<float>(timeout, [0, 0, 1]));

        using ParquetReplayFile file = ParquetReplayFile.Open(path, Expected);
        ReplayRows rows = Assert.Single(Assert.Single(file.Shards).Read(10));
        TransitionBatch batch = rows.Transitions;

        Assert.False(file.IsOurs);
        Assert.Equal([0f, 1.5f, 2, 3, 4, 5], Unpacked.Observations(batch));
        Assert.Equal([2f, 3, 4, 5, 6, 7], Unpacked.NextObservations(batch));
        Assert.Equal([2, 0, 1], batch.Actions);
        Assert.Equal([1f, -0.5f, 0.25f], batch.Returns);
        Assert.Equal([0.9f, 0, 0.9f], batch.Discounts);
        Assert.Equal([(byte)EpisodeEnd.None, (byte)EpisodeEnd.Terminated, (byte)EpisodeEnd.Truncated], batch.Ends);
        Assert.Equal([1.0, 1, 1], rows.Masses);
        Assert.Equal([0L, 1, 2], rows.Keys);
    }

    [Fact]
    public void Its_form_is_told_from_its_columns_where_nobody_says_it()
    {
        using TemporaryFolder folder = new();
        using ParquetReplayFile file = ParquetReplayFile.Open(Write(folder, [.. Common(), new Values<double[]>("next_observations", NextObservations)]));

        Assert.Equal(new ObservationFormat(ObservationType.Float32, 2), file.Description.Observation);
        Assert.Equal(3, file.Count);
    }

    [Fact]
    public void A_missing_column_is_named_with_its_other_names() => AssertRefused(
        "has no column 'next_observations' (nor one called next_observation, next_obs, new_obs)", [.. Common()]);

    [Fact]
    public void Rows_of_another_length_are_refused() => AssertRefused(
        "has rows of the column 'next_observations' without 2 numbers",
        [.. Common(), new Values<double[]>("next_observations", [[1, 2], [3], [4, 5, 6]])]);

    [Fact]
    public void Null_is_no_number() => AssertRefused(
        "has rows of the column 'next_observations' without 2 numbers",
        [.. Common(), new Values<double?[]>("next_observations", [[1, 2], [3, null], [4, 5]])]);

    [Fact]
    public void Text_is_no_number() => AssertRefused(
        "has no numbers in the column 'next_observations'",
        [.. Common(), new Values<string[]>("next_observations", [["a", "b"], ["c", "d"], ["e", "f"]])]);

    [Fact]
    public void A_continuous_action_is_none() => AssertRefused(
        "has 0.5 in the column 'actions', where an Int32 is expected",
        [
            .. Common().Where(column => column.Name != "actions"),
            new Values<float>("actions", [0.5f, 0, 1]),
            new Values<double[]>("next_observations", NextObservations),
        ]);

    [Fact]
    public void A_component_that_the_environment_does_not_know_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, [.. Common(), new Values<double[]>("next_observations", NextObservations)]);
        using ParquetReplayFile file = ParquetReplayFile.Open(path, Expected with { Observation = new ObservationFormat(ObservationType.UInt8, 2) });

        UserErrorException error = Assert.Throws<UserErrorException>(() => file.Shards[0].Read(10).ToArray());

        Assert.Equal(
            $"{path} holds something else than the environment's observations: component 1 of an observation is 1.5, where the space promises an integer from 0 to 255",
            error.Message);
    }

    private static void AssertRefused(string fault, IColumn[] columns)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, columns);
        using ParquetReplayFile file = ParquetReplayFile.Open(path, Expected);

        UserErrorException error = Assert.Throws<UserErrorException>(() => file.Shards[0].Read(10).ToArray());

        Assert.StartsWith($"{path} {fault}", error.Message, StringComparison.Ordinal);
    }

    private static IColumn[] Common() =>
    [
        new Values<double[]>("observations", Observations),
        new Values<long>("actions", [2, 0, 1]),
        new Values<double>("rewards", [1, -0.5, 0.25]),
        new Values<bool>("terminals", [false, true, false]),
    ];

    private static string Write(TemporaryFolder folder, params IColumn[] columns)
    {
        string path = folder.Sub("foreign.parquet");
        using ParquetFileWriter writer = new(path, [.. columns.Select(column => column.Declare())]);
        using (RowGroupWriter group = writer.AppendRowGroup())
        {
            Array.ForEach(columns, column => column.Write(group));
        }

        writer.Close();
        return path;
    }

    private interface IColumn
    {
        string Name { get; }

        Column Declare();

        void Write(RowGroupWriter group);
    }

    private sealed record Values<T>(string Name, T[] Rows) : IColumn
    {
        public Column Declare() => new Column<T>(Name);

        public void Write(RowGroupWriter group)
        {
            using LogicalColumnWriter<T> writer = group.NextColumn().LogicalWriter<T>();
            writer.WriteBatch(Rows);
        }
    }
}
