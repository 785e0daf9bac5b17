using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>How many learners together stand, in words.</summary>
internal static class DistributedText
{
    // Upper edges of the histogram's bins: each about twice as wide as the one before.
    private static readonly int[] Edges = [0, 1, 2, 4, 8, 16, 32, DistributedStatus.MaxStaleness - 1, DistributedStatus.MaxStaleness];

    /// <summary>Who computes gradients in a mode, in the plural.</summary>
    public static string Members(LearnerMode mode) => mode == LearnerMode.ParameterServer ? "workers" : "replicas";

    /// <summary>Discarded gradients by reason: <c>3 stale, 1 not finite</c>; <c>0</c> where there are none.</summary>
    public static string Discarded(DistributedStatus status)
    {
        (long Count, string Reason)[] reasons =
        [
            (status.DiscardedStale, "stale"),
            (status.DiscardedLate, "late"),
            (status.DiscardedOutliers, "outliers"),
            (status.DiscardedNotFinite, "not finite"),
        ];
        string text = string.Join(", ", reasons.Where(reason => reason.Count > 0).Select(reason => Text($"{reason.Count} {reason.Reason}")));
        return text.Length > 0 ? text : "0";
    }

    /// <summary>All discarded gradients.</summary>
    public static long DiscardedCount(DistributedStatus status) =>
        status.DiscardedStale + status.DiscardedLate + status.DiscardedOutliers + status.DiscardedNotFinite;

    /// <summary>Mean staleness of the gradients applied; NaN where none was.</summary>
    public static double MeanStaleness(DistributedStatus status)
    {
        long gradients = status.Staleness.Sum();
        return gradients > 0 ? status.Staleness.Select((count, staleness) => (double)count * staleness).Sum() / gradients : double.NaN;
    }

    /// <summary>The histogram in a few bins, up to the last that is not empty: <c>0</c>, <c>1</c>, <c>2</c>, <c>3-4</c>, …, <c>64+</c>.</summary>
    public static IReadOnlyList<(string Bin, long Gradients)> Histogram(DistributedStatus status)
    {
        List<(string Bin, long Gradients)> bins = [];
        int low = 0;
        int kept = 0;
        foreach (int edge in Edges)
        {
            bool isLast = edge == DistributedStatus.MaxStaleness;
            string bin = isLast ? Text($"{edge}+") : low == edge ? Text($"{edge}") : Text($"{low}-{edge}");
            long gradients = status.Staleness.Skip(low).Take(isLast ? int.MaxValue : edge - low + 1).Sum();
            bins.Add((bin, gradients));
            kept = gradients > 0 ? bins.Count : kept;
            low = edge + 1;
        }

        return bins[..kept];
    }

    /// <summary>The histogram on one line: <c>0: 812, 1: 77, 3-4: 1</c>; a dash where it is empty.</summary>
    public static string HistogramLine(DistributedStatus status)
    {
        string text = string.Join(", ", Histogram(status).Where(bin => bin.Gradients > 0).Select(bin => $"{bin.Bin}: {HumanNumber.Grouped(bin.Gradients)}"));
        return text.Length > 0 ? text : "–";
    }

    /// <summary>Bytes, with an SI prefix: <c>12.5 kB</c>.</summary>
    public static string Bytes(double bytes)
    {
        string number = HumanNumber.Short(bytes);
        return number.Length > 0 && char.IsLetter(number[^1]) && double.IsFinite(bytes) ? $"{number}B" : $"{number} B";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
