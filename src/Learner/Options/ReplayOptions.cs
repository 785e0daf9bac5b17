namespace DqnAkka.Learner;

/// <summary>The replay buffer as a whole; each shard holds its equal part.</summary>
public sealed record ReplayOptions
{
    /// <summary>Transitions held over all shards.</summary>
    public int Capacity { get; init; } = 50_000;

    /// <summary>Which transition leaves for the next one.</summary>
    public RemovalKind Removal { get; init; }

    /// <summary>The most bytes that the shards of one process may take; 0 does not limit them.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>Whether the shards' transitions outlive the process.</summary>
    public ReplayDurability Durable { get; init; } = ReplayDurability.Auto;

    /// <summary>Number of shards.</summary>
    public int Shards { get; init; } = 2;

    /// <summary>Proportional prioritisation (Schaul et al. 2016) instead of uniform sampling.</summary>
    public bool Prioritized { get; init; }

    /// <summary>Priority exponent α: probability ∝ (|δ| + ε)^α.</summary>
    public double Alpha { get; init; } = 0.6;

    /// <summary>Importance exponent β at the first update.</summary>
    public double Beta { get; init; } = 0.4;

    /// <summary>β at and after <see cref="BetaUpdates"/>.</summary>
    public double BetaFinal { get; init; } = 1.0;

    /// <summary>Updates over which β moves linearly; 0 keeps it at <see cref="Beta"/>.</summary>
    public long BetaUpdates { get; init; } = 100_000;

    /// <summary>ε added to |δ| so that no transition starves.</summary>
    public double PriorityEpsilon { get; init; } = 1e-6;

    /// <summary>Transitions inserted before the first sample.</summary>
    public int MinSize { get; init; } = 1_000;

    /// <summary>How often each inserted transition is sampled on average; 0 does not limit either side.</summary>
    public double SamplesPerInsert { get; init; } = 32;

    /// <summary>How far samples may run ahead of or behind inserts, in inserts.</summary>
    public double SamplesPerInsertTolerance { get; init; } = 1_000;
}
