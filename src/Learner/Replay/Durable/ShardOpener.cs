using System.Globalization;

namespace DqnAkka.Learner;

/// <summary>Finds what is left of one shard in a folder and goes on with it, or begins a new file. Used once.</summary>
/// <param name="runDirectory">The run's folder.</param>
/// <param name="shard">The shard's index.</param>
/// <param name="schema">What it is to hold.</param>
/// <param name="nextIncarnation">Gives a new incarnation.</param>
/// <param name="create">Makes a file of a length.</param>
internal sealed class ShardOpener(
    string runDirectory, int shard, ShardSchema schema, Func<long> nextIncarnation, Func<string, long, MappedFile> create)
{
    private const double Gigabyte = 1e9;
    private readonly string _folder = Path.Combine(runDirectory, ShardFiles.FolderName);
    private readonly List<string> _notes = [];
    private bool _isLoss;

    /// <summary>Opens or makes the shard.</summary>
    /// <exception cref="ReplayFileException">There is no room, or the folder cannot be written.</exception>
    public ShardOpening Open()
    {
        try
        {
            Directory.CreateDirectory(_folder);
            ShardMemory memory = (FindNewest() is { } file ? GoOn(file) : null) ?? Begin();
            // From here on it holds something: whatever is wrong with it later is damage.
            File.Delete(ShardFiles.MarkOf(memory.Path));
            ShardFiles.DeleteMarksWithoutFile(_folder, shard);
            return new ShardOpening(memory, _notes, _isLoss);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            double size = ShardFiles.LengthOf(schema.Plan) / Gigabyte;
            throw new ReplayFileException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"replay shard {shard} cannot keep its file of {size:0.0##} GB in {_folder} ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}): make room, give another folder with --run-dir, or set dqn.replay.durable = false"),
                exception);
        }
    }

    private ShardFile? FindNewest()
    {
        ShardFile? newest = null;
        foreach (string path in ShardFiles.Find(runDirectory).Where(path => ShardFiles.ParseName(path)!.Value.Shard == shard))
        {
            if (TryOpen(path) is not { } file)
            {
                continue;
            }

            (ShardFile kept, ShardFile? superseded) = newest is null ? (file, null)
                : newest.ReadCommit().Incarnation >= file.ReadCommit().Incarnation ? (newest, file)
                : (file, newest);
            newest = kept;
            if (superseded is not null)
            {
                // Who hands a shard over deletes its file at the end: this one may hold what the other never received.
                superseded.Dispose();
                SetAside(superseded.Path, $"is older than {kept.Path}");
            }
        }

        return newest;
    }

    private ShardFile? TryOpen(string path)
    {
        ShardFile? file = ShardFile.TryOpen(path, isPrivate: false, out ShardFileState state, out string fault);
        switch (state)
        {
            case ShardFileState.Open when file!.Schema.Difference(schema, out bool isForm) is { } difference && !isForm:
                bool isEmpty = file.ReadCommit().Buffer.Count == 0;
                file.Dispose();
                if (isEmpty)
                {
                    ShardFiles.Delete(path);
                }
                else
                {
                    SetAside(path, $"holds other transitions ({difference})");
                }

                return null;
            case ShardFileState.Open:
                return file;
            case ShardFileState.InUse:
                Note($"{path} {fault} and is left alone");
                return null;
            case ShardFileState.Unfinished:
                ShardFiles.Delete(path);
                Note($"{path} {fault}: it was deleted");
                return null;
            default:
                SetAside(path, fault);
                return null;
        }
    }

    /// <summary>What may be somebody's is not deleted.</summary>
    private void SetAside(string path, string fault)
    {
        string aside = ShardFiles.SetAside(path);
        _isLoss = true;
        Note($"{path} {fault}: it is now {aside}, and the shard goes on without what it held");
    }

    private ShardMemory? GoOn(ShardFile file)
    {
        if (ShardMemory.TryRecover(file, out ReplayRecovery recovery, out string fault) is not { } memory)
        {
            SetAside(file.Path, fault);
            return null;
        }

        if (recovery.Damaged > 0)
        {
            _isLoss = true;
            Note($"{file.Path} is damaged: {recovery.Damaged} transitions from number {recovery.FirstDamagedKey} on are not as they were written; {recovery.Dropped} are dropped");
        }
        else if (recovery.Dropped > 0)
        {
            Note($"{recovery.Dropped} transitions of {file.Path} were being replaced when its process ended, and have left");
        }

        if (recovery.MassesReplaced > 0)
        {
            Note($"{recovery.MassesReplaced} transitions of {file.Path} have no valid priority and get the largest one");
        }

        if (file.Schema.Difference(schema, out _) is not { } difference)
        {
            Note($"goes on with {memory.Buffer.Count} transitions of {memory.Path}");
            return memory;
        }

        using (memory)
        {
            int held = memory.Buffer.Count;
            ShardMemory moved = memory.MoveTo(Create(nextIncarnation()));
            Note($"goes on with {moved.Buffer.Count} of the {held} transitions of {memory.Path}, which had another form ({difference})");
            return moved;
        }
    }

    private ShardMemory Begin()
    {
        long incarnation = nextIncarnation();
        return ShardMemory.Begin(Create(incarnation), incarnation);
    }

    private ShardFile Create(long incarnation)
    {
        string path = Path.Combine(_folder, ShardFiles.NameOf(shard, incarnation));
        string mark = ShardFiles.MarkOf(path);
        File.WriteAllBytes(mark, []);
        try
        {
            return ShardFile.Create(path, schema, create);
        }
        catch
        {
            File.Delete(mark);
            throw;
        }
    }

    private void Note(string note) => _notes.Add(note);
}
