using Akka.Event;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Where a shard has its transitions: in memory, or with <c>replay.durable</c> in a file of the run's folder.</summary>
/// <param name="shard">The shard's index.</param>
/// <param name="layout">The network's shape: what it takes is what a shard holds.</param>
/// <param name="options">The run's options.</param>
/// <param name="budget">What the shards of the process may take together.</param>
/// <param name="log">Where what becomes of files is told.</param>
internal sealed class ShardStorage(int shard, NetworkLayout layout, TrainingOptions options, ReplayBudget budget, ILoggingAdapter log)
{
    /// <summary>What a shard's file holds under these options.</summary>
    /// <param name="shard">The shard's index.</param>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    public static ShardSchema SchemaOf(int shard, NetworkLayout layout, TrainingOptions options) => ShardSchema.Of(
        Describe(options.Environment),
        layout.Observation,
        layout.ActionCount,
        ReplayShardActor.ShardCapacity(options.Replay, shard),
        options.Replay,
        options.Learner.Gamma,
        ShapeOf(options));

    /// <summary>Opens what is left of the shard, or begins it.</summary>
    /// <exception cref="ReplayFileException">There is no room for its file, or the folder cannot be written.</exception>
    /// <exception cref="ReplayMemoryException">It does not fit into memory beside the shards that are here.</exception>
    public ShardMemory Open()
    {
        int capacity = ReplayShardActor.ShardCapacity(options.Replay, shard);
        IDisposable lease = budget.Take(shard, ReplayMemoryPlan.For(capacity, layout.Observation, options.Replay, ShapeOf(options)).TotalBytes);
        try
        {
            ShardMemory memory = OpenFile();
            memory.Lease = lease;
            return memory;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Decides with what the learner knows how a shard goes on that an earlier process has left.</summary>
    /// <param name="memory">The shard, reopened.</param>
    /// <param name="grant">What the learner says first.</param>
    /// <returns>The shard, or an empty one.</returns>
    /// <exception cref="ReplayFileException">There is no room for its file, or the folder cannot be written.</exception>
    public ShardMemory Adopt(ShardMemory memory, ReplayProtocol.GrantInserts grant)
    {
        if (grant.Run != 0 && memory.Run != 0 && grant.Run != memory.Run)
        {
            string path = memory.Path;
            log.Warning("replay shard {Shard}: {Path} belongs to another run: it is now {Aside}, and the shard begins empty", shard, path, memory.SetAside());
            return Open();
        }

        bool isOlder = grant.KnownIncarnation > memory.Incarnation;
        bool lacksInserts = grant.KnownIncarnation == memory.Incarnation && grant.KnownInserts > memory.Buffer.Inserts;
        if (isOlder || lacksInserts)
        {
            log.Info(
                "replay shard {Shard}: the learner knows of later transitions than those of {Path}, which are kept until others come",
                shard,
                memory.Path);
            Incarnations.Observe(grant.KnownIncarnation);
            memory.BeginAnew(Incarnations.Next());
        }

        return memory;
    }

    private ShardMemory OpenFile()
    {
        if (options.Replay.Durable != ReplayDurability.On)
        {
            ReplayBuffer buffer = new(ReplayShardActor.ShardCapacity(options.Replay, shard), layout.Observation, options.Replay, ShapeOf(options));
            return new ShardMemory(buffer, Incarnations.Next());
        }

        ShardOpening opening = ShardFiles.Open(options.Run.Directory, shard, SchemaOf(shard, layout, options), Incarnations.Next);
        foreach (string note in opening.Notes)
        {
            if (opening.IsLoss)
            {
                log.Warning("replay shard {Shard}: {Note}", shard, note);
            }
            else
            {
                log.Info("replay shard {Shard}: {Note}", shard, note);
            }
        }

        Incarnations.Observe(opening.Memory.Incarnation);
        return opening.Memory;
    }

    // As far as it changes what a transition means; where an assembly is found does not.
    private static string Describe(EnvironmentSpecification environment)
    {
        string arguments = string.Concat(environment.Arguments.OrderBy(argument => argument.Key, StringComparer.Ordinal).Select(argument => $" {argument.Key}={argument.Value}"));
        string limit = environment.MaxEpisodeSteps > 0 ? $", at most {environment.MaxEpisodeSteps} steps" : "";
        string wrappers = string.Concat(environment.Wrappers.Select(wrapper => $", in {wrapper}"));
        return $"{environment.DisplayName}{arguments}{limit}{wrappers}";
    }

    private static StreamShape ShapeOf(TrainingOptions options) =>
        new(options.Runner.Fragment, options.Runner.Environments, options.Learner.NStep);
}
