using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>How a shard's hand-over to another node is encoded.</summary>
internal static class TransferEncoding
{
    private const int RunnerPositionBytes = sizeof(int) + sizeof(long) + sizeof(long);

    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<ReplayProtocol.TransferBegin>("TB", WriteTransferBegin, ReadTransferBegin),
        new WireEncoding<ReplayProtocol.TransferPart>("TP", WriteTransferPart, ReadTransferPart),
        new WireEncoding<ReplayProtocol.TransferCredit>("TC", WriteTransferCredit, ReadTransferCredit),
    ];

    /// <summary>The bytes of one batch that is handed over, to be cut.</summary>
    /// <param name="transitions">The transitions.</param>
    /// <param name="masses">Their sampling masses.</param>
    public static byte[] EncodeBatch(TransitionBatch transitions, double[] masses)
    {
        WireWriter measure = WireWriter.Measure();
        WriteBatch(ref measure, transitions, masses);
        byte[] whole = GC.AllocateUninitializedArray<byte>(checked((int)measure.Length));
        WireWriter writer = WireWriter.Fill(whole);
        WriteBatch(ref writer, transitions, masses);
        return whole;
    }

    /// <summary>The batch again.</summary>
    /// <param name="whole">Its bytes.</param>
    /// <exception cref="WireException">The bytes are no such batch.</exception>
    public static (TransitionBatch Transitions, double[] Masses) DecodeBatch(byte[] whole)
    {
        WireReader reader = new(whole);
        (byte major, byte minor) = WireCodec.ReadVersion(ref reader);
        if (major != WireFormat.Major)
        {
            throw new WireException($"version {major}.{minor} is not of the major version {WireFormat.Major}");
        }

        TransitionBatch transitions = TransitionEncoding.Read(ref reader);
        double[] masses = TransitionEncoding.ReadMasses(ref reader, transitions.Count);
        return reader.Remaining == 0 ? (transitions, masses) : throw new WireException($"{reader.Remaining} bytes follow the end of a batch", minor > WireFormat.Minor);
    }

    private static void WriteBatch(ref WireWriter writer, TransitionBatch transitions, double[] masses)
    {
        WireCodec.WriteVersion(ref writer);
        TransitionEncoding.Write(ref writer, transitions);
        writer.Column<double>(masses);
    }

    private static void WriteTransferBegin(ref WireWriter writer, ReplayProtocol.TransferBegin message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Source);
        writer.Int32(message.Transitions);
        writer.Int32(message.HoldsAtMost);
        writer.Int32(message.Runners.Count);
        foreach (ReplayProtocol.RunnerPosition position in message.Runners)
        {
            writer.Int32(position.Runner);
            writer.Int64(position.Incarnation);
            writer.Int64(position.Received);
        }
    }

    private static ReplayProtocol.TransferBegin ReadTransferBegin(ref WireReader reader)
    {
        int shard = reader.Count();
        long source = reader.Total();
        int transitions = reader.Count();
        int holdsAtMost = reader.Count();
        ReplayProtocol.RunnerPosition[] runners = new ReplayProtocol.RunnerPosition[reader.Length(RunnerPositionBytes)];
        for (int i = 0; i < runners.Length; i++)
        {
            runners[i] = new ReplayProtocol.RunnerPosition(reader.Count(), reader.Total(), reader.Total());
        }

        return new ReplayProtocol.TransferBegin(shard, source, transitions, runners) { HoldsAtMost = holdsAtMost };
    }

    private static void WriteTransferPart(ref WireWriter writer, ReplayProtocol.TransferPart message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Source);
        writer.Int32(message.Batch);
        PartEncoding.Write(ref writer, message.Index, message.Count, message.Bytes);
    }

    private static ReplayProtocol.TransferPart ReadTransferPart(ref WireReader reader)
    {
        int shard = reader.Count();
        long source = reader.Total();
        int batch = reader.Count();
        (int index, int count, ReadOnlyMemory<byte> bytes) = PartEncoding.Read(ref reader);
        return new ReplayProtocol.TransferPart(shard, source, batch, index, count, bytes);
    }

    private static void WriteTransferCredit(ref WireWriter writer, ReplayProtocol.TransferCredit message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Source);
        writer.Int32(message.Received);
    }

    private static ReplayProtocol.TransferCredit ReadTransferCredit(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Count());
}
