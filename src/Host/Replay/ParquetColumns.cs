using System.Numerics;
using DqnAkka.Environments;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace DqnAkka.Host;

/// <summary>Reads whole columns of one row group, and converts what others write: wider integers, float64, numbers that may be null and are not.</summary>
/// <param name="group">The row group.</param>
internal sealed class ParquetColumns(ParquetRowGroupReader group)
{
    // Larger ones are hardly what anybody wanted to write, and a damaged footer must not make us reserve them.
    private const long LargestColumn = 1 << 28;

    /// <summary>Rows of the group.</summary>
    /// <exception cref="FormatException">There are more than can be read.</exception>
    public int Rows { get; } = group.RowCount is >= 0 and <= LargestColumn
        ? (int)group.RowCount
        : throw new FormatException($"has a row group of {group.RowCount} rows, more than the {LargestColumn} that can be read: write smaller row groups");

    /// <summary>The field of a column, under any of its names.</summary>
    /// <returns>The field, or null where there is none.</returns>
    public static DataField? Find(ParquetSchema schema, string column)
    {
        foreach (string name in ReplayColumns.Names(column))
        {
            DataField[] fields = Array.FindAll(schema.DataFields, field => field.Path.FirstPart == name);
            if (fields.Length == 1)
            {
                return fields[0];
            }
        }

        return null;
    }

    /// <summary>The field of a column that must be there.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static DataField Require(ParquetSchema schema, string column) => Find(schema, column)
        ?? throw new FormatException($"has no column '{column}' (nor one called {string.Join(", ", ReplayColumns.Names(column).Skip(1))}): docs/replay-files.md lists the columns");

    /// <summary>Numbers in each row, going by how many there are in all.</summary>
    /// <exception cref="FormatException">Rows differ.</exception>
    public int Width(DataField field)
    {
        long values = Values(field);
        return Rows > 0 && values > 0 && values % Rows == 0 ? (int)(values / Rows) : throw Uneven(field, "one number or more, and as many in every row");
    }

    /// <summary>Reads a column of numbers.</summary>
    /// <param name="field">The column.</param>
    /// <param name="width">Numbers in each row.</param>
    /// <returns>The numbers, [Rows × width].</returns>
    /// <exception cref="FormatException">A row has another number of them, or one is null or no <typeparamref name="T"/>.</exception>
    public T[] Read<T>(DataField field, int width = 1)
        where T : struct, INumberBase<T>
    {
        using RawColumnData data = Load(field, width);
        return data switch
        {
            RawColumnData<T> same => same.Values.ToArray(),
            RawColumnData<bool> booleans => Array.ConvertAll(booleans.Values.ToArray(), value => value ? T.One : T.Zero),
            RawColumnData<float> numbers => Convert<float, T>(field, numbers.Values),
            RawColumnData<double> numbers => Convert<double, T>(field, numbers.Values),
            RawColumnData<byte> numbers => Convert<byte, T>(field, numbers.Values),
            RawColumnData<sbyte> numbers => Convert<sbyte, T>(field, numbers.Values),
            RawColumnData<short> numbers => Convert<short, T>(field, numbers.Values),
            RawColumnData<ushort> numbers => Convert<ushort, T>(field, numbers.Values),
            RawColumnData<int> numbers => Convert<int, T>(field, numbers.Values),
            RawColumnData<uint> numbers => Convert<uint, T>(field, numbers.Values),
            RawColumnData<long> numbers => Convert<long, T>(field, numbers.Values),
            RawColumnData<ulong> numbers => Convert<ulong, T>(field, numbers.Values),
            _ => throw new FormatException($"has no numbers in the column '{Name(field)}' but {field.ClrType.Name}"),
        };
    }

    /// <summary>Reads a column of flags: booleans, or numbers 0 and 1.</summary>
    /// <exception cref="FormatException">A value is none.</exception>
    public bool[] ReadFlags(DataField field)
    {
        using (RawColumnData data = Load(field, 1))
        {
            if (data is RawColumnData<bool> flags)
            {
                return flags.Values.ToArray();
            }
        }

        float[] numbers = Read<float>(field);
        int wrong = Array.FindIndex(numbers, number => number is not (0 or 1));
        return wrong < 0 ? Array.ConvertAll(numbers, number => number == 1) : throw NoValue(field, numbers[wrong], "true, false, 1 or 0");
    }

    /// <summary>Reads observations.</summary>
    /// <param name="field">The column.</param>
    /// <param name="format">The form that they are to have.</param>
    /// <exception cref="FormatException">A row has another number of components, or one is no number.</exception>
    public ObservationColumn ReadObservations(DataField field, ObservationFormat format) => field.ClrType == typeof(byte)
        ? new ObservationColumn(format, Read<byte>(field, format.Size), [])
        : new ObservationColumn(format, [], Read<float>(field, format.Size));

    private static TTarget[] Convert<TSource, TTarget>(DataField field, ReadOnlySpan<TSource> values)
        where TSource : struct, INumberBase<TSource>
        where TTarget : struct, INumberBase<TTarget>
    {
        bool mayRound = TTarget.CreateTruncating(0.5) != TTarget.Zero;
        TTarget[] converted = new TTarget[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            converted[i] = TTarget.CreateSaturating(values[i]);
            if (!mayRound && TSource.CreateSaturating(converted[i]) != values[i])
            {
                throw NoValue(field, values[i], $"an {typeof(TTarget).Name}");
            }
        }

        return converted;
    }

    private static FormatException NoValue<T>(DataField field, T value, string expected) =>
        new(FormattableString.Invariant($"has {value} in the column '{Name(field)}', where {expected} is expected"));

    private static FormatException Uneven(DataField field, string expected) => new($"has rows of the column '{Name(field)}' without {expected}");

    private static string Name(DataField field) => field.Path.FirstPart!;

    private RawColumnData Load(DataField field, int width)
    {
        string expected = width == 1 ? "one number" : $"{width} numbers";
        if (Values(field) != (long)Rows * width)
        {
            throw Uneven(field, expected);
        }

        RawColumnData data = group.ReadRawColumnDataBaseAsync(field, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        bool isFull = field.MaxDefinitionLevel == 0 || !data.DefinitionLevels.ContainsAnyExcept(field.MaxDefinitionLevel);
        if (!isFull || (field.MaxRepetitionLevel > 0 && !StartsEvery(data.RepetitionLevels, width)))
        {
            data.Dispose();
            throw Uneven(field, expected);
        }

        return data;
    }

    private long Values(DataField field)
    {
        long values = group.GetMetadata(field)?.MetaData?.NumValues ?? 0;
        return values is >= 0 and <= LargestColumn
            ? values
            : throw new FormatException($"has {values} numbers in the column '{Name(field)}' of one row group, more than the {LargestColumn} that can be read: write smaller row groups");
    }

    /// <summary>Whether a row, which has repetition level 0, begins at every multiple of <paramref name="width"/> and nowhere else.</summary>
    private static bool StartsEvery(ReadOnlySpan<int> levels, int width)
    {
        for (int i = 0; i < levels.Length; i++)
        {
            if (levels[i] == 0 != (i % width == 0))
            {
                return false;
            }
        }

        return true;
    }
}
