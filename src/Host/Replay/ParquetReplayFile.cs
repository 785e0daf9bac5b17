using DqnAkka.Environments;
using Parquet;
using Parquet.Schema;

namespace DqnAkka.Host;

/// <summary>
/// An exported file, or one of another program with the same columns. Everything is read on the caller's thread, a row group at a time.
/// </summary>
internal sealed class ParquetReplayFile : IReplayContents
{
    private readonly string _path;
    private readonly ParquetReader _reader;
    private readonly ReplayMetadata? _metadata;

    private ParquetReplayFile(string path, ParquetReader reader, ReplayDescription? assumed)
    {
        _path = path;
        _reader = reader;
        if (ReplayMetadata.IsOurs(reader.CustomMetadata))
        {
            _metadata = ReplayMetadata.TryRead(reader.CustomMetadata, out ReplayMetadata? metadata, out string fault)
                ? metadata
                : throw new FormatException(fault);
        }

        Description = _metadata?.Description ?? assumed ?? Infer(reader);
        Shards = _metadata is null ? [new Shard(this, WholeFile(), 0, reader.RowGroupCount)] : Divide(_metadata);
        if (Shards.All(shard => shard.Description.Count == 0))
        {
            throw new FormatException("holds no transitions");
        }
    }

    /// <inheritdoc />
    public ReplayDescription Description { get; }

    /// <inheritdoc />
    public IReadOnlyList<IShardContents> Shards { get; }

    /// <inheritdoc />
    public MissingShards Missing => MissingShards.None;

    /// <summary>Whether this program wrote the file.</summary>
    public bool IsOurs => _metadata is not null;

    /// <summary>Transitions in the file.</summary>
    public long Count => Shards.Sum(shard => shard.Description.Count);

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="assumed">What the transitions of a file are that does not say so itself; without it their form is told from the columns.</param>
    /// <exception cref="UserErrorException">It is missing, empty, damaged, or none with such columns.</exception>
    public static ParquetReplayFile Open(string path, ReplayDescription? assumed = null)
    {
        if (Directory.Exists(path))
        {
            throw new UserErrorException($"{path} is a folder: give a Parquet file, as replay export writes it of a run's folder");
        }

        SynchronousStream? stream = null;
        try
        {
            stream = new SynchronousStream(File.OpenRead(path));
            // Complete when it returns, as the stream is.
            ParquetReader reader = ParquetReader.CreateAsync(stream, leaveStreamOpen: false).GetAwaiter().GetResult();
            return new ParquetReplayFile(path, reader, assumed);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException($"{path} does not exist: give a Parquet file, as replay export writes it");
        }
        // The library parses what anybody may have written, and fails in many ways at what it does not expect.
#pragma warning disable CA1031
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            stream?.Dispose();
            throw Unreadable(path, exception);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static UserErrorException Unreadable(string path, Exception exception) => new(exception switch
    {
        UserErrorException error => error.Message,
        FormatException => $"{path} {exception.Message}",
        UnauthorizedAccessException => $"{path} cannot be read: {exception.Message.ReplaceLineEndings(" ")}",
        _ => $"{path} is no Parquet file, or damaged ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}): give a file as replay export writes it",
    });

    private static ReplayDescription Infer(ParquetReader reader)
    {
        DataField field = ParquetColumns.Require(reader.Schema, ReplayColumns.Observations);
        ObservationType type = field.ClrType == typeof(byte) ? ObservationType.UInt8
            : field.ClrType == typeof(bool) ? ObservationType.Boolean
            : ObservationType.Float32;
        if (reader.RowGroupCount == 0)
        {
            throw new FormatException("holds no transitions");
        }

        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        return new ReplayDescription { Observation = new ObservationFormat(type, new ParquetColumns(group).Width(field)) };
    }

    private ShardDescription WholeFile()
    {
        long rows = 0;
        for (int index = 0; index < _reader.RowGroupCount; index++)
        {
            rows += Rows(index);
        }

        return new ShardDescription { Shard = 0, Count = rows, NextKey = rows, Bytes = new FileInfo(_path).Length };
    }

    private List<Shard> Divide(ReplayMetadata metadata)
    {
        List<Shard> shards = [];
        int next = 0;
        foreach (ShardDescription description in metadata.Shards)
        {
            int first = next;
            long rows = 0;
            while (rows < description.Count && next < _reader.RowGroupCount)
            {
                rows += Rows(next++);
            }

            if (rows != description.Count)
            {
                throw Changed();
            }

            shards.Add(new Shard(this, description, first, next));
        }

        return next == _reader.RowGroupCount && next == metadata.Digests.Count ? shards : throw Changed();
    }

    private static FormatException Changed() =>
        new("was damaged, or changed after it was exported: export it again, or drop its dqnakka.* metadata to import it as a file of another program");

    private long Rows(int index)
    {
        using ParquetRowGroupReader group = _reader.OpenRowGroupReader(index);
        return new ParquetColumns(group).Rows;
    }

    private StoredRowGroup Load(int index, long firstKey)
    {
        try
        {
            using ParquetRowGroupReader group = _reader.OpenRowGroupReader(index);
            StoredRowGroup rows = new(group, _reader.Schema, Description, firstKey);
            return _metadata is null || rows.Digest() == _metadata.Digests[index] ? rows : throw Changed();
        }
#pragma warning disable CA1031 // As in Open.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw Unreadable(_path, exception);
        }
    }

    private ReplayRows Take(StoredRowGroup group, int first, int count, TransitionAssembly assembly)
    {
        try
        {
            return group.Take(first, count, assembly);
        }
        catch (ArgumentException exception)
        {
            throw new UserErrorException($"{_path} holds something else than the environment's observations: {exception.Message}");
        }
    }

    private sealed class Shard(ParquetReplayFile file, ShardDescription description, int firstGroup, int endGroup) : IShardContents
    {
        public ShardDescription Description => description;

        public IEnumerable<ReplayRows> Read(int maxRows)
        {
            // Made when the columns have turned out to be of the size that the file claims, which may be any.
            TransitionAssembly? assembly = null;
            long firstKey = 0;
            for (int index = firstGroup; index < endGroup; index++)
            {
                StoredRowGroup group = file.Load(index, firstKey);
                assembly ??= new TransitionAssembly(file.Description.Observation, file.Description.NStep, maxRows);
                for (int first = 0; first < group.Count; first += maxRows)
                {
                    yield return file.Take(group, first, Math.Min(maxRows, group.Count - first), assembly);
                }

                firstKey += group.Count;
            }
        }
    }
}
