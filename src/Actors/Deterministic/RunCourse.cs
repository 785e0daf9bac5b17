using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>What a run has seen so far beside what it has learned: episodes, evaluations, and the best policy.</summary>
internal sealed record RunCourse
{
    /// <summary>Finished training episodes.</summary>
    public long Episodes { get; init; }

    /// <summary>Evaluations so far; each plays episodes of its own.</summary>
    public long Evaluations { get; init; }

    /// <summary>Environment steps at which the next evaluation is due.</summary>
    public required long NextEvaluation { get; init; }

    /// <summary>Returns of the last training episodes, the oldest first.</summary>
    public IReadOnlyList<double> Returns { get; init; } = [];

    /// <summary>The policy that was best in an evaluation; null before the first.</summary>
    public PolicySnapshot? Best { get; init; }

    /// <summary>Its evaluation.</summary>
    public EvaluationResult? BestResult { get; init; }

    /// <summary>Whether that policy reached <c>stop.score</c> and was confirmed.</summary>
    public bool IsDecided { get; init; }

    /// <summary>The last report; what depends on the clock does not count.</summary>
    public required ProgressReport LastReport { get; init; }

    /// <summary>Bytes of the run's metrics by then.</summary>
    public long MetricsLength { get; init; }

    /// <summary>A run that has not begun.</summary>
    /// <param name="options">The run's options.</param>
    public static RunCourse Begin(TrainingOptions options) => new()
    {
        NextEvaluation = options.Evaluation.Period,
        LastReport = new ProgressReport
        {
            Elapsed = TimeSpan.Zero,
            Steps = 0,
            Episodes = 0,
            Updates = 0,
            Inserts = 0,
            Samples = 0,
            ReplaySize = 0,
            EpsilonLow = double.NaN,
            EpsilonHigh = double.NaN,
            Loss = double.NaN,
            MeanAbsoluteTdError = double.NaN,
            MeanQ = double.NaN,
            ReturnMean = double.NaN,
            ReturnDeviation = double.NaN,
            StepsPerSecond = 0,
            UpdatesPerSecond = 0,
            LearnerBusy = 0,
            RunnerRestarts = 0,
            LearnerRestarts = 0,
            DeadLetters = 0,
        },
    };
}
