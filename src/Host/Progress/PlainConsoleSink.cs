using System.Globalization;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Lines for a file, a pipe or a log: progress now and then, every evaluation, and the end.</summary>
internal sealed class PlainConsoleSink(TextWriter output) : IConsoleSink
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private TimeSpan _next = Interval;

    /// <inheritdoc />
    public void Report(ProgressReport report)
    {
        if (report.Elapsed < _next)
        {
            return;
        }

        _next = report.Elapsed + Interval;
        Write(string.Join(' ', Fields(report)));
    }

    /// <inheritdoc />
    public void Evaluated(EvaluationResult result) => Write(EvaluationLine.Format(result));

    /// <inheritdoc />
    public void Notice(string message) => Write($"notice {message}");

    /// <inheritdoc />
    public void Completed(RunSummary summary)
    {
        foreach (string line in SummaryLines.Format(summary))
        {
            Write(line);
        }
    }

    /// <inheritdoc />
    public void Dispose() => output.Flush();

    /// <summary>What is not known yet, as right after a run goes on, is left out.</summary>
    private static IEnumerable<string> Fields(ProgressReport report)
    {
        (string Name, string Value)[] fields =
        [
            ("step", Whole(report.Steps)),
            ("updates", Whole(report.Updates)),
            ("skipped-updates", report.SkippedUpdates == 0 ? "" : Whole(report.SkippedUpdates)),
            ("episodes", Whole(report.Episodes)),
            ("samples-per-insert", Known(report.SamplesPerInsert)),
            ("recent-samples-per-insert", Known(report.RecentSamplesPerInsert)),
            ("limiter-error", double.IsNaN(report.LimiterError) ? "" : $"{LimiterText.Percentage(report.LimiterError)}%"),
            ("epsilon", report.EpsilonLow.Equals(report.EpsilonHigh) ? Known(report.EpsilonLow) : $"{Known(report.EpsilonLow)}..{Known(report.EpsilonHigh)}"),
            ("loss", Known(report.Loss)),
            ("td", Known(report.MeanAbsoluteTdError)),
            ("q", Known(report.MeanQ)),
            ("return", Known(report.ReturnMean)),
            ("sd", Known(report.ReturnDeviation)),
            ("steps/s", Known(Math.Round(report.StepsPerSecond))),
            ("updates/s", Known(Math.Round(report.UpdatesPerSecond))),
            .. report.Distributed is { } distributed ? Fields(distributed) : [],
            ("seconds", Known(Math.Round(report.Elapsed.TotalSeconds, 1))),
        ];
        return fields.Where(field => field.Value.Length > 0).Select(field => $"{field.Name}={field.Value}").Prepend("progress");
    }

    private static (string Name, string Value)[] Fields(DistributedStatus status) =>
    [
        ("mode", ModeChecks.Name(status.Mode)),
        ("members", Whole(status.Members)),
        ("version", Whole(status.Version)),
        ("target-version", Whole(status.TargetVersion)),
        ("gradients/s", Known(Math.Round(status.GradientsPerSecond))),
        ("staleness", Known(DistributedText.MeanStaleness(status))),
        ("discarded", Whole(DistributedText.DiscardedCount(status))),
        ("lost", Whole(status.Lost)),
        ("repeats", Whole(status.Repeats)),
        ("sent-bytes/s", Known(Math.Round(status.Links.Sum(link => link.SentPerSecond)))),
        ("received-bytes/s", Known(Math.Round(status.Links.Sum(link => link.ReceivedPerSecond)))),
    ];

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Known(double value) => double.IsNaN(value) ? "" : EvaluationLine.Number(value);

    private void Write(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
