using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What a run's durable shards hold, read from their files. As long as it is open no shard can go on with them.</summary>
internal sealed class RunReplay : IReplayContents
{
    private readonly List<ShardFileReader> _readers;

    private RunReplay(IEnumerable<(int Shard, string Path, ShardFileReader Reader)> files, string? directory, List<ShardFileReader> readers)
    {
        _readers = readers;
        foreach ((int shard, string path, ShardFileReader reader) in files)
        {
            _readers.Add(reader);
            Shards = [.. Shards, new Shard(shard, path, reader)];
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

        TrainingOptions? options = directory is null ? null : OptionsOf(directory);
        Description = Describe(directory, _readers, options);
        Missing = directory is null ? MissingShards.None : FindMissing([.. Shards.Select(shard => shard.Description.Shard)], options);
    }

    /// <inheritdoc />
    public ReplayDescription Description { get; }

    /// <inheritdoc />
    public IReadOnlyList<IShardContents> Shards { get; } = [];

    /// <inheritdoc />
    public MissingShards Missing { get; }

    /// <summary>Opens a run's files, or a single one.</summary>
    /// <param name="path">The run's folder, or a file of which <see cref="IsShardFile"/> holds.</param>
    /// <exception cref="UserErrorException">There are none, or they are damaged.</exception>
    /// <exception cref="ReplayFileException">A process that is running has one of them.</exception>
    public static RunReplay Open(string path)
    {
        bool isFile = File.Exists(path);
        if (!Directory.Exists(path) && !(isFile && IsShardFile(path)))
        {
            throw new UserErrorException(isFile
                ? $"{path} is a file: give a run's folder, or a file of one shard"
                : $"{path} does not exist: give a run's folder");
        }

        List<ShardFileReader> readers = [];
        try
        {
            return isFile ? new RunReplay(OpenSingle(path), directory: null, readers) : new RunReplay(OpenAll(path), path, readers);
        }
        catch
        {
            readers.ForEach(reader => reader.Dispose());
            throw;
        }
    }

    /// <summary>Whether a file is one shard's by its name, also one that was set aside.</summary>
    /// <param name="path">The file.</param>
    public static bool IsShardFile(string path) => ShardOf(path) is not null;

    /// <summary>In what condition a file was found.</summary>
    /// <param name="dropped">Transitions that it should hold and that are left out.</param>
    /// <param name="damaged">How many of them are not as they were written; the others were being replaced when the process ended.</param>
    public static string StateOf(int dropped, int damaged) =>
        dropped == 0 && damaged == 0 ? "whole"
        : damaged == 0 ? FormattableString.Invariant($"{dropped} left out, which were being replaced")
        : FormattableString.Invariant($"{dropped} left out, {damaged} of them damaged");

    /// <inheritdoc />
    public void Dispose() => _readers.ForEach(reader => reader.Dispose());

    private static int? ShardOf(string path)
    {
        string name = Path.GetFileName(path);
        return name.StartsWith("shard-", StringComparison.Ordinal)
            && Path.GetExtension(name) is ".replay" or ".set-aside"
            && int.TryParse(name.Split('-', '.')[1], NumberStyles.None, CultureInfo.InvariantCulture, out int shard)
            ? shard
            : null;
    }

    private static IEnumerable<(int Shard, string Path, ShardFileReader Reader)> OpenAll(string directory)
    {
        foreach (IGrouping<int, string> files in ShardFiles.Find(directory).GroupBy(path => ShardFiles.ParseName(path)!.Value.Shard))
        {
            (string path, ShardFileReader reader) = OpenNewest([.. files]);
            yield return (files.Key, path, reader);
        }
    }

    private static IEnumerable<(int Shard, string Path, ShardFileReader Reader)> OpenSingle(string path)
    {
        yield return (ShardOf(path)!.Value, path, OpenOne(path, "this shard cannot be read"));
    }

    /// <summary>Of several files of a shard, as a hand-over may leave them, the newest counts.</summary>
    private static (string Path, ShardFileReader Reader) OpenNewest(IReadOnlyList<string> paths)
    {
        (string Path, ShardFileReader Reader)[] opened = [.. paths.Select(path => (path, OpenOne(path, "the other shards can be read without it, so move it away to go on"))).OrderByDescending(file => file.Item2.Incarnation)];
        Array.ForEach(opened[1..], file => file.Reader.Dispose());
        return opened[0];
    }

    private static ShardFileReader OpenOne(string path, string remedy)
    {
        try
        {
            return ShardFileReader.Open(path);
        }
        catch (ReplayFileException exception) when (!exception.IsInUse)
        {
            throw new UserErrorException($"{exception.Message}: {remedy}");
        }
    }

    /// <summary>A node that runs no learner has no configuration in its folder: then there are as many shards as the last file here says.</summary>
    private static MissingShards FindMissing(int[] held, TrainingOptions? options)
    {
        int count = Math.Max(options?.Replay.Shards ?? 0, held.Max() + 1);
        return new MissingShards([.. Enumerable.Range(0, count).Except(held)], count);
    }

    private static TrainingOptions? OptionsOf(string directory)
    {
        string file = Path.Combine(directory, RunDirectory.ConfigurationName);
        return File.Exists(file) ? ConfigurationResolver.Resolve(ConfigurationSource.FileLayers(file)).Options : null;
    }

    private static ReplayDescription Describe(string? directory, List<ShardFileReader> readers, TrainingOptions? options)
    {
        ShardSchema schema = readers[0].Schema;
        ReplayOptions replay = schema.Options;
        IReadOnlyDictionary<string, long>? counters = directory is null ? null : new CheckpointStore(Path.Combine(directory, RunDirectory.CheckpointName)).TryReadCounters();
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
            State = StateOf(reader.Dropped, reader.Damaged),
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
