namespace DqnAkka.Learner;

/// <summary>
/// One shard's file: a page with the schema, two commit records, the runners' positions, and the region of the buffer. What was committed
/// is there after the process was killed at any moment; nothing else is.
/// </summary>
internal sealed unsafe class ShardFile : IDisposable
{
    private const int CommitOffset = ShardHeader.Bytes;
    private const int PositionOffset = CommitOffset + CommitLog.Bytes;
    private const int RegionOffset = PositionOffset + PositionTable.Bytes;
    private readonly MappedFile _file;
    private readonly CommitLog _commits;
    private readonly PositionTable _positions;

    private ShardFile(string path, MappedFile file, ShardSchema schema)
    {
        Path = path;
        Schema = schema;
        _file = file;
        _commits = new CommitLog(file.Start + CommitOffset);
        _positions = new PositionTable(file.Start + PositionOffset);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public ShardSchema Schema { get; }

    /// <summary>Bytes of a file whose buffer has a region of that size.</summary>
    public static long LengthFor(long regionBytes) => RegionOffset + regionBytes;

    /// <summary>Makes a file with all its blocks.</summary>
    /// <param name="path">The file; there is none yet.</param>
    /// <param name="schema">What it will hold.</param>
    /// <param name="create">Makes a file of a length.</param>
    /// <exception cref="IOException">There is no room, or a file.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static ShardFile Create(string path, ShardSchema schema, Func<string, long, MappedFile> create)
    {
        MappedFile file = create(path, LengthFor(schema.Plan.RegionBytes));
        ShardHeader.Write(file.Start, schema, ShardOf(path), file.Length);
        return new ShardFile(path, file, schema);
    }

    /// <summary>Opens a file whose header and commit are whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isPrivate">Whether what is written stays in this process alone.</param>
    /// <param name="state">What became of it.</param>
    /// <param name="fault">What is wrong with a bad file, in words that complete "it …".</param>
    /// <returns>The file, or null.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ShardFile? TryOpen(string path, bool isPrivate, out ShardFileState state, out string fault)
    {
        MappedFile? file = MappedFile.TryOpen(path, isPrivate, least: RegionOffset + 1, out long length);
        ShardFile? opened = null;
        if (file is null)
        {
            fault = length < 0 ? "is in use by another process" : "is too short for a file of a replay shard";
        }
        else if (ShardHeader.Read(file.Start, ShardOf(path), file.Length, out fault) is { } schema)
        {
            opened = new ShardFile(path, file, schema);
            fault = opened._commits.TryRead(out _) ? "" : "has no commit record that is whole";
        }

        if (fault.Length == 0)
        {
            state = ShardFileState.Open;
            return opened;
        }

        file?.Dispose();
        state = length < 0 ? ShardFileState.InUse : File.Exists(ShardFiles.MarkOf(path)) ? ShardFileState.Unfinished : ShardFileState.Bad;
        fault = state == ShardFileState.Unfinished ? "was never finished, and holds nothing" : fault;
        return null;
    }

    private static int ShardOf(string path) => ShardFiles.ParseName(path)?.Shard ?? ShardHeader.AnyShard;

    /// <summary>Makes the buffer that lies in the file; where that is not new, it is to be recovered.</summary>
    public ReplayBuffer MakeBuffer() =>
        new(Schema.Plan, Schema.Options, Schema.Shape, new MappedRegion(_file, RegionOffset), offset: 0, hasChecksums: true);

    /// <summary>The newest commit.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public ShardCommit ReadCommit() =>
        _commits.TryRead(out ShardCommit commit) ? commit : throw new InvalidOperationException($"nothing was committed to {Path} yet");

    /// <summary>Makes a state of the shard, and what was written for it, part of the file in one step.</summary>
    public void Commit(in ShardCommit commit)
    {
        _commits.Write(commit);
        _positions.Write(commit.Position);
    }

    /// <summary>Writes positions of another file, before the first commit.</summary>
    public void Keep(IReadOnlyList<FragmentPosition> positions)
    {
        foreach (FragmentPosition position in positions)
        {
            _positions.Write(position);
        }
    }

    /// <summary>The runners' positions.</summary>
    public IReadOnlyList<FragmentPosition> ReadPositions()
    {
        // A crash may have come between the commit and its entry.
        _positions.Write(ReadCommit().Position);
        return _positions.Read();
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private sealed class MappedRegion(MappedFile file, long offset) : MemoryRegion(file.Start + offset, file.Length - offset)
    {
        protected override void Dispose(bool isDisposing)
        {
            // The memory is the file's.
        }
    }
}

/// <summary>What became of a file that was to be opened.</summary>
internal enum ShardFileState
{
    /// <summary>It is open.</summary>
    Open,

    /// <summary>Another process has it.</summary>
    InUse,

    /// <summary>The process that made it ended before it held anything.</summary>
    Unfinished,

    /// <summary>It is damaged or none of ours.</summary>
    Bad,
}
