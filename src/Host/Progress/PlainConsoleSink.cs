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
        Write(
            $"progress step={report.Steps} updates={report.Updates} episodes={report.Episodes} samples-per-insert={EvaluationLine.Number(report.SamplesPerInsert)} "
            + $"recent-samples-per-insert={EvaluationLine.Number(report.RecentSamplesPerInsert)} limiter-error={EvaluationLine.Number(Math.Round(report.LimiterError, 2))} "
            + $"epsilon={Epsilon(report)} loss={EvaluationLine.Number(report.Loss)} td={EvaluationLine.Number(report.MeanAbsoluteTdError)} q={EvaluationLine.Number(report.MeanQ)} "
            + $"return={EvaluationLine.Number(report.ReturnMean)} sd={EvaluationLine.Number(report.ReturnDeviation)} "
            + $"steps/s={EvaluationLine.Number(Math.Round(report.StepsPerSecond))} updates/s={EvaluationLine.Number(Math.Round(report.UpdatesPerSecond))} seconds={EvaluationLine.Number(Math.Round(report.Elapsed.TotalSeconds, 1))}");
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

    private static string Epsilon(ProgressReport report) => report.EpsilonLow == report.EpsilonHigh
        ? EvaluationLine.Number(report.EpsilonLow)
        : $"{EvaluationLine.Number(report.EpsilonLow)}..{EvaluationLine.Number(report.EpsilonHigh)}";

    private void Write(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
