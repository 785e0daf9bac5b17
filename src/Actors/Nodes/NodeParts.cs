namespace DqnAkka.Actors;

/// <summary>What the parts of a node last said of themselves. A part that has been silent for a while is no longer there.</summary>
internal sealed class NodeParts
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, (TimeSpan At, object Status)> _parts = [];

    /// <summary>Whether a replay shard is there.</summary>
    public bool HasShards => _parts.Values.Any(part => part.Status is ShardStatus);

    /// <summary>Whether the run itself is there.</summary>
    public bool HasTraining => _parts.Values.Any(part => part.Status is TrainingStatus);

    /// <summary>A part says where it stands.</summary>
    public void Report(NodeProtocol.PartReport report, TimeSpan now) => _parts[report.Part] = (now, report.Status);

    /// <summary>Drops the parts that are no longer there, and names them.</summary>
    public IReadOnlyList<string> Expire(TimeSpan now)
    {
        string[] silent = [.. _parts.Where(part => now - part.Value.At > Lifetime).Select(part => part.Key)];
        foreach (string part in silent)
        {
            _parts.Remove(part);
        }

        return silent;
    }

    /// <summary>Completes a status with what the parts say.</summary>
    public NodeStatus Complete(NodeStatus status) => status with
    {
        Shards = [.. All<ShardStatus>().OrderBy(shard => shard.Shard).Take(NodeStatus.MaxEntries)],
        Runners = All<RunnerPoolStatus>().Select(Cut).FirstOrDefault(),
        Mirror = All<MirrorStatus>().FirstOrDefault(),
        ParameterRanges = [.. All<ParameterRangeStatus>().OrderBy(range => range.Range).Take(NodeStatus.MaxEntries)],
        GradientMembers = [.. All<GradientMemberStatus>().OrderBy(member => member.Index).Take(NodeStatus.MaxEntries)],
        Training = All<TrainingStatus>().FirstOrDefault(),
    };

    private static RunnerPoolStatus Cut(RunnerPoolStatus pool) => pool with
    {
        Runners = [.. pool.Runners.OrderBy(runner => runner.Index).Take(NodeStatus.MaxEntries)],
        Acknowledged = [.. pool.Acknowledged.OrderByDescending(entry => entry.Incarnation).Take(NodeStatus.MaxEntries)],
    };

    private IEnumerable<T> All<T>() => _parts.Values.Select(part => part.Status).OfType<T>();
}
