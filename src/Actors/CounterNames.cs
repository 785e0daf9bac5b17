namespace DqnAkka.Actors;

/// <summary>Names of the counters in a checkpoint.</summary>
public static class CounterNames
{
    /// <summary>Environment steps (agent decisions).</summary>
    public const string Steps = "steps";

    /// <summary>Learner updates.</summary>
    public const string Updates = "updates";

    /// <summary>Updates skipped because the loss or the gradient was not finite.</summary>
    public const string SkippedUpdates = "skipped_updates";

    /// <summary>Transitions inserted.</summary>
    public const string Inserts = "inserts";

    /// <summary>Transitions sampled and trained on.</summary>
    public const string Samples = "samples";

    /// <summary>Value of <see cref="Inserts"/> from which the limiter counts.</summary>
    public const string LimiterInserts = "limiter-inserts";

    /// <summary>Value of <see cref="Samples"/> from which the limiter counts.</summary>
    public const string LimiterSamples = "limiter-samples";

    /// <summary>Bits of the float64 <c>replay.samples-per-insert</c> that the limiter counted by.</summary>
    public const string LimiterRatioBits = "limiter-ratio-bits";

    /// <summary>Bits of the float64 <c>replay.samples-per-insert-tolerance</c>.</summary>
    public const string LimiterToleranceBits = "limiter-tolerance-bits";

    /// <summary>The <c>replay.min-size</c> of then.</summary>
    public const string LimiterMinimumSize = "limiter-min-size";

    /// <summary>Generation of the learner: its successor takes a larger one, whatever its clock says.</summary>
    public const string Generation = "generation";

    /// <summary>Wall time of the run so far, all its processes together.</summary>
    public const string ElapsedMilliseconds = "elapsed-milliseconds";

    /// <summary>Finished training episodes.</summary>
    public const string Episodes = "episodes";

    /// <summary>How often the run was gone on with by <c>train --resume</c>.</summary>
    public const string Resumptions = "resumptions";

    /// <summary>1 where a confirmed evaluation reached <c>stop.score</c>.</summary>
    public const string ScoreReached = "score-reached";

    /// <summary>Incarnation of a shard, as the learner knew it.</summary>
    /// <param name="shard">The shard.</param>
    public static string ShardIncarnation(int shard) => $"shard-{shard}-incarnation";

    /// <summary>Transitions inserted since that incarnation began, as far as they are in <see cref="Inserts"/>.</summary>
    /// <param name="shard">The shard.</param>
    public static string ShardInserts(int shard) => $"shard-{shard}-inserts";

    /// <summary>The shard's position: what had arrived there by the checkpoint, inserted or inherited.</summary>
    /// <param name="shard">The shard.</param>
    public static string ShardPosition(int shard) => $"shard-{shard}-position";

    /// <summary>Environment steps since that incarnation began, as far as they are in <see cref="Steps"/>.</summary>
    /// <param name="shard">The shard.</param>
    public static string ShardSteps(int shard) => $"shard-{shard}-steps";
}
