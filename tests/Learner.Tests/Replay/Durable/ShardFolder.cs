using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>A run's folder with one shard's file, and what makes the shard.</summary>
internal sealed class ShardFolder : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private long _incarnation = 100;

    /// <summary>The run's folder.</summary>
    public string Root => _directory.Path;

    /// <summary>The shards' folder in it.</summary>
    public string Files => Path.Combine(Root, ShardFiles.FolderName);

    public static ShardSchema Schema(
        ObservationFormat? format = null, int capacity = 64, bool prioritized = true, string environment = "Numbered-v0", double alpha = 0.6, int fragment = 8) => ShardSchema.Of(
        environment,
        format ?? new ObservationFormat(ObservationType.Float32, 4),
        5,
        capacity,
        new ReplayOptions { Prioritized = prioritized, Alpha = alpha },
        0.99,
        new StreamShape(fragment, 1, 1));

    public ShardOpening Open(ShardSchema schema, Func<string, long, MappedFile>? create = null) =>
        new ShardOpener(Root, 3, schema, () => ++_incarnation, create ?? MappedFile.Create).Open();

    /// <summary>Makes a shard with some transitions and closes it.</summary>
    /// <returns>Its file.</returns>
    public string Fill(ShardSchema schema, int count, int batch = 8)
    {
        using ShardMemory memory = Open(schema).Memory;
        Append(memory, schema, count, batch);
        return memory.Path;
    }

    /// <summary>Appends the transitions that follow those inserted so far, each batch as the next fragment of runner 2.</summary>
    public static void Append(ShardMemory memory, ShardSchema schema, int count, int batch = 8)
    {
        NumberedStream stream = new(schema.Format);
        for (int done = 0; done < count; done += batch)
        {
            long first = memory.Buffer.Inserts;
            memory.Append(
                stream.Batch(first, Math.Min(batch, count - done), schema.Options.Prioritized), 2 * batch, new FragmentPosition(2, 7, (first / batch) + 1));
        }
    }

    public string[] Names() => [.. Directory.GetFiles(Files).Select(path => Path.GetFileName(path)).Order()];

    public void Dispose() => _directory.Dispose();
}
