using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What a run's durable shards hold, read from their files. As long as it is open no shard can go on with them.</summary>
internal sealed class RunReplay : IReplayContents
{
    private readonly List<ShardFileReader> _readers;

    private RunReplay(string directory, List<ShardFileReader> readers)
    {
        _readers = readers;
        foreach (IGrouping<int, string> files in ShardFiles.Find(directory).GroupBy(path => ShardFiles.ParseName(path)!.Value.Shard))
        {
            (string path, ShardFileReader reader) = OpenNewest([.. files]);
            _readers.Add(reader);
            Shards = [.. Shards, new Shard(files.Key, path, reader)];
            if (_readers[0].Schema.Difference(reader.Schema, out bool isForm) is { } difference && !isForm)
            {
                throw new UserErrorException($"{path} holds other transitions than the shards before it ({difference}): keep the files of one run in a folder");
            }
        }

        if (_readers.Count == 0)
        {
            throw new UserErrorException(
                $"{directory} holds no replay files ({ShardFiles.FolderName}/shard-<i>-<incarnation>.replay): give the folder of a run that was trained with dqn.replay.durable = true");
        }

        string file = Path.Combine(directory, RunDirectory.ConfigurationName);
        TrainingOptions? options = File.Exists(file) ? ConfigurationResolver.Resolve(ConfigurationSource.FileLayers(file)).Options : null;
        Description = Describe(directory, _readers, options);
        Missing = FindMissing([.. Shards.Select(shard => shard.Description.Shard)], options);
    }

    /// <inheritdoc />
    public ReplayDescription Description { get; }

    /// <inheritdoc />
    public IReadOnlyList<IShardContents> Shards { get; } = [];

    /// <inheritdoc />
    public MissingShards Missing { get; }

    /// <summary>Opens a run's files.</summary>
    /// <param name="directory">The run's folder.</param>
    /// <exception cref="UserErrorException">There are none, or they are damaged.</exception>
    /// <exception cref="ReplayFileException">A node that is running has one of them.</exception>
    public static RunReplay Open(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new UserErrorException(File.Exists(directory)
                ? $"{directory} is a file: give a run's folder"
                : $"{directory} does not exist: give a run's folder");
        }

        List<ShardFileReader> readers = [];
        try
        {
            return new RunReplay(directory, readers);
        }
        catch
        {
            readers.ForEach(reader => reader.Dispose());
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _readers.ForEach(reader => reader.Dispose());

    /// <summary>Of several files of a shard, as a hand-over may leave them, the newest counts.</summary>
    private static (string Path, ShardFileReader Reader) OpenNewest(IReadOnlyList<string> paths)
    {
        (string Path, ShardFileReader Reader)[] opened = [.. paths.Select(path => (path, OpenOne(path))).OrderByDescending(file => file.Item2.Incarnation)];
        Array.ForEach(opened[1..], file => file.Reader.Dispose());
        return opened[0];
    }

    private static ShardFileReader OpenOne(string path)
    {
        try
        {
            return ShardFileReader.Open(path);
        }
        catch (ReplayFileException exception) when (!exception.IsInUse)
        {
            throw new UserErrorException($"{exception.Message}: the other shards can be read without it, so move it away to go on");
        }
    }

    /// <summary>A node that runs no learner has no configuration in its folder: then there are as many shards as the last file here says.</summary>
    private static MissingShards FindMissing(int[] held, TrainingOptions? options)
    {
        int count = Math.Max(options?.Replay.Shards ?? 0, held.Max() + 1);
        return new MissingShards([.. Enumerable.Range(0, count).Except(held)], count);
    }

    private static ReplayDescription Describe(string directory, List<ShardFileReader> readers, TrainingOptions? options)
    {
        ShardSchema schema = readers[0].Schema;
        ReplayOptions replay = schema.Options;
        IReadOnlyDictionary<string, long>? counters = new CheckpointStore(Path.Combine(directory, RunDirectory.CheckpointName)).TryReadCounters();
        return new ReplayDescription
        {
            Observation = schema.Format,
            Environment = options?.Environment.DisplayName ?? schema.Environment,
            ActionCount = schema.ActionCount,
            Gamma = schema.Gamma,
            NStep = schema.NStep,
            IsPrioritized = replay.Prioritized,
            Alpha = replay.Prioritized ? replay.Alpha : 0,
            PriorityEpsilon = replay.Prioritized ? replay.PriorityEpsilon : 0,
            Algorithm = options?.Learner.Algorithm switch
            {
                null => "",
                Algorithm.Dqn => "dqn",
                _ => "double-dqn",
            },
            Seed = options?.Run.Seed,
            Steps = counters?.GetValueOrDefault(CounterNames.Steps) ?? readers.Sum(reader => reader.EnvironmentSteps),
        };
    }

    private sealed class Shard(int index, string path, ShardFileReader reader) : IShardContents
    {
        public ShardDescription Description => new()
        {
            Shard = index,
            Count = reader.Buffer.Count,
            NextKey = reader.Buffer.NextKey,
            Capacity = reader.Buffer.Capacity,
            Incarnation = reader.Incarnation,
            Inserts = reader.Buffer.Inserts,
            Inherited = reader.Buffer.Inherited,
            Evicted = reader.Buffer.Evicted,
            Bytes = new FileInfo(path).Length,
            State = reader.Damaged == 0 ? "whole" : FormattableString.Invariant($"{reader.Damaged} damaged transitions left out"),
        };

        public IEnumerable<ReplayRows> Read(int maxRows)
        {
            for (int first = 0; first < reader.Buffer.Count; first += maxRows)
            {
                int count = Math.Min(maxRows, reader.Buffer.Count - first);
                (TransitionBatch transitions, double[] masses) = reader.Buffer.ReadOldest(first, count);
                long[] keys = new long[count];
                reader.Buffer.ReadOldestKeys(first, keys);
                yield return new ReplayRows(transitions, masses, keys);
            }
        }
    }
}
