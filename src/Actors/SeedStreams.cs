namespace DqnAkka.Actors;

/// <summary>
/// Where each consumer of random numbers begins in the streams of one run's seed: (seed, offset + index).
/// The offsets lie so far apart that no two consumers meet.
/// </summary>
public static class SeedStreams
{
    /// <summary>Training environments: runner i takes i·2²⁰ + copy.</summary>
    public const ulong Environments = 0;

    /// <summary>Environment copies that one runner may have.</summary>
    public const ulong EnvironmentsPerRunner = 1UL << 20;

    /// <summary>Exploration of runner i.</summary>
    public const ulong Exploration = 1UL << 56;

    /// <summary>Sampling of shard i.</summary>
    public const ulong Replay = 2UL << 56;

    /// <summary>The learner: initial parameters and the allotment of batches over shards.</summary>
    public const ulong Learner = 3UL << 56;

    /// <summary>Evaluation episodes during training, one block for each evaluation.</summary>
    public const ulong Evaluation = 4UL << 56;

    /// <summary>Episodes of the final evaluation.</summary>
    public const ulong FinalEvaluation = 5UL << 56;

    /// <summary>Episodes of the <c>eval</c> command.</summary>
    public const ulong EvaluationCommand = 6UL << 56;
}
