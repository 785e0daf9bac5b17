namespace DqnAkka.Actors;

/// <summary>How <see cref="RunProtocol"/> is encoded.</summary>
internal static class RunEncoding
{
    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<RunProtocol.StopRun>(
            "R",
            (ref WireWriter writer, RunProtocol.StopRun message) => WriteReason(ref writer, message.Reason, message.Failure),
            (ref WireReader reader) => new RunProtocol.StopRun(reader.Choice<StopReason>(), reader.Text())),
        new WireEncoding<RunProtocol.StopRunners>(
            "RS", (ref WireWriter _, RunProtocol.StopRunners _) => { }, (ref WireReader _) => RunProtocol.StopRunners.Instance),
        new WireEncoding<RunProtocol.RunEnded>(
            "RE",
            (ref WireWriter writer, RunProtocol.RunEnded message) => WriteReason(ref writer, message.Reason, message.Failure),
            (ref WireReader reader) => new RunProtocol.RunEnded(reader.Choice<StopReason>(), reader.Text())),
    ];

    private static void WriteReason(ref WireWriter writer, StopReason reason, string failure)
    {
        writer.Byte((byte)reason);
        writer.Text(failure);
    }
}
