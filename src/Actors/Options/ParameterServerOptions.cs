using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>What becomes of a gradient that is older than the staleness bound.</summary>
public enum StaleGradients
{
    /// <summary>It is dropped and counted.</summary>
    Discard,

    /// <summary>It is applied with a learning rate divided by its staleness, as Zhang et al. 2016 (staleness-aware async-SGD) do, and counted.</summary>
    Scale,
}

/// <summary>The parameter server: ranges of the flat parameter vector, each owned by one shard.</summary>
public sealed record ParameterServerOptions
{
    /// <summary>Number of ranges.</summary>
    public int Shards { get; init; } = 2;

    /// <summary>Whether an update waits for <see cref="GradientsPerUpdate"/> gradients of the newest version and averages them; otherwise each gradient is an update.</summary>
    public bool Synchronous { get; init; }

    /// <summary>k: gradients that a synchronous update averages; workers beyond that are backups, whose late gradients are dropped (Chen et al. 2016).</summary>
    public int GradientsPerUpdate { get; init; } = 1;

    /// <summary>Versions by which the server may be ahead of the parameters that a gradient was computed on.</summary>
    public int MaxStaleness { get; init; } = 16;

    /// <summary>What becomes of older ones; a synchronous update always drops them.</summary>
    public StaleGradients StaleGradients { get; init; }

    /// <summary>A gradient whose loss is this many standard deviations above the worker's running mean is dropped, as Gorila does; 0 drops none.</summary>
    public double OutlierDeviations { get; init; }

    /// <summary>How gradients travel.</summary>
    public GradientCompression Compression { get; init; }

    /// <summary>Share of the entries that travel with <see cref="GradientCompression.TopK"/>, in (0, 1].</summary>
    public double TopKShare { get; init; } = 0.01;

    /// <summary>Deadline of every exchange with the server, in seconds.</summary>
    public double TimeoutSeconds { get; init; } = 5;
}

/// <summary>The gradient workers of one node.</summary>
public sealed record GradientOptions
{
    /// <summary>Number of workers.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Wait between computing a gradient and sending it, in milliseconds, to study staleness.</summary>
    public double DelayMilliseconds { get; init; }

    /// <summary>Restarts of the node's workers within <see cref="RunOptions.RestartWindowMinutes"/> after which the run ends with the first cause.</summary>
    public int MaxRestarts { get; init; } = 3;
}
