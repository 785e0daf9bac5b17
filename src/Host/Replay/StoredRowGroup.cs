using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using DqnAkka.Environments;
using DqnAkka.Learner;
using Parquet;
using Parquet.Schema;

namespace DqnAkka.Host;

/// <summary>One row group of a file, read.</summary>
internal sealed class StoredRowGroup
{
    private readonly ObservationColumn _observations;
    private readonly ObservationColumn _nextObservations;
    private readonly int[] _actions;
    private readonly float[] _returns;
    private readonly float[] _discounts;
    private readonly bool[] _terminations;
    private readonly bool[] _truncations;
    private readonly double[] _masses;
    private readonly long[] _keys;

    /// <summary>Reads a row group. What a file of others lacks is filled in: no truncations, the discount γ, the mass 1, keys that count rows.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="schema">The file's columns.</param>
    /// <param name="description">What the transitions are.</param>
    /// <param name="firstKey">The first row's number.</param>
    /// <exception cref="FormatException">A column is missing, or a value is none that it should be.</exception>
    public StoredRowGroup(ParquetRowGroupReader group, ParquetSchema schema, ReplayDescription description, long firstKey)
    {
        ParquetColumns columns = new(group);
        Count = columns.Rows;
        _observations = columns.ReadObservations(ParquetColumns.Require(schema, ReplayColumns.Observations), description.Observation);
        _nextObservations = columns.ReadObservations(ParquetColumns.Require(schema, ReplayColumns.NextObservations), description.Observation);
        _actions = columns.Read<int>(ParquetColumns.Require(schema, ReplayColumns.Actions));
        _returns = columns.Read<float>(ParquetColumns.Require(schema, ReplayColumns.Returns));
        _terminations = columns.ReadFlags(ParquetColumns.Require(schema, ReplayColumns.Terminations));
        _truncations = ParquetColumns.Find(schema, ReplayColumns.Truncations) is { } truncations ? columns.ReadFlags(truncations) : new bool[Count];
        _discounts = ParquetColumns.Find(schema, ReplayColumns.Discounts) is { } discounts
            ? columns.Read<float>(discounts)
            : Array.ConvertAll(_terminations, isTerminal => isTerminal ? 0 : (float)description.Gamma);
        _masses = ParquetColumns.Find(schema, ReplayColumns.Priorities) is { } masses ? columns.Read<double>(masses) : Filled(Count, 1);
        _keys = ParquetColumns.Find(schema, ReplayColumns.Keys) is { } keys ? columns.Read<long>(keys) : Numbers(Count, firstKey);
    }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>The checksum that <see cref="RowGroupColumns.Digest"/> gives for the same rows.</summary>
    public string Digest()
    {
        XxHash64 digest = new();
        digest.Append(_observations.Bytes);
        digest.Append(MemoryMarshal.AsBytes<int>(_actions));
        digest.Append(MemoryMarshal.AsBytes<float>(_returns));
        digest.Append(MemoryMarshal.AsBytes<float>(_discounts));
        digest.Append(_nextObservations.Bytes);
        digest.Append(MemoryMarshal.AsBytes<bool>(_terminations));
        digest.Append(MemoryMarshal.AsBytes<bool>(_truncations));
        digest.Append(MemoryMarshal.AsBytes<double>(_masses));
        digest.Append(MemoryMarshal.AsBytes<long>(_keys));
        return digest.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Some rows as transitions.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="assembly">Makes the batch.</param>
    /// <exception cref="ArgumentException">A component of an observation is no value of its type.</exception>
    public ReplayRows Take(int first, int count, TransitionAssembly assembly)
    {
        for (int row = first; row < first + count; row++)
        {
            EpisodeEnd end = (_terminations[row] ? EpisodeEnd.Terminated : EpisodeEnd.None) | (_truncations[row] ? EpisodeEnd.Truncated : EpisodeEnd.None);
            _observations.Pack(row, assembly.Observation);
            _nextObservations.Pack(row, assembly.NextObservation);
            assembly.Add(_actions[row], _returns[row], _discounts[row], end);
        }

        return new ReplayRows(assembly.Build(), _masses[first..(first + count)], _keys[first..(first + count)]);
    }

    private static double[] Filled(int count, double value)
    {
        double[] values = new double[count];
        Array.Fill(values, value);
        return values;
    }

    private static long[] Numbers(int count, long first)
    {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = first + i;
        }

        return numbers;
    }
}
