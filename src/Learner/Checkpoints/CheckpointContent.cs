using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>What a checkpoint holds: the policy to use, and what the learner needs to go on.</summary>
public sealed record CheckpointContent
{
    /// <summary>When it was made, UTC; null where a checkpoint must not depend on the clock.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>What the user calls the environment (<see cref="EnvironmentSpecification.DisplayName"/>).</summary>
    public required string EnvironmentName { get; init; }

    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The network's shape.</summary>
    public required NetworkLayout Layout { get; init; }

    /// <summary>The parameters of the policy to use, float32 [<see cref="NetworkLayout.Length"/>] in the layout's order, zero padding included.</summary>
    public required float[] Policy { get; init; }

    /// <summary>The trainer's state, of the same layout; null where only the policy is kept.</summary>
    public TrainerState? Learner { get; init; }

    /// <summary>Counters by name (<c>steps</c>, <c>episodes</c>, <c>updates</c>, <c>inserts</c>, <c>samples</c>, …).</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    /// <summary>The evaluation of <see cref="Policy"/>; null where it was not evaluated.</summary>
    public CheckpointEvaluation? Evaluation { get; init; }

    /// <summary>States of random streams by name, as <see cref="RandomSource.Capture"/> gives them.</summary>
    public IReadOnlyDictionary<string, RandomState> RandomStates { get; init; } = new Dictionary<string, RandomState>();

    /// <summary>Hash of the configuration that the run had (<see cref="Learner.ConfigurationHash"/>); null where it is not known.</summary>
    public string? ConfigurationHash { get; init; }

    /// <summary>
    /// Further data by name (lower-case letters, digits and single hyphens, 1 to 40 characters), each in a file of its own that is written and read as a stream.
    /// </summary>
    public IReadOnlyDictionary<string, CheckpointAttachment> Attachments { get; init; } = new Dictionary<string, CheckpointAttachment>();
}

/// <summary>The outcome of greedy episodes with a checkpoint's policy.</summary>
/// <param name="Step">Environment steps of the run when the policy was published.</param>
/// <param name="Episodes">Number of episodes.</param>
/// <param name="Mean">Mean return.</param>
/// <param name="Deviation">Standard deviation of the returns (n − 1).</param>
/// <param name="Minimum">Lowest return.</param>
/// <param name="Maximum">Highest return.</param>
public sealed record CheckpointEvaluation(long Step, int Episodes, double Mean, double Deviation, double Minimum, double Maximum);
