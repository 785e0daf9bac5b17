using DqnAkka.Actors;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DqnAkka.Host;

/// <summary>What the live view shows.</summary>
internal static class LiveTable
{
    private const int WideColumns = 72;
    // A terminal has few lines, and a node may have many workers.
    private const int MaxLinks = 8;

    /// <summary>Lays out one moment of a run: two pairs of columns, or one where the terminal is narrow.</summary>
    /// <param name="report">Where the run stands.</param>
    /// <param name="evaluation">The last evaluation; null before the first.</param>
    /// <param name="notice">The last notice; empty where there was none.</param>
    /// <param name="limits">When the run ends.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IRenderable Render(ProgressReport report, EvaluationResult? evaluation, string notice, StopOptions limits, int width)
    {
        (string Name, string Value)[] cells = Cells(report, limits);
        Table table = new() { Border = width >= WideColumns ? TableBorder.Rounded : TableBorder.None, ShowHeaders = false };
        int pairs = width >= WideColumns ? 2 : 1;
        for (int pair = 0; pair < pairs; pair++)
        {
            table.AddColumn(new TableColumn("").NoWrap());
            table.AddColumn(new TableColumn("").RightAligned().NoWrap());
        }

        int rows = (cells.Length + pairs - 1) / pairs;
        for (int row = 0; row < rows; row++)
        {
            List<IRenderable> line = [];
            for (int index = row; index < cells.Length; index += rows)
            {
                line.Add(new Text(cells[index].Name, new Style(Color.Grey)));
                line.Add(new Text(cells[index].Value));
            }

            table.AddRow(line);
        }

        List<IRenderable> parts = [table, .. Links(report.Distributed), new Text(EvaluationText(evaluation)).Overflow(Overflow.Ellipsis)];
        if (notice.Length > 0)
        {
            parts.Add(new Text(notice, new Style(Color.Yellow)).Overflow(Overflow.Ellipsis));
        }

        return new Rows(parts);
    }

    private static (string Name, string Value)[] Cells(ProgressReport report, StopOptions limits) =>
    [
        ("steps", HumanNumber.Grouped(report.Steps)),
        ("updates", report.SkippedUpdates == 0
            ? HumanNumber.Grouped(report.Updates)
            : $"{HumanNumber.Grouped(report.Updates)}, {HumanNumber.Grouped(report.SkippedUpdates)} skipped"),
        ("samples per insert", $"{HumanNumber.Short(report.SamplesPerInsert)}, lately {HumanNumber.Short(report.RecentSamplesPerInsert)}"),
        ("limiter", LimiterText.Describe(report.LimiterError)),
        ("ε", report.EpsilonLow == report.EpsilonHigh
            ? HumanNumber.Short(report.EpsilonLow)
            : $"{HumanNumber.Short(report.EpsilonLow)} … {HumanNumber.Short(report.EpsilonHigh)}"),
        ("loss", HumanNumber.Short(report.Loss)),
        ("mean |TD|", HumanNumber.Short(report.MeanAbsoluteTdError)),
        ("mean Q", HumanNumber.Short(report.MeanQ)),
        ("replay", HumanNumber.Grouped(report.ReplaySize)),
        ("return", $"{HumanNumber.Short(report.ReturnMean)} ± {HumanNumber.Short(report.ReturnDeviation)}"),
        ("steps/s", HumanNumber.Short(report.StepsPerSecond)),
        ("updates/s", HumanNumber.Short(report.UpdatesPerSecond)),
        ("elapsed", HumanNumber.Duration(report.Elapsed)),
        ("left at most", TimeLeft.Describe(report, limits)),
        .. report.Distributed is { } distributed ? Cells(distributed) : [],
    ];

    private static (string Name, string Value)[] Cells(DistributedStatus status) =>
    [
        (ModeChecks.Name(status.Mode), $"{HumanNumber.Grouped(status.Members)} {DistributedText.Members(status.Mode)}"),
        ("version", $"{HumanNumber.Grouped(status.Version)}, target {HumanNumber.Grouped(status.TargetVersion)}"),
        ("gradients/s", HumanNumber.Short(status.GradientsPerSecond)),
        ("mean staleness", HumanNumber.Short(DistributedText.MeanStaleness(status))),
        ("lost", HumanNumber.Grouped(status.Lost)),
        ("repeats", HumanNumber.Grouped(status.Repeats)),
    ];

    private static IEnumerable<IRenderable> Links(DistributedStatus? status)
    {
        if (status is null)
        {
            yield break;
        }

        yield return Line($"discarded {DistributedText.Discarded(status)}");
        if (status.Staleness.Count > 0)
        {
            yield return Line($"staleness {DistributedText.HistogramLine(status)}");
        }

        foreach (LinkStatus link in status.Links.Take(MaxLinks))
        {
            yield return Line(
                $"{link.Name}: {HumanNumber.Grouped(link.Gradients)} gradients, sends {DistributedText.Bytes(link.SentPerSecond)}/s, receives {DistributedText.Bytes(link.ReceivedPerSecond)}/s");
        }

        if (status.Links.Count > MaxLinks)
        {
            yield return Line($"and {HumanNumber.Grouped(status.Links.Count - MaxLinks)} more");
        }
    }

    private static Text Line(string text) => new Text(text).Overflow(Overflow.Ellipsis);

    private static string EvaluationText(EvaluationResult? evaluation) => evaluation is null
        ? "no evaluation yet"
        : $"evaluation at {HumanNumber.Grouped(evaluation.Step)}: {HumanNumber.Short(evaluation.Mean)} ± {HumanNumber.Short(evaluation.Deviation)}, {HumanNumber.Short(evaluation.Minimum)} to {HumanNumber.Short(evaluation.Maximum)}, {evaluation.Episodes} episodes";
}
