using System.Diagnostics;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Means and rates of what the coordinator tells of itself.</summary>
/// <param name="counts">What became of gradients.</param>
internal sealed class ServerReports(GradientCounts counts)
{
    private const double Smoothing = 0.3;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private long _last;
    private long _computedBefore = counts.Computed;
    private double _perSecond;
    private (double Loss, double Error, double Value) _sums;
    private int _count;

    /// <summary>Whether the last report is long enough ago for another between two ticks.</summary>
    public bool IsDue => Stopwatch.GetElapsedTime(_last) >= Period;

    /// <summary>A gradient was applied.</summary>
    public void Add(GradientProtocol.GradientComputed gradient)
    {
        _sums.Loss += gradient.Loss;
        _sums.Error += gradient.MeanAbsoluteTdError;
        _sums.Value += gradient.MeanQ;
        _count++;
    }

    /// <summary>A second has passed.</summary>
    public void CountSecond()
    {
        _perSecond += Smoothing * (counts.Computed - _computedBefore - _perSecond);
        _computedBefore = counts.Computed;
    }

    /// <summary>Makes a report.</summary>
    public ProgressProtocol.LearnerReport Make(SamplePlanner planner, WorkerRegistry workers, long epoch, long version, long targetVersion)
    {
        _last = Stopwatch.GetTimestamp();
        (double loss, double error, double value) = (_sums.Loss / _count, _sums.Error / _count, _sums.Value / _count);
        _sums = default;
        _count = 0;
        return new ProgressProtocol.LearnerReport(
            planner.Accounts.EnvironmentSteps, version, planner.Accounts.Inserts, planner.Learned, planner.Accounts.Count, loss, error, value, Busy: double.NaN)
        {
            LimiterError = planner.LimiterError,
            Distributed = new DistributedStatus
            {
                Mode = LearnerMode.ParameterServer,
                Members = workers.All.Count,
                Epoch = epoch,
                Version = version,
                TargetVersion = targetVersion,
                GradientsPerSecond = _perSecond,
                Staleness = counts.Staleness,
                DiscardedStale = counts.DiscardedStale,
                DiscardedLate = counts.DiscardedLate,
                DiscardedOutliers = counts.DiscardedOutliers,
                DiscardedNotFinite = counts.DiscardedNotFinite,
                Lost = counts.Lost,
                Repeats = counts.Returns,
                Links = workers.Links(),
            },
        };
    }
}
