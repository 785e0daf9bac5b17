namespace DqnAkka.Actors;

/// <summary>Where a run stands. Rates are over the time since the last report.</summary>
public sealed record ProgressReport
{
    /// <summary>Wall-clock time since the run's start.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Environment steps (agent decisions) over all runners.</summary>
    public required long Steps { get; init; }

    /// <summary>Finished training episodes.</summary>
    public required long Episodes { get; init; }

    /// <summary>Learner updates.</summary>
    public required long Updates { get; init; }

    /// <summary>Updates skipped because the loss or the gradient was not finite.</summary>
    public long SkippedUpdates { get; init; }

    /// <summary>How many learners together stand; null for a single one.</summary>
    public DistributedStatus? Distributed { get; init; }

    /// <summary>Transitions inserted into the replay buffer.</summary>
    public required long Inserts { get; init; }

    /// <summary>Transitions sampled from it.</summary>
    public required long Samples { get; init; }

    /// <summary>Transitions held now.</summary>
    public required long ReplaySize { get; init; }

    /// <summary>Lowest and highest ε of the runners.</summary>
    public required double EpsilonLow { get; init; }

    /// <summary>Highest ε of the runners.</summary>
    public required double EpsilonHigh { get; init; }

    /// <summary>Mean loss; NaN before the first update.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean |δ|; NaN before the first update.</summary>
    public required double MeanAbsoluteTdError { get; init; }

    /// <summary>Mean Q(s, a); NaN before the first update.</summary>
    public required double MeanQ { get; init; }

    /// <summary>Mean of the last 100 training returns; NaN before the first episode.</summary>
    public required double ReturnMean { get; init; }

    /// <summary>Standard deviation of the last 100 training returns; NaN before the first episode.</summary>
    public required double ReturnDeviation { get; init; }

    /// <summary>Environment steps per second.</summary>
    public required double StepsPerSecond { get; init; }

    /// <summary>Learner updates per second.</summary>
    public required double UpdatesPerSecond { get; init; }

    /// <summary>Share of the time since the first update that the learner spent inside training steps, 0 … 1, without waiting for replicas; NaN where gradient workers take them.</summary>
    public required double LearnerBusy { get; init; }

    /// <summary>Runner restarts so far.</summary>
    public required int RunnerRestarts { get; init; }

    /// <summary>Learner restarts so far.</summary>
    public required int LearnerRestarts { get; init; }

    /// <summary>Restarts so far of processes that step environments, of which each has cost its running episodes.</summary>
    public int EnvironmentRestarts { get; init; }

    /// <summary>Dead letters so far.</summary>
    public required long DeadLetters { get; init; }

    /// <summary>Samples for each insert over the whole run; NaN before the first sample.</summary>
    public double SamplesPerInsert => Inserts > 0 && Samples > 0 ? (double)Samples / Inserts : double.NaN;

    /// <summary>Samples for each insert over about the last ten seconds; NaN where nothing was inserted in them.</summary>
    public double RecentSamplesPerInsert { get; init; } = double.NaN;

    /// <summary>
    /// How far the limiter's account is off, as a share of its tolerance, −1 … 1: at −1 the learner waits for the runners, at 1 they wait for
    /// it; NaN where nothing is limited, and before sampling begins.
    /// </summary>
    public double LimiterError { get; init; } = double.NaN;
}

/// <summary>The outcome of greedy episodes on one policy.</summary>
/// <param name="Step">Environment steps of the run when the policy was published.</param>
/// <param name="Updates">Learner updates when the policy was published.</param>
/// <param name="Episodes">Number of episodes.</param>
/// <param name="Mean">Mean return.</param>
/// <param name="Deviation">Standard deviation of the returns (n − 1).</param>
/// <param name="Minimum">Lowest return.</param>
/// <param name="Maximum">Highest return.</param>
public sealed record EvaluationResult(long Step, long Updates, int Episodes, double Mean, double Deviation, double Minimum, double Maximum)
{
    /// <summary>Wall-clock time since the run's start at which the evaluation ended.</summary>
    public TimeSpan Elapsed { get; init; }
}

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>A confirmed evaluation reached <c>stop.score</c>.</summary>
    Score,

    /// <summary><c>stop.steps</c>.</summary>
    Steps,

    /// <summary><c>stop.minutes</c>.</summary>
    Minutes,

    /// <summary>The user asked (Ctrl-C, SIGTERM).</summary>
    Interrupted,

    /// <summary>Something failed; <see cref="RunSummary.Failure"/> says what.</summary>
    Failed,

    /// <summary>The stored transitions of an import are used up.</summary>
    SourceEnded,
}

/// <summary>How a run ended.</summary>
public sealed record RunSummary
{
    /// <summary>Why it ended.</summary>
    public required StopReason Reason { get; init; }

    /// <summary>One line that says what failed; empty where nothing did.</summary>
    public string Failure { get; init; } = "";

    /// <summary>The final evaluation of the policy in the checkpoint; null where none was made.</summary>
    public EvaluationResult? Evaluation { get; init; }

    /// <summary>The last report.</summary>
    public required ProgressReport Progress { get; init; }

    /// <summary>Where the run went on from, by its checkpoint's counters; null where it began here.</summary>
    public ResumePoint? ResumedAt { get; init; }

    /// <summary>The checkpoint's folder; empty where none could be written.</summary>
    public string CheckpointDirectory { get; init; } = "";

    /// <summary>What two deterministic runs are compared by: a hash of all that the checkpoint holds but for times; empty for other runs.</summary>
    public string CheckpointHash { get; init; } = "";
}

/// <summary>Where a run goes on.</summary>
/// <param name="Steps">Environment steps behind it.</param>
/// <param name="Updates">Learner updates behind it.</param>
/// <param name="Episodes">Training episodes behind it.</param>
public sealed record ResumePoint(long Steps, long Updates, long Episodes)
{
    /// <summary>Reads it from a checkpoint's counters.</summary>
    /// <param name="counters">The counters, by the names of <see cref="CounterNames"/>; null where there is no checkpoint.</param>
    public static ResumePoint? From(IReadOnlyDictionary<string, long>? counters) => counters is null
        ? null
        : new ResumePoint(
            counters.GetValueOrDefault(CounterNames.Steps), counters.GetValueOrDefault(CounterNames.Updates), counters.GetValueOrDefault(CounterNames.Episodes));
}

/// <summary>
/// Where progress goes: the console, the metrics file, a dashboard. Called by the Progress actor, one call at a time, on a
/// dispatcher for file I/O; an exception is reported once as a warning and the sink is not called again.
/// </summary>
public interface IProgressSink
{
    /// <summary>A periodic report (four times a second).</summary>
    void Report(ProgressReport report);

    /// <summary>An evaluation ended.</summary>
    void Evaluated(EvaluationResult result);

    /// <summary>Something worth a line happened: a restart, a checkpoint, a stall.</summary>
    void Notice(string message);

    /// <summary>The run ended; nothing follows.</summary>
    void Completed(RunSummary summary);
}

/// <summary>A sink whose output is part of what a deterministic run produces: a run that goes on from a checkpoint takes it back to where it was then.</summary>
public interface IRewindableSink : IProgressSink
{
    /// <summary>Makes sure that what was written is on the disk before a checkpoint counts on it.</summary>
    /// <returns>Bytes written so far.</returns>
    long Commit();

    /// <summary>Takes back what was written later.</summary>
    /// <param name="length">What <see cref="Commit"/> gave at the checkpoint.</param>
    /// <exception cref="IOException">There is less than that, or it cannot be written.</exception>
    void Rewind(long length);
}
