using System.Globalization;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>How a run ended, in lines; the last is the final evaluation where there was one.</summary>
internal static class SummaryLines
{
    /// <summary>The lines.</summary>
    public static IReadOnlyList<string> Format(RunSummary summary)
    {
        ProgressReport progress = summary.Progress;
        return
        [
            $"ended: {Reason(summary.Reason)}",
            .. summary.ResumedAt is { } point
                ? [string.Create(CultureInfo.InvariantCulture, $"resumed at step {point.Steps}, update {point.Updates}, episode {point.Episodes}")]
                : Array.Empty<string>(),
            $"checkpoint {(summary.CheckpointDirectory.Length > 0 ? summary.CheckpointDirectory : "none")}",
            .. summary.CheckpointHash.Length > 0 ? [$"checkpoint hash {summary.CheckpointHash}"] : Array.Empty<string>(),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Busy(progress)}wall time {progress.Elapsed.TotalSeconds:0.0} s, {progress.Steps} steps, {progress.Updates} updates, {progress.Episodes} episodes"),
            .. summary.Evaluation is { } evaluation ? [EvaluationLine.Format(evaluation)] : Array.Empty<string>(),
        ];
    }

    /// <summary>A parameter server has no learner that could be busy.</summary>
    private static string Busy(ProgressReport progress) =>
        double.IsNaN(progress.LearnerBusy) ? "" : string.Create(CultureInfo.InvariantCulture, $"learner busy {progress.LearnerBusy:P0}, ");

    private static string Reason(StopReason reason) => reason switch
    {
        StopReason.Score => "the score was reached (stop.score)",
        StopReason.Steps => "the step limit was reached (stop.steps)",
        StopReason.Minutes => "the time limit was reached (stop.minutes)",
        StopReason.SourceEnded => "the imported file was used up",
        StopReason.Interrupted => "interrupted",
        _ => "failed",
    };
}
