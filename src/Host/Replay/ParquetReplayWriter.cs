using System.IO.Compression;
using DqnAkka.Environments;
using Parquet;
using Parquet.Schema;

namespace DqnAkka.Host;

/// <summary>Writes what a replay holds as one Apache Parquet file, a row group at a time; a row group holds rows of one shard.</summary>
internal sealed class ParquetReplayWriter
{
    // Of either: enough for a reader to work in large pieces, little enough for both sides to hold several of them.
    private const int ComponentsPerGroup = 1 << 22;
    private const int RowsPerGroup = 1 << 16;

    // Zstandard's next level takes a hundred times as long for a tenth less.
    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Fastest };

    private readonly ReplayDescription _description;
    private readonly ParquetSchema _schema;
    private readonly RowGroupColumns _columns;
    private readonly int _maxRows;
    private readonly int[] _definitions;
    private readonly int[] _repetitions;

    private ParquetReplayWriter(ReplayDescription description)
    {
        _description = description;
        _schema = ReplayColumns.Schema(description);
        _maxRows = Math.Clamp(ComponentsPerGroup / description.Observation.Size, 1, RowsPerGroup);
        _columns = new RowGroupColumns(description.Observation, _maxRows);
        // Nothing is null, and each list has D elements: its first begins a row, the others go on with it.
        _definitions = new int[_maxRows * description.Observation.Size];
        Array.Fill(_definitions, _schema.DataFields[0].MaxDefinitionLevel);
        _repetitions = new int[_definitions.Length];
        for (int i = 0; i < _repetitions.Length; i++)
        {
            _repetitions[i] = i % description.Observation.Size == 0 ? 0 : 1;
        }
    }

    /// <summary>Writes a file.</summary>
    /// <param name="contents">What it is to hold.</param>
    /// <param name="output">Where it goes; left open.</param>
    /// <param name="stop">Cancelled when the user gives up.</param>
    /// <returns>Transitions written.</returns>
    /// <exception cref="UserErrorException">The contents cannot be read.</exception>
    /// <exception cref="IOException">The output does not take it.</exception>
    public static async Task<long> WriteAsync(IReplayContents contents, Stream output, CancellationToken stop) =>
        await new ParquetReplayWriter(contents.Description).WriteAllAsync(contents, output, stop).ConfigureAwait(false);

    private async Task<long> WriteAllAsync(IReplayContents contents, Stream output, CancellationToken stop)
    {
        List<string> digests = [];
        List<ShardDescription> shards = [];
        ParquetWriter writer = await ParquetWriter.CreateAsync(_schema, output, Options, cancellationToken: stop).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            foreach (IShardContents shard in contents.Shards)
            {
                long count = 0;
                foreach (ReplayRows rows in shard.Read(_maxRows))
                {
                    stop.ThrowIfCancellationRequested();
                    _columns.Fill(rows, shard.Description);
                    using ParquetRowGroupWriter group = writer.CreateRowGroup();
                    await WriteAsync(group, stop).ConfigureAwait(false);
                    group.CompleteValidate();
                    digests.Add(_columns.Digest());
                    count += _columns.Count;
                }

                shards.Add(shard.Description with { Count = count });
            }

            // Written with the footer, when the writer is disposed of.
            writer.CustomMetadata = new ReplayMetadata(_description, shards, digests).Write();
        }

        return shards.Sum(shard => shard.Count);
    }

    private async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken stop)
    {
        bool isFloat = _description.Observation.Type == ObservationType.Float32;
        foreach (DataField field in _schema.DataFields)
        {
            await (field.Path.FirstPart switch
            {
                ReplayColumns.Observations => isFloat ? WriteList(_columns.Floats.Observations) : WriteList(_columns.Integers.Observations),
                ReplayColumns.NextObservations => isFloat ? WriteList(_columns.Floats.NextObservations) : WriteList(_columns.Integers.NextObservations),
                ReplayColumns.Actions => Write(_columns.Actions),
                ReplayColumns.Rewards or ReplayColumns.Returns => Write(_columns.Returns),
                ReplayColumns.Discounts => Write(_columns.Discounts),
                ReplayColumns.Terminations => Write(_columns.Terminations),
                ReplayColumns.Truncations => Write(_columns.Truncations),
                ReplayColumns.Priorities => Write(_columns.Masses),
                ReplayColumns.Keys => Write(_columns.Keys),
                ReplayColumns.Ages => Write(_columns.Ages),
                _ => Write(_columns.Shards),
            }).ConfigureAwait(false);

            Task Write<T>(T[] column)
                where T : struct => group.WriteAllPartsAsync<T>(field, column.AsMemory(0, _columns.Count), null, null, stop);

            Task WriteList<T>(T[] column)
                where T : struct
            {
                int components = _columns.Count * _description.Observation.Size;
                return group.WriteAllPartsAsync<T>(
                    field, column.AsMemory(0, components), _definitions.AsMemory(0, components), _repetitions.AsMemory(0, components), stop);
            }
        }
    }
}
