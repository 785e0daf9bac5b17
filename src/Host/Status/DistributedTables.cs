using System.Globalization;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>The tables of a cluster in which many learn: the whole, who computes, who holds which range.</summary>
internal static class DistributedTables
{
    // Generations are clock ticks, of which the last digits tell two apart; a group counts from 1.
    private const long ShownDigits = 100_000_000;

    /// <summary>Writes those that have rows.</summary>
    public static void Write(IReadOnlyList<NodeStatus> members, TextWriter output)
    {
        if (Laggards.Training(members)?.Distributed is { } distributed)
        {
            StatusTables.Table(
                output,
                ["mode", "members", "epoch", "version", "target", "gradients/s", "discarded", "lost", "repeats"],
                [Whole(distributed)]);
            IReadOnlyList<(string Bin, long Gradients)> histogram = DistributedText.Histogram(distributed);
            StatusTables.Table(
                output,
                ["staleness", .. histogram.Select(bin => bin.Bin)],
                histogram.Count > 0 ? [["gradients", .. histogram.Select(bin => Text($"{bin.Gradients}"))]] : []);
            StatusTables.Table(output, ["link", "gradients", "discarded", "sent/s", "received/s"], distributed.Links.Select(Link));
        }

        StatusTables.Table(
            output,
            ["gradients of", "member", "epoch", "version", "gradients", "gradients/s"],
            members.SelectMany(member => member.GradientMembers, (member, computing) => Computing(member.Address, computing)));
        StatusTables.Table(
            output,
            ["range", "member", "parameters", "epoch", "version", "target", "waiting", "received", "sent"],
            members
                .SelectMany(member => member.ParameterRanges, (member, range) => (member, range))
                .OrderBy(row => row.range.Range)
                .Select(row => Range(row.member.Address, row.range)));
    }

    private static string[] Whole(DistributedStatus status) =>
    [
        ModeChecks.Name(status.Mode),
        Text($"{status.Members} {DistributedText.Members(status.Mode)}"),
        Epoch(status.Epoch),
        Text($"{status.Version}"),
        Text($"{status.TargetVersion}"),
        Text($"{status.GradientsPerSecond:0.#}"),
        DistributedText.Discarded(status),
        Text($"{status.Lost}"),
        Text($"{status.Repeats}"),
    ];

    private static string[] Link(LinkStatus link) =>
    [
        link.Name,
        Text($"{link.Gradients}"),
        Text($"{link.Discarded}"),
        DistributedText.Bytes(link.SentPerSecond),
        DistributedText.Bytes(link.ReceivedPerSecond),
    ];

    private static string[] Computing(string address, GradientMemberStatus member) =>
    [
        member.Index < 0 ? "replica" : Text($"worker {member.Index}"),
        address,
        Epoch(member.Epoch),
        member.Epoch == 0 ? "" : Text($"{member.Version}"),
        Text($"{member.Gradients}"),
        Text($"{member.GradientsPerSecond:0.#}"),
    ];

    private static string[] Range(string address, ParameterRangeStatus range) =>
    [
        Text($"{range.Range}"),
        address,
        Text($"{range.Parameters}"),
        Epoch(range.Epoch),
        range.Epoch == 0 ? "" : Text($"{range.Version}"),
        range.Epoch == 0 ? "" : Text($"{range.TargetVersion}"),
        Text($"{range.Held}"),
        DistributedText.Bytes(range.BytesReceived),
        DistributedText.Bytes(range.BytesSent),
    ];

    private static string Epoch(long epoch) => epoch switch
    {
        0 => "none",
        < ShownDigits => Text($"{epoch}"),
        _ => (epoch % ShownDigits).ToString("00000000", CultureInfo.InvariantCulture),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
