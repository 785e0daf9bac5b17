using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>What stored transitions are. A file that others wrote says less than ours.</summary>
internal sealed record ReplayDescription
{
    /// <summary>The form of an observation.</summary>
    public required ObservationFormat Observation { get; init; }

    /// <summary>The environment's name; empty where it is not known.</summary>
    public string Environment { get; init; } = "";

    /// <summary>Number of actions; 0 where it is not known.</summary>
    public int ActionCount { get; init; }

    /// <summary>Discount of one environment step, γ; NaN where it is not known.</summary>
    public double Gamma { get; init; } = double.NaN;

    /// <summary>n of the n-step returns.</summary>
    public int NStep { get; init; } = 1;

    /// <summary>Whether masses come from priorities.</summary>
    public bool IsPrioritized { get; init; }

    /// <summary>α of the masses; 0 where sampling is uniform.</summary>
    public double Alpha { get; init; }

    /// <summary>What is added to |δ| before it is raised to α.</summary>
    public double PriorityEpsilon { get; init; }

    /// <summary>How the learner made its targets; empty where it is not known.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>The run's seed; null where it is not known.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Environment steps of the run at its last checkpoint; null where there was none.</summary>
    public long? Steps { get; init; }
}

/// <summary>The account of one shard.</summary>
internal sealed record ShardDescription
{
    /// <summary>The shard's index.</summary>
    public required int Shard { get; init; }

    /// <summary>Transitions held.</summary>
    public required long Count { get; init; }

    /// <summary>The key that the next transition to arrive would get; ages count back from it.</summary>
    public required long NextKey { get; init; }

    /// <summary>Transitions held at most; 0 where it is not known.</summary>
    public long Capacity { get; init; }

    /// <summary>The shard's incarnation; 0 where it is not known.</summary>
    public long Incarnation { get; init; }

    /// <summary>Transitions inserted in this incarnation.</summary>
    public long Inserts { get; init; }

    /// <summary>Transitions taken over from a predecessor.</summary>
    public long Inherited { get; init; }

    /// <summary>Transitions that later ones have replaced.</summary>
    public long Evicted { get; init; }

    /// <summary>Bytes of its file, or of its part of an exported one.</summary>
    public long Bytes { get; init; }

    /// <summary>In what condition it was found, one line; empty where nothing is to be said.</summary>
    public string State { get; init; } = "";
}
