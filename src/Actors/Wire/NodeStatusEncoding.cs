namespace DqnAkka.Actors;

/// <summary>How <see cref="NodeStatus"/> is encoded.</summary>
internal static class NodeStatusEncoding
{
    private const int ShardBytes = sizeof(int) + (8 * sizeof(long)) + sizeof(byte);
    private const int RunnerBytes = sizeof(int) + (3 * sizeof(long));

    public static WireEncoding Encoding { get; } = new WireEncoding<NodeStatus>("QS", Write, Read);

    private static void Write(ref WireWriter writer, NodeStatus message)
    {
        writer.Name(message.Address);
        NodeEncoding.WriteNames(ref writer, message.Roles);
        writer.Name(message.Membership);
        writer.Boolean(message.IsReachable);
        writer.Boolean(message.HasAnswered);
        writer.Int64(message.Uptime.Ticks);
        writer.Text(message.WaitsFor);
        writer.Int64(message.RejectedFrames);
        writer.Int64(message.SkippedFrames);
        writer.Int32(message.Shards.Count);
        foreach (ShardStatus shard in message.Shards)
        {
            WriteShard(ref writer, shard);
        }

        writer.Boolean(message.Runners is not null);
        if (message.Runners is { } runners)
        {
            WriteRunners(ref writer, runners);
        }

        writer.Boolean(message.Mirror is not null);
        if (message.Mirror is { } mirror)
        {
            writer.Int64(mirror.Generation);
            writer.Int64(mirror.Version);
            writer.Int64(mirror.Age.Ticks);
        }

        DistributedStatusEncoding.WriteRanges(ref writer, message.ParameterRanges);
        DistributedStatusEncoding.WriteMembers(ref writer, message.GradientMembers);
        writer.Boolean(message.IsCut);
        writer.Boolean(message.Training is not null);
        if (message.Training is { } training)
        {
            WriteTraining(ref writer, training);
        }
    }

    // Initialisers run in the order in which they are written, which is the order of the fields.
    private static NodeStatus Read(ref WireReader reader) => new()
    {
        Address = reader.Name(),
        Roles = NodeEncoding.ReadNames(ref reader),
        Membership = reader.Name(),
        IsReachable = reader.Boolean(),
        HasAnswered = reader.Boolean(),
        Uptime = reader.Duration(),
        WaitsFor = reader.Text(),
        RejectedFrames = reader.Total(),
        SkippedFrames = reader.Total(),
        Shards = ReadShards(ref reader),
        Runners = reader.Boolean() ? ReadRunners(ref reader) : null,
        Mirror = reader.Boolean() ? new MirrorStatus(reader.Total(), reader.Total(), reader.Duration()) : null,
        ParameterRanges = DistributedStatusEncoding.ReadRanges(ref reader),
        GradientMembers = DistributedStatusEncoding.ReadMembers(ref reader),
        IsCut = reader.Boolean(),
        Training = reader.Boolean() ? ReadTraining(ref reader) : null,
    };

    private static void WriteShard(ref WireWriter writer, ShardStatus shard)
    {
        writer.Int32(shard.Shard);
        writer.Int64(shard.Incarnation);
        writer.Int64(shard.Count);
        writer.Double(shard.Mass);
        writer.Int64(shard.Inserts);
        writer.Int64(shard.Inherited);
        writer.Int64(shard.Evicted);
        writer.Int64(shard.Samples);
        writer.Boolean(shard.IsDurable);
        writer.Int64(shard.Reopened);
    }

    private static ShardStatus[] ReadShards(ref WireReader reader)
    {
        ShardStatus[] shards = new ShardStatus[reader.Length(ShardBytes)];
        for (int i = 0; i < shards.Length; i++)
        {
            shards[i] = new ShardStatus(
                reader.Count(), reader.Total(), reader.Total(), reader.Mass(), reader.Total(), reader.Total(), reader.Total(), reader.Total())
            {
                IsDurable = reader.Boolean(),
                Reopened = reader.Total(),
            };
        }

        return shards;
    }

    private static void WriteRunners(ref WireWriter writer, RunnerPoolStatus pool)
    {
        writer.Int32(pool.Restarts);
        writer.Int32(pool.Runners.Count);
        foreach (RunnerStatus runner in pool.Runners)
        {
            writer.Int32(runner.Index);
            writer.Double(runner.Epsilon);
            writer.Int64(runner.Steps);
            writer.Double(runner.StepsPerSecond);
        }

        ProgressEncoding.WriteAcknowledged(ref writer, pool.Acknowledged);
    }

    private static RunnerPoolStatus ReadRunners(ref WireReader reader)
    {
        int restarts = reader.Count();
        RunnerStatus[] runners = new RunnerStatus[reader.Length(RunnerBytes)];
        for (int i = 0; i < runners.Length; i++)
        {
            runners[i] = new RunnerStatus(reader.Count(), reader.Double(), reader.Total(), reader.Double());
        }

        return new RunnerPoolStatus(runners, restarts, ProgressEncoding.ReadAcknowledged(ref reader));
    }

    private static void WriteTraining(ref WireWriter writer, TrainingStatus training)
    {
        writer.Int64(training.Generation);
        writer.Int64(training.SnapshotVersion);
        writer.Int64(training.Updates);
        writer.Double(training.UpdatesPerSecond);
        writer.Int64(training.Steps);
        writer.Double(training.StepsPerSecond);
        writer.Int64(training.Inserts);
        writer.Int64(training.Samples);
        writer.Int64(training.SkippedUpdates);
        writer.Double(training.LimiterError);
        writer.Int64(training.CheckpointUpdates);
        writer.Int64(training.CheckpointAge.Ticks);
        writer.Int32(training.RunnerRestarts);
        writer.Int32(training.LearnerRestarts);
        writer.Int32(training.Runners);
        writer.Boolean(training.Distributed is not null);
        if (training.Distributed is { } distributed)
        {
            DistributedStatusEncoding.Write(ref writer, distributed);
        }
    }

    private static TrainingStatus ReadTraining(ref WireReader reader) => new()
    {
        Generation = reader.Total(),
        SnapshotVersion = reader.Total(),
        Updates = reader.Total(),
        UpdatesPerSecond = reader.Double(),
        Steps = reader.Total(),
        StepsPerSecond = reader.Double(),
        Inserts = reader.Total(),
        Samples = reader.Total(),
        SkippedUpdates = reader.Total(),
        LimiterError = reader.Double(),
        CheckpointUpdates = reader.Total(least: -1),
        CheckpointAge = reader.Duration(),
        RunnerRestarts = reader.Count(),
        LearnerRestarts = reader.Count(),
        Runners = reader.Count(),
        Distributed = reader.Boolean() ? DistributedStatusEncoding.Read(ref reader) : null,
    };
}
