namespace DqnAkka.Learner;

/// <summary>
/// One shard of the replay buffer: what it holds, and what has to be counted and kept together with that. In memory, or in a file from
/// which a later process goes on after this one was killed (<see cref="ShardFiles"/>). Not thread-safe.
/// </summary>
public sealed class ShardMemory : IDisposable
{
    private readonly ShardFile? _file;
    private ShardCommit _commit;

    /// <summary>Makes a shard that holds nothing and is lost with its process.</summary>
    /// <param name="buffer">Its buffer, empty, from now on owned by the shard.</param>
    /// <param name="incarnation">Its incarnation.</param>
    public ShardMemory(ReplayBuffer buffer, long incarnation) : this(buffer, null, new ShardCommit { Incarnation = incarnation })
    {
    }

    private ShardMemory(ReplayBuffer buffer, ShardFile? file, in ShardCommit commit)
    {
        Buffer = buffer;
        _file = file;
        _commit = commit;
    }

    /// <summary>The transitions. What changes their number goes by way of this object.</summary>
    public ReplayBuffer Buffer { get; }

    /// <summary>The incarnation, under which its inserts are counted.</summary>
    public long Incarnation => _commit.Incarnation;

    /// <summary>The run that the transitions belong to; 0 where nobody has said so.</summary>
    public long Run => _commit.Run;

    /// <summary>Agent decisions behind the inserts.</summary>
    public long EnvironmentSteps => _commit.EnvironmentSteps;

    /// <summary>Transitions sampled; of the last ones some may be missing after a crash.</summary>
    public long Samples { get => _commit.Samples; set => _commit.Samples = value; }

    /// <summary>The file; empty where there is none.</summary>
    public string Path => _file?.Path ?? "";

    /// <summary>Whether it goes on with what an earlier process or actor left.</summary>
    public bool IsReopened { get; private init; }

    /// <summary>Disposed of with the shard: what it takes of a <see cref="ReplayBudget"/>.</summary>
    public IDisposable? Lease { get; set; }

    /// <summary>How far the runners' fragments were received, as far as a file says.</summary>
    public IReadOnlyList<FragmentPosition> Positions => _file?.ReadPositions() ?? [];

    /// <summary>How far the hand-overs of the newest sources are; also after the process has ended, where there is a file.</summary>
    public IReadOnlyList<TransferPosition> Transfers
    {
        get
        {
            List<TransferPosition> positions = [];
            foreach (TransferPosition position in _commit.Transfers)
            {
                if (position.Source != 0)
                {
                    positions.Add(position);
                }
            }

            return positions;
        }
    }

    /// <summary>Begins a shard in a new file.</summary>
    internal static ShardMemory Begin(ShardFile file, long incarnation)
    {
        ShardMemory memory = new(file.MakeBuffer(), file, new ShardCommit { Incarnation = incarnation });
        memory.Commit(FragmentPosition.None);
        return memory;
    }

    /// <summary>Goes on with a file, as far as it is whole.</summary>
    /// <param name="file">The file; disposed of where nothing comes of it.</param>
    /// <param name="recovery">What was found.</param>
    /// <param name="fault">What is wrong with it, in words that complete "it …"; empty where nothing is.</param>
    /// <returns>The shard, or null where header and commit are whole and yet of no shard.</returns>
    internal static ShardMemory? TryRecover(ShardFile file, out ReplayRecovery recovery, out string fault)
    {
        ShardCommit commit = file.ReadCommit();
        ReplayBuffer? buffer = null;
        try
        {
            buffer = file.MakeBuffer();
            recovery = buffer.Recover(commit.Buffer);
            fault = "";
        }
        catch (ArgumentException exception)
        {
            buffer?.Dispose();
            file.Dispose();
            recovery = default;
            fault = $"is in a state that is none of a replay shard ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')})";
            return null;
        }

        ShardMemory memory = new(buffer, file, commit) { IsReopened = true };
        memory.Commit(commit.Position);
        return memory;
    }

    /// <summary>Goes on in a new file of another form, with the newest transitions that fit; this shard and its file are gone then.</summary>
    internal ShardMemory MoveTo(ShardFile file)
    {
        ReplayBuffer buffer = file.MakeBuffer();
        buffer.TakeOver(Buffer);
        file.Keep(Positions);
        ShardMemory moved = new(buffer, file, _commit) { IsReopened = true };
        moved.Commit(FragmentPosition.None);
        Delete();
        return moved;
    }

    /// <summary>Inserts a fragment. When this returns, it and its runner's position outlive the process.</summary>
    /// <param name="batch">The transitions.</param>
    /// <param name="environmentSteps">Agent decisions behind them.</param>
    /// <param name="position">Where its runner stands with it.</param>
    /// <exception cref="ArgumentException">As <see cref="ReplayBuffer.Append"/>.</exception>
    public void Append(TransitionBatch batch, int environmentSteps, FragmentPosition position)
    {
        Buffer.Append(batch);
        _commit.EnvironmentSteps += environmentSteps;
        Commit(position);
    }

    /// <summary>Takes over what another shard held, as <see cref="ReplayBuffer.AppendInherited"/>. When this returns, it and the hand-over's position outlive the process.</summary>
    /// <param name="batch">The transitions.</param>
    /// <param name="masses">The sampling mass of each.</param>
    /// <param name="skip">Rows at the beginning that are left out.</param>
    /// <param name="position">Where the hand-over stands with them.</param>
    /// <exception cref="ArgumentException">As there.</exception>
    public void AppendInherited(TransitionBatch batch, ReadOnlySpan<double> masses, int skip, TransferPosition position)
    {
        _ = Buffer.AppendInherited(batch, masses, skip);
        _commit.Transfers.Keep(position);
        Commit(FragmentPosition.None);
    }

    /// <summary>Keeps a runner's position that another shard had.</summary>
    /// <param name="position">The position.</param>
    public void Keep(FragmentPosition position) => Commit(position);

    /// <summary>Says which run the transitions belong to.</summary>
    /// <param name="run">The run; 0, where that is not known, changes nothing.</param>
    public void BelongTo(long run)
    {
        if (run != 0 && run != _commit.Run)
        {
            _commit.Run = run;
            Commit(FragmentPosition.None);
        }
    }

    /// <summary>Takes another incarnation; whoever counts inserts has counted none of the former one.</summary>
    /// <param name="incarnation">The new incarnation.</param>
    public void Rename(long incarnation)
    {
        _commit.Incarnation = incarnation;
        Commit(FragmentPosition.None);
    }

    /// <summary>
    /// Goes on under a newer incarnation, whose inserts and steps are counted from 0: the shard was elsewhere meanwhile. What it holds is
    /// inherited from then on, and older than what may come: it leaves first.
    /// </summary>
    /// <param name="incarnation">The new incarnation.</param>
    public void BeginAnew(long incarnation)
    {
        Buffer.MarkStale();
        _commit.Incarnation = incarnation;
        _commit.EnvironmentSteps = 0;
        _commit.Samples = 0;
        Commit(FragmentPosition.None);
    }

    /// <summary>Disposes of the shard and deletes its file: another shard has what it held.</summary>
    public void Delete()
    {
        // While it is locked nobody else can go on with it. Windows does not delete what is open.
        if (_file is not null && !OperatingSystem.IsWindows())
        {
            File.Delete(_file.Path);
        }

        Dispose();
        if (_file is not null && OperatingSystem.IsWindows())
        {
            File.Delete(_file.Path);
        }
    }

    /// <summary>Disposes of the shard and keeps its file out of the way.</summary>
    /// <returns>The file's new name.</returns>
    /// <exception cref="InvalidOperationException">It has no file.</exception>
    public string SetAside()
    {
        string path = _file?.Path ?? throw new InvalidOperationException("a shard in memory cannot be set aside");
        Dispose();
        return ShardFiles.SetAside(path);
    }

    /// <summary>Gives memory, file and lock back; a file stays and can be opened again.</summary>
    public void Dispose()
    {
        Buffer.Dispose();
        _file?.Dispose();
        Lease?.Dispose();
    }

    private void Commit(FragmentPosition position)
    {
        if (_file is not null)
        {
            _commit.Buffer = Buffer.State;
            _commit.Position = position;
            _file.Commit(_commit);
        }
    }
}
