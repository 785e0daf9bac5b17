namespace DqnAkka.Actors;

/// <summary>How <see cref="NodeProtocol"/> is encoded. The four messages of a join never change their layout: two versions that cannot talk learn so from them.</summary>
internal static class NodeEncoding
{
    private const int LeastStringBytes = sizeof(ushort);

    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<NodeProtocol.JoinRequest>("J", WriteJoinRequest, ReadJoinRequest) { IsTimeless = true },
        new WireEncoding<NodeProtocol.JoinAccepted>("JA", WriteJoinAccepted, ReadJoinAccepted) { IsTimeless = true },
        new WireEncoding<NodeProtocol.JoinRefused>(
            "JR",
            (ref WireWriter writer, NodeProtocol.JoinRefused message) => WriteReason(ref writer, message.Address, message.Reason),
            (ref WireReader reader) => new NodeProtocol.JoinRefused(reader.Name(), reader.Text())) { IsTimeless = true },
        new WireEncoding<NodeProtocol.JoinPending>(
            "JP",
            (ref WireWriter writer, NodeProtocol.JoinPending message) => WriteReason(ref writer, message.Address, message.Reason),
            (ref WireReader reader) => new NodeProtocol.JoinPending(reader.Name(), reader.Text())) { IsTimeless = true },
        new WireEncoding<NodeProtocol.WhoIsThere>(
            "W",
            (ref WireWriter writer, NodeProtocol.WhoIsThere message) => writer.Name(message.Address),
            (ref WireReader reader) => new NodeProtocol.WhoIsThere(reader.Name())),
        new WireEncoding<NodeProtocol.IAmHere>("H", WriteIAmHere, (ref WireReader reader) => new NodeProtocol.IAmHere(reader.Name(), reader.Int32())),
        new WireEncoding<NodeProtocol.StatusRequest>(
            "Q",
            (ref WireWriter writer, NodeProtocol.StatusRequest message) => writer.Boolean(message.WholeCluster),
            (ref WireReader reader) => new NodeProtocol.StatusRequest(reader.Boolean())),
        new WireEncoding<NodeProtocol.StatusEnd>("QE", WriteStatusEnd, (ref WireReader reader) => new NodeProtocol.StatusEnd(reader.Count(), reader.Count())),
        new WireEncoding<NodeProtocol.LeaveRequest>(
            "L", (ref WireWriter _, NodeProtocol.LeaveRequest _) => { }, (ref WireReader _) => NodeProtocol.LeaveRequest.Instance),
        new WireEncoding<NodeProtocol.LeaveAccepted>(
            "LA",
            (ref WireWriter writer, NodeProtocol.LeaveAccepted message) => writer.Name(message.Address),
            (ref WireReader reader) => new NodeProtocol.LeaveAccepted(reader.Name())),
    ];

    public static void WriteNames(ref WireWriter writer, IReadOnlyList<string> names)
    {
        writer.Int32(names.Count);
        foreach (string name in names)
        {
            writer.Name(name);
        }
    }

    public static string[] ReadNames(ref WireReader reader)
    {
        string[] names = new string[reader.Length(LeastStringBytes)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = reader.Name();
        }

        return names;
    }

    private static void WriteJoinRequest(ref WireWriter writer, NodeProtocol.JoinRequest message)
    {
        writer.Int32(message.Major);
        writer.Int32(message.Minor);
        writer.Name(message.Product);
        writer.Name(message.Address);
        writer.Int32(message.Uid);
        writer.Int64(message.UtcTicks);
        WriteNames(ref writer, message.Roles);
        writer.Int32(message.Agreement.Count);
        // In one order, so that equal messages are equal bytes.
        foreach ((string key, string value) in message.Agreement.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.Name(key);
            writer.Value(value);
        }
    }

    private static NodeProtocol.JoinRequest ReadJoinRequest(ref WireReader reader)
    {
        int major = reader.Count();
        int minor = reader.Count();
        string product = reader.Name();
        string address = reader.Name();
        int uid = reader.Int32();
        long utcTicks = reader.UtcTicks();
        string[] roles = ReadNames(ref reader);
        int entries = reader.Length(2 * LeastStringBytes);
        Dictionary<string, string> agreement = new(entries, StringComparer.Ordinal);
        for (int i = 0; i < entries; i++)
        {
            if (!agreement.TryAdd(reader.Name(), reader.Value()))
            {
                throw new WireException("a key of the agreement comes twice");
            }
        }

        return new NodeProtocol.JoinRequest(major, minor, product, address, uid, utcTicks, roles, agreement);
    }

    private static void WriteJoinAccepted(ref WireWriter writer, NodeProtocol.JoinAccepted message)
    {
        writer.Name(message.Address);
        writer.Int64(message.UtcTicks);
    }

    private static NodeProtocol.JoinAccepted ReadJoinAccepted(ref WireReader reader) => new(reader.Name(), reader.UtcTicks());

    private static void WriteReason(ref WireWriter writer, string address, string reason)
    {
        writer.Name(address);
        writer.Text(reason);
    }

    private static void WriteIAmHere(ref WireWriter writer, NodeProtocol.IAmHere message)
    {
        writer.Name(message.Address);
        writer.Int32(message.Uid);
    }

    private static void WriteStatusEnd(ref WireWriter writer, NodeProtocol.StatusEnd message)
    {
        writer.Int32(message.Members);
        writer.Int32(message.Answered);
    }
}
