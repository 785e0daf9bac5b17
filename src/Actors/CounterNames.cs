namespace DqnAkka.Actors;

/// <summary>Names of the counters in a checkpoint.</summary>
public static class CounterNames
{
    /// <summary>Environment steps (agent decisions).</summary>
    public const string Steps = "steps";

    /// <summary>Learner updates.</summary>
    public const string Updates = "updates";

    /// <summary>Transitions inserted.</summary>
    public const string Inserts = "inserts";

    /// <summary>Generation of the learner that wrote the checkpoint.</summary>
    public const string Generation = "generation";

    /// <summary>Wall-clock time of the run, in milliseconds.</summary>
    public const string ElapsedMilliseconds = "elapsed-milliseconds";

    /// <summary>Transitions sampled.</summary>
    public const string Samples = "samples";
}
