using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Everything that a training run needs to know; validated before any actor starts.</summary>
public sealed record TrainingOptions
{
    /// <summary>The environment.</summary>
    public required EnvironmentSpecification Environment { get; init; }

    /// <summary>The Q-network.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>The learning step.</summary>
    public LearnerOptions Learner { get; init; } = new();

    /// <summary>The parameter server; in use with <see cref="LearnerMode.ParameterServer"/>.</summary>
    public ParameterServerOptions ParameterServer { get; init; } = new();

    /// <summary>The gradient workers of one node; in use with <see cref="LearnerMode.ParameterServer"/>.</summary>
    public GradientOptions Gradient { get; init; } = new();

    /// <summary>The replay buffer.</summary>
    public ReplayOptions Replay { get; init; } = new();

    /// <summary>The environment runners.</summary>
    public RunnerOptions Runner { get; init; } = new();

    /// <summary>Exploration.</summary>
    public ExplorationOptions Exploration { get; init; } = new();

    /// <summary>Target network and snapshots.</summary>
    public SnapshotOptions Snapshot { get; init; } = new();

    /// <summary>Greedy evaluation.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Checkpoints.</summary>
    public CheckpointOptions Checkpoint { get; init; } = new();

    /// <summary>When the run ends.</summary>
    public StopOptions Stop { get; init; } = new();

    /// <summary>The run itself.</summary>
    public RunOptions Run { get; init; } = new();
}

/// <summary>The environment runners of one node.</summary>
public sealed record RunnerOptions
{
    /// <summary>Number of runner actors.</summary>
    public int Count { get; init; } = 2;

    /// <summary>Environment copies that each runner steps together.</summary>
    public int Environments { get; init; } = 8;

    /// <summary>Vector steps in one fragment, which is one message to a shard.</summary>
    public int Fragment { get; init; } = 16;

    /// <summary>Fragments that a runner may have sent without an acknowledgement.</summary>
    public int MaxInFlight { get; init; } = 2;

    /// <summary>Restarts of a node's runners within <see cref="RunOptions.RestartWindowMinutes"/> after which the run ends with the environment's own message.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>Threads shared by the runners; 0 takes one less than the machine has processors, at least one.</summary>
    public int Threads { get; init; }

    /// <summary>What computes the policy's forward pass in runners and evaluations.</summary>
    public ComputeBackend Backend { get; init; } = ComputeBackend.Auto;

    /// <summary>Threads within one operation of libtorch, for each runner and the evaluator.</summary>
    public int TorchThreads { get; init; } = 1;
}

/// <summary>How ε of the ε-greedy policy is set.</summary>
public enum ExplorationKind
{
    /// <summary>A single runner anneals, several use the ladder.</summary>
    Auto,

    /// <summary>ε moves linearly with the environment steps of the whole run.</summary>
    Anneal,

    /// <summary>Runner i of N keeps εᵢ = base^(1 + exponent·i/(N − 1)) (Horgan et al. 2018, Ape-X).</summary>
    Ladder,
}

/// <summary>Exploration.</summary>
public sealed record ExplorationOptions
{
    /// <summary>How ε is set.</summary>
    public ExplorationKind Kind { get; init; }

    /// <summary>ε at the first step when annealing.</summary>
    public double EpsilonInitial { get; init; } = 1.0;

    /// <summary>ε at and after <see cref="EpsilonDecaySteps"/> when annealing.</summary>
    public double EpsilonFinal { get; init; } = 0.05;

    /// <summary>Environment steps over which ε moves.</summary>
    public long EpsilonDecaySteps { get; init; } = 20_000;

    /// <summary>The ladder's base.</summary>
    public double LadderBase { get; init; } = 0.4;

    /// <summary>The ladder's exponent.</summary>
    public double LadderExponent { get; init; } = 7.0;
}

/// <summary>Target network and snapshots. Periods count learner updates.</summary>
public sealed record SnapshotOptions
{
    /// <summary>Updates between hard target updates; each publishes a snapshot.</summary>
    public int TargetPeriod { get; init; } = 200;

    /// <summary>Updates between snapshots beside those; 0 publishes at target updates only.</summary>
    public int Period { get; init; } = 50;

    /// <summary>Seconds between repetitions of the newest manifest.</summary>
    public double ManifestSeconds { get; init; } = 5;

    /// <summary>Largest chunk on the wire, in bytes.</summary>
    public int ChunkBytes { get; init; } = 60_000;

    /// <summary>Chunks that may be on their way to a mirror.</summary>
    public int ChunkWindow { get; init; } = 4;
}

/// <summary>Greedy evaluation.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Episodes of one evaluation.</summary>
    public int Episodes { get; init; } = 100;

    /// <summary>Environment steps of the run between evaluations.</summary>
    public long Period { get; init; } = 5_000;
}

/// <summary>Checkpoints.</summary>
public sealed record CheckpointOptions
{
    /// <summary>Learner updates between checkpoints; one is always written at the end.</summary>
    public long Period { get; init; } = 10_000;

    /// <summary>How many of the newest checkpoints are kept; the best by evaluation is kept beside them.</summary>
    public int Keep { get; init; } = Learner.CheckpointStore.DefaultKeep;
}

/// <summary>When the run ends: whichever comes first.</summary>
public sealed record StopOptions
{
    /// <summary>Environment steps; 0 does not limit.</summary>
    public long Steps { get; init; } = 500_000;

    /// <summary>Greedy mean return of one evaluation, confirmed by a second one on fresh episodes; NaN does not stop on a score.</summary>
    public double Score { get; init; } = double.NaN;

    /// <summary>Wall-clock minutes; 0 does not limit.</summary>
    public double Minutes { get; init; }
}

/// <summary>The run itself.</summary>
public sealed record RunOptions
{
    /// <summary>Folder of this run: absolute, existing, writable.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Restarts (of runners, of the learner) count for this long, in minutes.</summary>
    public double RestartWindowMinutes { get; init; } = 60;

    /// <summary>The run's seed; every stream of random numbers derives from it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the run is a pure function of its configuration and its seed: everything on one thread, in one order.</summary>
    public bool Deterministic { get; init; }

    /// <summary>How often the run was gone on with by <c>train --resume</c>, this time included; 0 from the start.</summary>
    public int Resumption { get; init; }

    /// <summary>Hash of the settings that must not change over a run (<see cref="Learner.ConfigurationHash"/>); empty where it is not known.</summary>
    public string ConfigurationHash { get; init; } = "";
}
