namespace DqnAkka.Learner;

/// <summary>Reads a shard's file without changing it, for who exports or inspects it.</summary>
public sealed class ShardFileReader : IDisposable
{
    private readonly ShardMemory _memory;

    private ShardFileReader(ShardMemory memory, ShardSchema schema, ReplayRecovery recovery)
    {
        _memory = memory;
        Schema = schema;
        Dropped = recovery.Dropped;
        Damaged = recovery.Damaged;
    }

    /// <summary>What the file holds.</summary>
    public ShardSchema Schema { get; }

    /// <summary>The transitions that are whole.</summary>
    public ReplayBuffer Buffer => _memory.Buffer;

    /// <summary>The shard's incarnation.</summary>
    public long Incarnation => _memory.Incarnation;

    /// <summary>Agent decisions behind the inserts.</summary>
    public long EnvironmentSteps => _memory.EnvironmentSteps;

    /// <summary>Transitions sampled.</summary>
    public long Samples => _memory.Samples;

    /// <summary>Transitions that the file is said to hold and that are left out, damaged ones among them.</summary>
    public int Dropped { get; }

    /// <summary>Transitions that are not as they were written.</summary>
    public int Damaged { get; }

    /// <summary>Opens a file. As long as it is open no shard can go on with it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ReplayFileException">It is in use, damaged, or none of ours; one line.</exception>
    public static ShardFileReader Open(string path)
    {
        try
        {
            ShardFile file = ShardFile.TryOpen(path, isPrivate: true, out ShardFileState state, out string fault)
                ?? throw new ReplayFileException($"{path} {fault}") { IsInUse = state == ShardFileState.InUse };
            ShardMemory memory = ShardMemory.TryRecover(file, out ReplayRecovery recovery, out fault)
                ?? throw new ReplayFileException($"{path} {fault}");
            return new ShardFileReader(memory, file.Schema, recovery);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ReplayFileException($"{path} cannot be read ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')})", exception);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _memory.Dispose();
}
