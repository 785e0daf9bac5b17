using System.Diagnostics;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Says where a deterministic run stands, at environment steps that follow from the configuration alone. Only what the console shows of it depends on the clock.</summary>
/// <param name="options">The run's options.</param>
/// <param name="clock">The run's clock.</param>
internal sealed class DeterministicReports(TrainingOptions options, RunClock clock)
{
    private const int ReportsPerEvaluation = 20;
    private readonly long _period = Math.Max(1, options.Evaluation.Period / ReportsPerEvaluation);
    private long _next;
    private (TimeSpan Elapsed, long Steps, long Updates) _last;

    /// <summary>Begins after a report of so many environment steps.</summary>
    /// <param name="report">That report.</param>
    public void BeginAfter(ProgressReport report)
    {
        _next = ((report.Steps / _period) + 1) * _period;
        _last = (clock.Elapsed, report.Steps, report.Updates);
    }

    /// <summary>Whether a report is due.</summary>
    /// <param name="steps">Environment steps so far.</param>
    public bool IsDue(long steps) => steps >= _next;

    /// <summary>Where the run stands.</summary>
    /// <param name="segment">What is going on.</param>
    /// <param name="keeper">What has been seen.</param>
    public ProgressReport Make(DeterministicSegment segment, CourseKeeper keeper)
    {
        SamplePlanner planner = segment.Planner;
        RunCourse course = keeper.Course;
        ReturnStatistics? returns = keeper.Returns;
        (double loss, double error, double value) = segment.Process.TakeMeans();
        bool hasLearned = !double.IsNaN(loss);
        (double low, double high) = segment.Epsilons;
        TimeSpan elapsed = clock.Elapsed;
        double seconds = Math.Max((elapsed - _last.Elapsed).TotalSeconds, 1.0 / Stopwatch.Frequency);
        ProgressReport report = course.LastReport with
        {
            Elapsed = elapsed,
            Steps = segment.Steps,
            Episodes = course.Episodes,
            Updates = segment.Process.Updates,
            Inserts = planner.Accounts.Inserts,
            Samples = planner.Learned,
            ReplaySize = planner.Accounts.Count,
            EpsilonLow = low,
            EpsilonHigh = high,
            Loss = hasLearned ? loss : course.LastReport.Loss,
            MeanAbsoluteTdError = hasLearned ? error : course.LastReport.MeanAbsoluteTdError,
            MeanQ = hasLearned ? value : course.LastReport.MeanQ,
            ReturnMean = returns?.Mean ?? double.NaN,
            ReturnDeviation = returns?.Deviation ?? double.NaN,
            StepsPerSecond = (segment.Steps - _last.Steps) / seconds,
            UpdatesPerSecond = (segment.Process.Updates - _last.Updates) / seconds,
            LearnerBusy = segment.Process.Busy,
            LimiterError = planner.LimiterError,
            SkippedUpdates = segment.Process.Skipped.Total,
        };
        BeginAfter(report);
        return report;
    }
}

/// <summary>Wall time of a run, all its processes together.</summary>
/// <param name="before">What earlier processes took.</param>
internal sealed class RunClock(TimeSpan before)
{
    /// <summary>When the run would have begun in this process alone, a Stopwatch timestamp.</summary>
    public long StartTimestamp { get; } = Stopwatch.GetTimestamp() - (long)(before.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Wall time so far.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(StartTimestamp);
}
