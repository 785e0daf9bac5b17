namespace DqnAkka.Actors;

/// <summary>What the parts of a node last said of themselves. A part that has been silent for a while is no longer there.</summary>
internal sealed class NodeParts
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, (TimeSpan At, object Status)> _parts = [];

    /// <summary>Whether a replay shard is there.</summary>
    public bool HasShards => _parts.Values.Any(part => part.Status is ShardStatus);

    /// <summary>Whether a range of the parameter server is there.</summary>
    public bool HasRanges => _parts.Values.Any(part => part.Status is ParameterRangeStatus);

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
    public NodeStatus Complete(NodeStatus status) => Fit(status with
    {
        Shards = [.. All<ShardStatus>().OrderBy(shard => shard.Shard)],
        Runners = All<RunnerPoolStatus>().Select(Sorted).FirstOrDefault(),
        Mirror = All<MirrorStatus>().FirstOrDefault(),
        ParameterRanges = [.. All<ParameterRangeStatus>().OrderBy(range => range.Range)],
        GradientMembers = [.. All<GradientMemberStatus>().OrderBy(member => member.Index)],
        Training = All<TrainingStatus>().FirstOrDefault(),
    });

    /// <summary>Cuts the lists so far that the status fits one frame, the longest first.</summary>
    internal static NodeStatus Fit(NodeStatus status)
    {
        int longest = Longest(status);
        int limit = NodeStatus.MaxEntries;
        NodeStatus cut = longest < limit ? status : Cut(status, limit);
        while (WireCodec.Size(cut) > WireFormat.MaxFrameBytes && limit > 1)
        {
            limit = Math.Min(limit, longest) / 2;
            cut = Cut(status, limit);
        }

        return cut;
    }

    private static RunnerPoolStatus Sorted(RunnerPoolStatus pool) => pool with
    {
        Runners = [.. pool.Runners.OrderBy(runner => runner.Index)],
        Acknowledged = [.. pool.Acknowledged.OrderByDescending(entry => entry.Incarnation)],
    };

    private static int Longest(NodeStatus status) => new[]
    {
        status.Shards.Count,
        status.Runners?.Runners.Count ?? 0,
        status.Runners?.Acknowledged.Count ?? 0,
        status.ParameterRanges.Count,
        status.GradientMembers.Count,
        status.Training?.Distributed?.Links.Count ?? 0,
    }.Max();

    private static NodeStatus Cut(NodeStatus status, int limit) => status with
    {
        IsCut = true,
        Shards = [.. status.Shards.Take(limit)],
        Runners = status.Runners is { } pool
            ? pool with { Runners = [.. pool.Runners.Take(limit)], Acknowledged = [.. pool.Acknowledged.Take(limit)] }
            : null,
        ParameterRanges = [.. status.ParameterRanges.Take(limit)],
        GradientMembers = [.. status.GradientMembers.Take(limit)],
        Training = status.Training is { Distributed: { } distributed } training
            ? training with { Distributed = distributed with { Links = [.. distributed.Links.Take(limit)] } }
            : status.Training,
    };

    private IEnumerable<T> All<T>() => _parts.Values.Select(part => part.Status).OfType<T>();
}
