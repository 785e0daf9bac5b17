using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>How long a run can still take.</summary>
internal static class TimeLeft
{
    /// <summary>The estimate for people: <c>unknown</c> where a limit exists and no rate is known yet.</summary>
    /// <param name="report">Where the run stands.</param>
    /// <param name="limits">When it ends.</param>
    public static string Describe(ProgressReport report, StopOptions limits) =>
        Estimate(report, limits) is { } left ? HumanNumber.Duration(left) : limits.Steps > 0 || limits.Minutes > 0 ? "unknown" : "no limit";

    /// <summary>The time to the nearer of the step limit (at the present rate) and the time limit.</summary>
    /// <param name="report">Where the run stands.</param>
    /// <param name="limits">When it ends.</param>
    /// <returns>The time, at least zero; null where nothing limits the run or no rate is known yet.</returns>
    public static TimeSpan? Estimate(ProgressReport report, StopOptions limits)
    {
        double seconds = double.PositiveInfinity;
        if (limits.Steps > 0 && report.StepsPerSecond > 0)
        {
            seconds = (limits.Steps - report.Steps) / report.StepsPerSecond;
        }

        if (limits.Minutes > 0)
        {
            seconds = Math.Min(seconds, (limits.Minutes * 60) - report.Elapsed.TotalSeconds);
        }

        return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : null;
    }
}
