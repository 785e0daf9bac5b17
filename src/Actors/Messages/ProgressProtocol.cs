namespace DqnAkka.Actors;

/// <summary>What everybody tells the Progress actor. Reporters accumulate and send at most ten reports a second.</summary>
public static class ProgressProtocol
{
    /// <summary>What a runner did since its last report.</summary>
    /// <param name="Runner">Its index.</param>
    /// <param name="Steps">Environment steps.</param>
    /// <param name="Epsilon">Its ε now.</param>
    /// <param name="Returns">Undiscounted returns of the episodes that ended; at most <see cref="MaxReturns"/>.</param>
    /// <param name="Acknowledged">Transitions that shards have acknowledged to it, by the shard's incarnation.</param>
    public sealed record RunnerReport(
        int Runner, long Steps, double Epsilon, IReadOnlyList<double> Returns, IReadOnlyList<AcknowledgedTransitions> Acknowledged) : IWireMessage;

    /// <summary>Returns in one report; further ones go into the next, so that a report fits one frame.</summary>
    public const int MaxReturns = 2048;

    /// <summary>Transitions that one incarnation of a shard has acknowledged.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Incarnation">Its incarnation.</param>
    /// <param name="Transitions">How many.</param>
    public sealed record AcknowledgedTransitions(int Shard, long Incarnation, long Transitions);

    /// <summary>Where the learner stands. Counts are totals; means are over the updates since its last report (NaN if there were none).</summary>
    /// <param name="Steps">Environment steps behind the inserts.</param>
    /// <param name="Updates">Learner updates.</param>
    /// <param name="Inserts">Transitions inserted.</param>
    /// <param name="Samples">Transitions sampled and trained on.</param>
    /// <param name="ReplaySize">Transitions held.</param>
    /// <param name="Loss">Mean loss.</param>
    /// <param name="MeanAbsoluteTdError">Mean |δ|.</param>
    /// <param name="MeanQ">Mean Q(s, a).</param>
    /// <param name="Busy">Share of the time since the first update spent inside training steps, without waiting for replicas; NaN where workers take them.</param>
    public sealed record LearnerReport(
        long Steps,
        long Updates,
        long Inserts,
        long Samples,
        long ReplaySize,
        double Loss,
        double MeanAbsoluteTdError,
        double MeanQ,
        double Busy)
    {
        /// <summary>Generation of the learner.</summary>
        public long Generation { get; init; }

        /// <summary>Version of its newest snapshot.</summary>
        public long SnapshotVersion { get; init; }

        /// <summary>Updates skipped over the whole run, because the loss or the gradient was not finite.</summary>
        public long SkippedUpdates { get; init; }

        /// <summary>How far the limiter's account is off, −1 to 1: at −1 the learner waits for the runners, at 1 they wait for it; NaN without a limit.</summary>
        public double LimiterError { get; init; } = double.NaN;

        /// <summary>How many learners together stand; null for a single one.</summary>
        public DistributedStatus? Distributed { get; init; }

        /// <summary>What it waits for if nothing moves, in words that complete "waits for …".</summary>
        public string WaitsFor { get; init; } = "";
    }

    /// <summary>A runner was restarted.</summary>
    /// <param name="Runner">Its index.</param>
    /// <param name="Cause">One line.</param>
    public sealed record RunnerRestarted(int Runner, string Cause) : IWireMessage;

    /// <summary>The process that stepped environments was started again; their running episodes were dropped.</summary>
    /// <param name="Where">Whose environments, in a word or two.</param>
    /// <param name="Cause">One line.</param>
    public sealed record EnvironmentRestarted(string Where, string Cause) : IWireMessage;

    /// <summary>The learner was restarted.</summary>
    /// <param name="Cause">One line.</param>
    public sealed record LearnerRestarted(string Cause);

    /// <summary>A checkpoint was written.</summary>
    /// <param name="Updates">Learner updates in it.</param>
    public sealed record CheckpointSaved(long Updates);

    /// <summary>Asks how many training episodes there were; answered with <see cref="EpisodesCounted"/>.</summary>
    public sealed record CountEpisodes
    {
        private CountEpisodes()
        {
        }

        /// <summary>The only one.</summary>
        public static CountEpisodes Instance { get; } = new();
    }

    /// <summary>How many training episodes have ended over the run.</summary>
    /// <param name="Episodes">How many.</param>
    public sealed record EpisodesCounted(long Episodes);

    /// <summary>Something worth a line.</summary>
    /// <param name="Message">The line.</param>
    public sealed record Notice(string Message) : IWireMessage;

    /// <summary>The run ended: tell every sink, then answer with <see cref="Completed"/>.</summary>
    /// <param name="Reason">Why it ended.</param>
    /// <param name="Failure">One line that says what failed, or empty.</param>
    /// <param name="Evaluation">The final evaluation, or null.</param>
    /// <param name="CheckpointDirectory">Where the checkpoint is, or empty.</param>
    public sealed record Complete(StopReason Reason, string Failure, EvaluationResult? Evaluation, string CheckpointDirectory);

    /// <summary>Every sink knows.</summary>
    /// <param name="Summary">What they were told.</param>
    public sealed record Completed(RunSummary Summary);
}
