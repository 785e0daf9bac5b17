namespace DqnAkka.Bench;

/// <summary>Who computes and who updates.</summary>
internal enum ScaleMode
{
    /// <summary>One learner.</summary>
    Single,

    /// <summary>Replicas on devices of one process.</summary>
    Devices,

    /// <summary>Replicas on nodes of a cluster, which reduce their gradients in a ring.</summary>
    Replicas,

    /// <summary>Workers and a parameter server that takes each gradient as it comes.</summary>
    Asynchronous,

    /// <summary>Workers and a parameter server that waits for k of n.</summary>
    Synchronous,
}

/// <summary>Where processes run.</summary>
internal enum ScalePlacement
{
    /// <summary>Everybody in one process.</summary>
    OneProcess,

    /// <summary>Processes that share the cores of one machine.</summary>
    OneMachine,

    /// <summary>A machine for each process.</summary>
    MachineEach,
}

/// <summary>What is to be predicted.</summary>
internal sealed record ScaleScenario
{
    /// <summary>Who computes and who updates.</summary>
    public required ScaleMode Mode { get; init; }

    /// <summary>Where.</summary>
    public required ScalePlacement Placement { get; init; }

    /// <summary>Workers, or replicas with the learner's own.</summary>
    public required int Workers { get; init; }

    /// <summary>Cores of each machine.</summary>
    public required int Cores { get; init; }

    /// <summary>Ranges of the parameter server, each in a process of its own where there are several.</summary>
    public int Ranges { get; init; } = 2;

    /// <summary>Versions by which the server may be ahead of a gradient.</summary>
    public int MaxStaleness { get; init; } = 16;

    /// <summary>k; 0 for nine tenths of the workers, rounded up.</summary>
    public int GradientsPerUpdate { get; init; }

    /// <summary>Updates between two changes of the target network, which workers of a server are sent.</summary>
    public int TargetPeriod { get; init; } = 500;

    /// <summary>Batches that are asked of the replay shards at a time.</summary>
    public int BatchesPerRound { get; init; } = 8;

    /// <summary>Seconds from one machine to another.</summary>
    public double LinkSeconds { get; init; } = 50e-6;

    /// <summary>Bytes a second of a machine's card: ten gigabits.</summary>
    public double LinkBytesPerSecond { get; init; } = 1.25e9;

    /// <summary>How gradients travel to the server.</summary>
    public Func<ScaleCosts, CompressionCosts> Compression { get; init; } = costs => costs.None;

    /// <summary>Seed of the times that gradients take.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The k that is meant.</summary>
    public int Awaited => GradientsPerUpdate > 0 ? GradientsPerUpdate : (int)Math.Ceiling(0.9 * Workers);
}

/// <summary>What is predicted.</summary>
/// <param name="UpdatesPerSecond">Updates.</param>
/// <param name="RowsPerSecond">Transitions that went into updates: what a batch holds, times the gradients that were applied.</param>
/// <param name="BytesPerSecond">Bytes between processes, of all.</param>
/// <param name="BusiestBytesPerSecond">Bytes that the busiest process sends or receives, whichever is more.</param>
/// <param name="DiscardedShare">Share of the gradients that are not used.</param>
/// <param name="MeanStaleness">Mean staleness of those that are.</param>
/// <param name="Busy">Cores that are in use, on the busiest machine.</param>
internal sealed record ScalePrediction(
    double UpdatesPerSecond, double RowsPerSecond, double BytesPerSecond, double BusiestBytesPerSecond, double DiscardedShare, double MeanStaleness, double Busy);
