using System.Diagnostics;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Adds up what runners and learner report, and says where the run stands.</summary>
/// <param name="startTimestamp">The run's start, a Stopwatch timestamp.</param>
internal sealed class ProgressLedger(long startTimestamp)
{
    private const int ReturnWindow = 100;
    private readonly long _startTimestamp = startTimestamp;
    private readonly Queue<double> _returns = new();
    private readonly Dictionary<int, double> _epsilons = [];
    private ProgressProtocol.LearnerReport? _learner;
    private (double Loss, double AbsoluteTdError, double Value) _means = (double.NaN, double.NaN, double.NaN);
    private long _runnerSteps;
    private long _episodes;
    private long _lastTimestamp = startTimestamp;
    private long _lastSteps;
    private long _lastUpdates;

    /// <summary>Runner restarts.</summary>
    public int RunnerRestarts { get; set; }

    /// <summary>Learner restarts.</summary>
    public int LearnerRestarts { get; set; }

    /// <summary>Dead letters.</summary>
    public long DeadLetters { get; set; }

    /// <summary>Takes a runner's report.</summary>
    public void Add(ProgressProtocol.RunnerReport report)
    {
        _runnerSteps += report.Steps;
        _epsilons[report.Runner] = report.Epsilon;
        foreach (double value in report.Returns)
        {
            _episodes++;
            _returns.Enqueue(value);
            if (_returns.Count > ReturnWindow)
            {
                _returns.Dequeue();
            }
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

    /// <summary>Where the run stands; rates are since the last call.</summary>
    public ProgressReport Report()
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Math.Max(1e-9, Stopwatch.GetElapsedTime(_lastTimestamp, now).TotalSeconds);
        // The learner's count is the run's clock; runners are ahead of it by what is in flight.
        long steps = Math.Max(_lastSteps, _learner?.Steps ?? _runnerSteps);
        long updates = _learner?.Updates ?? 0;
        ReturnStatistics? returns = _returns.Count > 0 ? ReturnStatistics.From([.. _returns]) : null;
        ProgressReport report = new()
        {
            Elapsed = Stopwatch.GetElapsedTime(_startTimestamp, now),
            Steps = steps,
            Episodes = _episodes,
            Updates = updates,
            Inserts = _learner?.Inserts ?? 0,
            Samples = _learner?.Samples ?? 0,
            ReplaySize = _learner?.ReplaySize ?? 0,
            EpsilonLow = _epsilons.Count > 0 ? _epsilons.Values.Min() : double.NaN,
            EpsilonHigh = _epsilons.Count > 0 ? _epsilons.Values.Max() : double.NaN,
            Loss = _means.Loss,
            MeanAbsoluteTdError = _means.AbsoluteTdError,
            MeanQ = _means.Value,
            ReturnMean = returns?.Mean ?? double.NaN,
            ReturnDeviation = returns?.Deviation ?? double.NaN,
            StepsPerSecond = Math.Max(0, steps - _lastSteps) / seconds,
            UpdatesPerSecond = Math.Max(0, updates - _lastUpdates) / seconds,
            LearnerBusy = _learner?.Busy ?? 0,
            RunnerRestarts = RunnerRestarts,
            LearnerRestarts = LearnerRestarts,
            DeadLetters = DeadLetters,
        };
        _lastTimestamp = now;
        _lastSteps = steps;
        _lastUpdates = updates;
        return report;
    }
}
