namespace DqnAkka.Actors;

/// <summary>One member of the cluster, as <c>status</c> shows it. Fits one frame: lists are cut, and <see cref="IsCut"/> says so.</summary>
public sealed record NodeStatus : IWireMessage
{
    /// <summary>Longest list in a status, where there is room; what is left out is counted nowhere and said to be left out by whoever prints it.</summary>
    public const int MaxEntries = 500;

    /// <summary>Its address, <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Its roles.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Akka's name of its state as a member: Joining, Up, Leaving, …</summary>
    public required string Membership { get; init; }

    /// <summary>Whether the failure detector hears of it; where not, everything below is empty.</summary>
    public bool IsReachable { get; init; } = true;

    /// <summary>Whether it answered.</summary>
    public bool HasAnswered { get; init; } = true;

    /// <summary>Time since its start.</summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>What it waits for, where nothing has moved for 30 s; otherwise empty.</summary>
    public string WaitsFor { get; init; } = "";

    /// <summary>Messages that could not be read and were refused.</summary>
    public long RejectedFrames { get; init; }

    /// <summary>Messages of a newer minor version, skipped.</summary>
    public long SkippedFrames { get; init; }

    /// <summary>The shards that it holds.</summary>
    public IReadOnlyList<ShardStatus> Shards { get; init; } = [];

    /// <summary>Its runners; null without the role.</summary>
    public RunnerPoolStatus? Runners { get; init; }

    /// <summary>Its copy of the policy; null where it has none.</summary>
    public MirrorStatus? Mirror { get; init; }

    /// <summary>The ranges of the parameter server that it holds.</summary>
    public IReadOnlyList<ParameterRangeStatus> ParameterRanges { get; init; } = [];

    /// <summary>Its gradient workers, or its replica of the learner.</summary>
    public IReadOnlyList<GradientMemberStatus> GradientMembers { get; init; } = [];

    /// <summary>Whether its lists are cut, since they have <see cref="MaxEntries"/> or more entries or do not fit one frame together.</summary>
    public bool IsCut { get; init; }

    /// <summary>The learner; null where it does not run there.</summary>
    public TrainingStatus? Training { get; init; }
}

/// <summary>One replay shard.</summary>
/// <param name="Shard">Its index.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Count">Transitions held.</param>
/// <param name="Mass">Sum of their sampling masses.</param>
/// <param name="Inserts">Transitions inserted since the incarnation began.</param>
/// <param name="Inherited">Transitions taken over from the shard's predecessor on another node.</param>
/// <param name="Evicted">Transitions, inserted or inherited, that newer ones have replaced.</param>
/// <param name="Samples">Transitions sampled since the incarnation began.</param>
public sealed record ShardStatus(
    int Shard, long Incarnation, long Count, double Mass, long Inserts, long Inherited, long Evicted, long Samples)
{
    /// <summary>Whether what it holds outlives its process.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Transitions that it went on with when it was started here, from an earlier process's file.</summary>
    public long Reopened { get; init; }
}

/// <summary>The runners of one node.</summary>
/// <param name="Runners">The runners.</param>
/// <param name="Restarts">Restarts on this node.</param>
/// <param name="Acknowledged">Transitions acknowledged to this node's runners, by shard and incarnation, the newest incarnations.</param>
public sealed record RunnerPoolStatus(
    IReadOnlyList<RunnerStatus> Runners, int Restarts, IReadOnlyList<ProgressProtocol.AcknowledgedTransitions> Acknowledged);

/// <summary>One runner.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Epsilon">Its ε.</param>
/// <param name="Steps">Environment steps since its start.</param>
/// <param name="StepsPerSecond">Environment steps per second of late.</param>
public sealed record RunnerStatus(int Index, double Epsilon, long Steps, double StepsPerSecond);

/// <summary>A node's copy of the policy.</summary>
/// <param name="Generation">Generation of the learner; 0 before the first snapshot.</param>
/// <param name="Version">Version of the snapshot.</param>
/// <param name="Age">Time since it came.</param>
public sealed record MirrorStatus(long Generation, long Version, TimeSpan Age);

/// <summary>The learner and what belongs to it.</summary>
public sealed record TrainingStatus
{
    /// <summary>Generation of the learner.</summary>
    public long Generation { get; init; }

    /// <summary>Version of the newest snapshot.</summary>
    public long SnapshotVersion { get; init; }

    /// <summary>Learner updates.</summary>
    public long Updates { get; init; }

    /// <summary>Learner updates per second of late.</summary>
    public double UpdatesPerSecond { get; init; }

    /// <summary>Environment steps of the run.</summary>
    public long Steps { get; init; }

    /// <summary>Environment steps per second of late.</summary>
    public double StepsPerSecond { get; init; }

    /// <summary>Transitions inserted over the run.</summary>
    public long Inserts { get; init; }

    /// <summary>Transitions sampled and trained on over the run.</summary>
    public long Samples { get; init; }

    /// <summary>Samples for each insert over the run; NaN before the first sample.</summary>
    public double SamplesPerInsert => Inserts > 0 && Samples > 0 ? (double)Samples / Inserts : double.NaN;

    /// <summary>Updates skipped over the run, because the loss or the gradient was not finite.</summary>
    public long SkippedUpdates { get; init; }

    /// <summary>As <see cref="ProgressReport.LimiterError"/>.</summary>
    public double LimiterError { get; init; } = double.NaN;

    /// <summary>Updates in the last checkpoint; −1 before the first.</summary>
    public long CheckpointUpdates { get; init; } = -1;

    /// <summary>Time since the last checkpoint was written.</summary>
    public TimeSpan CheckpointAge { get; init; }

    /// <summary>Runner restarts over the whole cluster since this learner's start.</summary>
    public int RunnerRestarts { get; init; }

    /// <summary>Learner restarts since this node took over the training.</summary>
    public int LearnerRestarts { get; init; }

    /// <summary>Runners in the whole cluster.</summary>
    public int Runners { get; init; }

    /// <summary>How many learners together stand; null for a single one.</summary>
    public DistributedStatus? Distributed { get; init; }
}
