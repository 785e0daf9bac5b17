using System.Collections.Concurrent;

namespace DqnAkka.Actors.Tests;

/// <summary>A sink that keeps what it is told.</summary>
internal sealed class RecordingSink : IProgressSink
{
    public ConcurrentQueue<ProgressReport> Reports { get; } = new();

    public ConcurrentQueue<EvaluationResult> Evaluations { get; } = new();

    public ConcurrentQueue<string> Notices { get; } = new();

    public ConcurrentQueue<RunSummary> Summaries { get; } = new();

    /// <summary>Called at each report.</summary>
    public Action<ProgressReport> OnReport { get; init; } = _ => { };

    public void Report(ProgressReport report)
    {
        Reports.Enqueue(report);
        OnReport(report);
    }

    public void Evaluated(EvaluationResult result) => Evaluations.Enqueue(result);

    public void Notice(string message) => Notices.Enqueue(message);

    public void Completed(RunSummary summary) => Summaries.Enqueue(summary);
}
