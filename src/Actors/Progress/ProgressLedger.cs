using System.Diagnostics;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Adds up what runners and learner report, and says where the run stands.</summary>
/// <param name="startTimestamp">The run's start, a Stopwatch timestamp.</param>
/// <param name="resumedAt">What earlier parts of the run had; null where it begins.</param>
internal sealed class ProgressLedger(long startTimestamp, ResumePoint? resumedAt = null)
{
    // Reports that are asked for one right after the other say nothing of a rate.
    private const double RateSeconds = 0.2;
    private static readonly TimeSpan RunnerMemory = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RatioMemory = TimeSpan.FromSeconds(10);
    private readonly long _startTimestamp = startTimestamp;
    private readonly ReturnWindow _returns = new();
    private readonly Queue<(long Timestamp, long Inserts, long Samples)> _ratios = new();
    private readonly Dictionary<int, (double Epsilon, long Timestamp)> _runners = [];
    private long _checkpointUpdates = -1;
    private long _checkpointTimestamp;
    private ProgressProtocol.LearnerReport? _learner;
    private (double Loss, double AbsoluteTdError, double Value) _means = (double.NaN, double.NaN, double.NaN);
    private long _runnerSteps;
    private (double Steps, double Updates) _rates;
    private long _latestSteps = resumedAt?.Steps ?? 0;
    private long _lastTimestamp = resumedAt is null ? startTimestamp : Stopwatch.GetTimestamp();
    private long _lastSteps = resumedAt?.Steps ?? 0;
    private long _lastUpdates = resumedAt?.Updates ?? 0;

    /// <summary>Training episodes over the run.</summary>
    public long Episodes { get; private set; } = resumedAt?.Episodes ?? 0;

    /// <summary>Runner restarts.</summary>
    public int RunnerRestarts { get; set; }

    /// <summary>Restarts of processes that step environments.</summary>
    public int EnvironmentRestarts { get; set; }

    /// <summary>Learner restarts.</summary>
    public int LearnerRestarts { get; set; }

    /// <summary>Dead letters.</summary>
    public long DeadLetters { get; set; }

    /// <summary>Takes a runner's report.</summary>
    public void Add(ProgressProtocol.RunnerReport report)
    {
        _runnerSteps += report.Steps;
        _runners[report.Runner] = (report.Epsilon, Stopwatch.GetTimestamp());
        foreach (double value in report.Returns)
        {
            Episodes++;
            _returns.Add(value);
        }
    }

    /// <summary>Takes the learner's report.</summary>
    public void Add(ProgressProtocol.LearnerReport report)
    {
        _learner = report;
        if (!double.IsNaN(report.Loss))
        {
            _means = (report.Loss, report.MeanAbsoluteTdError, report.MeanQ);
        }
    }

    /// <summary>Takes word of a checkpoint.</summary>
    public void Add(ProgressProtocol.CheckpointSaved saved)
    {
        _checkpointUpdates = saved.Updates;
        _checkpointTimestamp = Stopwatch.GetTimestamp();
    }

    /// <summary>What the learner waits for if nothing moves.</summary>
    public string WaitsFor => _learner?.WaitsFor ?? "the learner to start";

    /// <summary>What the <c>status</c> command shows of the training.</summary>
    /// <param name="report">The latest report.</param>
    public TrainingStatus Status(ProgressReport report) => new()
    {
        Generation = _learner?.Generation ?? 0,
        SnapshotVersion = _learner?.SnapshotVersion ?? 0,
        Updates = report.Updates,
        UpdatesPerSecond = report.UpdatesPerSecond,
        Steps = report.Steps,
        StepsPerSecond = report.StepsPerSecond,
        Inserts = report.Inserts,
        Samples = report.Samples,
        SkippedUpdates = report.SkippedUpdates,
        LimiterError = report.LimiterError,
        CheckpointUpdates = _checkpointUpdates,
        CheckpointAge = _checkpointUpdates < 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_checkpointTimestamp),
        RunnerRestarts = RunnerRestarts,
        LearnerRestarts = LearnerRestarts,
        Runners = _runners.Count,
        Distributed = _learner?.Distributed,
    };

    /// <summary>Where the run stands; rates are since the last call, or where that was just now, what they were then.</summary>
    public ProgressReport Report()
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(_lastTimestamp, now).TotalSeconds;
        // The learner's count is the run's clock; runners are ahead of it by what is in flight.
        long steps = Math.Max(_latestSteps, _learner?.Steps ?? _runnerSteps);
        long updates = _learner?.Updates ?? resumedAt?.Updates ?? 0;
        ReturnStatistics? returns = _returns.Statistics;
        ForgetRunners(now);
        if (seconds >= RateSeconds)
        {
            _rates = (Math.Max(0, steps - _lastSteps) / seconds, Math.Max(0, updates - _lastUpdates) / seconds);
            (_lastTimestamp, _lastSteps, _lastUpdates) = (now, steps, updates);
        }
        else if (updates < _lastUpdates)
        {
            // The learner fell back to its checkpoint.
            _rates = (0, 0);
        }

        ProgressReport report = new()
        {
            Elapsed = Stopwatch.GetElapsedTime(_startTimestamp, now),
            Steps = steps,
            Episodes = Episodes,
            Updates = updates,
            Inserts = _learner?.Inserts ?? 0,
            Samples = _learner?.Samples ?? 0,
            ReplaySize = _learner?.ReplaySize ?? 0,
            EpsilonLow = _runners.Count > 0 ? _runners.Values.Min(runner => runner.Epsilon) : double.NaN,
            EpsilonHigh = _runners.Count > 0 ? _runners.Values.Max(runner => runner.Epsilon) : double.NaN,
            Loss = _means.Loss,
            MeanAbsoluteTdError = _means.AbsoluteTdError,
            MeanQ = _means.Value,
            ReturnMean = returns?.Mean ?? double.NaN,
            ReturnDeviation = returns?.Deviation ?? double.NaN,
            StepsPerSecond = _rates.Steps,
            UpdatesPerSecond = _rates.Updates,
            LearnerBusy = _learner?.Busy ?? 0,
            RunnerRestarts = RunnerRestarts,
            LearnerRestarts = LearnerRestarts,
            EnvironmentRestarts = EnvironmentRestarts,
            DeadLetters = DeadLetters,
            RecentSamplesPerInsert = RecentRatio(now),
            SkippedUpdates = _learner?.SkippedUpdates ?? 0,
            LimiterError = _learner?.LimiterError ?? double.NaN,
            Distributed = _learner?.Distributed,
        };
        _latestSteps = steps;
        return report;
    }

    private double RecentRatio(long now)
    {
        (long inserts, long samples) = (_learner?.Inserts ?? 0, _learner?.Samples ?? 0);
        if (_ratios.Count > 0 && samples < _ratios.Last().Samples)
        {
            // The learner fell back to its checkpoint.
            _ratios.Clear();
        }

        _ratios.Enqueue((now, inserts, samples));
        while (Stopwatch.GetElapsedTime(_ratios.Peek().Timestamp, now) > RatioMemory)
        {
            _ratios.Dequeue();
        }

        (_, long insertsBefore, long samplesBefore) = _ratios.Peek();
        return inserts > insertsBefore ? (double)(samples - samplesBefore) / (inserts - insertsBefore) : double.NaN;
    }

    /// <summary>A runner whose node has left or died no longer counts.</summary>
    private void ForgetRunners(long now)
    {
        foreach ((int runner, (double _, long timestamp)) in _runners)
        {
            if (Stopwatch.GetElapsedTime(timestamp, now) > RunnerMemory)
            {
                _runners.Remove(runner);
            }
        }
    }
}
