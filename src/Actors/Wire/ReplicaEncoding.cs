namespace DqnAkka.Actors;

/// <summary>How <see cref="ReplicaProtocol"/> is encoded.</summary>
internal static class ReplicaEncoding
{
    private const int UpdateBytes = sizeof(byte) + sizeof(float);

    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<ReplicaProtocol.JoinGroup>("YJ", WriteJoin, ReadJoin),
        new WireEncoding<ReplicaProtocol.JoinGroupRefused>(
            "YJR",
            (ref WireWriter writer, ReplicaProtocol.JoinGroupRefused message) => writer.Text(message.Fault),
            (ref WireReader reader) => new ReplicaProtocol.JoinGroupRefused(reader.Text())),
        new WireEncoding<ReplicaProtocol.State>("YS", WriteState, ReadState),
        new WireEncoding<ReplicaProtocol.StateReceived>("YSR", WriteStateReceived, ReadStateReceived),
        new WireEncoding<ReplicaProtocol.GroupFormed>("YG", WriteGroup, ReadGroup),
        new WireEncoding<ReplicaProtocol.StepBegin>("YB", WriteBegin, ReadBegin),
        new WireEncoding<ReplicaProtocol.Rows>("YR", WriteRows, ReadRows),
        new WireEncoding<ReplicaProtocol.RowsReceived>("YRR", WriteRowsReceived, ReadRowsReceived),
        new WireEncoding<ReplicaProtocol.Segment>("YP", WriteSegment, ReadSegment),
        new WireEncoding<ReplicaProtocol.SegmentReceived>("YPR", WriteSegmentReceived, ReadSegmentReceived),
        new WireEncoding<ReplicaProtocol.StepComputed>("YC", WriteComputed, ReadComputed),
        new WireEncoding<ReplicaProtocol.AreYouAlive>("YA", WriteQuestion, ReadQuestion),
        new WireEncoding<ReplicaProtocol.Alive>("YAA", WriteAlive, ReadAlive),
        new WireEncoding<ReplicaProtocol.Dropped>("YD", WriteDropped, ReadDropped),
    ];

    private static void WriteJoin(ref WireWriter writer, ReplicaProtocol.JoinGroup message)
    {
        writer.Name(message.Name);
        writer.Int64(message.Incarnation);
        writer.Text(message.Network);
        writer.Int32(message.Parameters);
        writer.Name(message.Arithmetic);
    }

    private static ReplicaProtocol.JoinGroup ReadJoin(ref WireReader reader) =>
        new(reader.Name(), reader.Total(), reader.Text(), reader.Count(least: 1), reader.Name());

    private static void WriteState(ref WireWriter writer, ReplicaProtocol.State message)
    {
        writer.Int64(message.Epoch);
        writer.Int64(message.Updates);
        writer.Int32(message.Length);
        writer.Int64(message.Offset);
        WriteBytes(ref writer, message.Bytes);
    }

    private static ReplicaProtocol.State ReadState(ref WireReader reader) =>
        new(reader.Total(), reader.Total(), reader.Count(least: 1), reader.Total(), ReadBytes(ref reader));

    private static void WriteStateReceived(ref WireWriter writer, ReplicaProtocol.StateReceived message)
    {
        writer.Int64(message.Epoch);
        writer.Int64(message.Bytes);
    }

    private static ReplicaProtocol.StateReceived ReadStateReceived(ref WireReader reader) => new(reader.Total(), reader.Total());

    private static void WriteGroup(ref WireWriter writer, ReplicaProtocol.GroupFormed message)
    {
        writer.Int64(message.Epoch);
        writer.Int32(message.Rank);
        writer.Int32(message.Members.Count);
        foreach (string member in message.Members)
        {
            writer.Name(member);
        }
    }

    private static ReplicaProtocol.GroupFormed ReadGroup(ref WireReader reader)
    {
        long epoch = reader.Total();
        int rank = reader.Count();
        string[] members = new string[reader.Length(sizeof(ushort))];
        for (int index = 0; index < members.Length; index++)
        {
            members[index] = reader.Name();
        }

        return rank < members.Length
            ? new ReplicaProtocol.GroupFormed(epoch, rank, members)
            : throw new WireException($"there is no rank {rank} among {members.Length} members");
    }

    private static void WriteBegin(ref WireWriter writer, ReplicaProtocol.StepBegin message)
    {
        WriteTag(ref writer, message.Epoch, message.Step, message.Attempt);
        writer.Int32(message.Updates.Count);
        foreach (ReplicaProtocol.Update update in message.Updates)
        {
            writer.Byte((byte)update.Kind);
            writer.Int32(BitConverter.SingleToInt32Bits(update.Value));
        }

        writer.Int32(message.RowsOfAll);
        writer.Int32(message.Bytes);
        writer.Boolean(message.WantsChecksum);
    }

    private static ReplicaProtocol.StepBegin ReadBegin(ref WireReader reader)
    {
        (long epoch, long step, int attempt) = ReadTag(ref reader);
        ReplicaProtocol.Update[] updates = new ReplicaProtocol.Update[reader.Length(UpdateBytes)];
        for (int index = 0; index < updates.Length; index++)
        {
            updates[index] = new ReplicaProtocol.Update(reader.Choice<ReplicaProtocol.UpdateKind>(), BitConverter.Int32BitsToSingle(reader.Int32()));
        }

        return new ReplicaProtocol.StepBegin(epoch, step, attempt, updates, reader.Count(least: 1), reader.Count(), reader.Boolean());
    }

    private static void WriteRows(ref WireWriter writer, ReplicaProtocol.Rows message)
    {
        WriteTag(ref writer, message.Epoch, message.Step, message.Attempt);
        writer.Int32(message.Offset);
        WriteBytes(ref writer, message.Bytes);
    }

    private static ReplicaProtocol.Rows ReadRows(ref WireReader reader)
    {
        (long epoch, long step, int attempt) = ReadTag(ref reader);
        return new ReplicaProtocol.Rows(epoch, step, attempt, reader.Count(), ReadBytes(ref reader));
    }

    private static void WriteRowsReceived(ref WireWriter writer, ReplicaProtocol.RowsReceived message)
    {
        WriteTag(ref writer, message.Epoch, message.Step, message.Attempt);
        writer.Int32(message.Bytes);
    }

    private static ReplicaProtocol.RowsReceived ReadRowsReceived(ref WireReader reader)
    {
        (long epoch, long step, int attempt) = ReadTag(ref reader);
        return new ReplicaProtocol.RowsReceived(epoch, step, attempt, reader.Count());
    }

    private static void WriteSegment(ref WireWriter writer, ReplicaProtocol.Segment message)
    {
        WriteTag(ref writer, message.Epoch, message.Step, message.Attempt);
        writer.Int32(message.Piece);
        WriteBytes(ref writer, message.Bytes);
    }

    private static ReplicaProtocol.Segment ReadSegment(ref WireReader reader)
    {
        (long epoch, long step, int attempt) = ReadTag(ref reader);
        return new ReplicaProtocol.Segment(epoch, step, attempt, reader.Count(), ReadBytes(ref reader));
    }

    private static void WriteSegmentReceived(ref WireWriter writer, ReplicaProtocol.SegmentReceived message)
    {
        WriteTag(ref writer, message.Epoch, message.Step, message.Attempt);
        writer.Int32(message.Pieces);
    }

    private static ReplicaProtocol.SegmentReceived ReadSegmentReceived(ref WireReader reader)
    {
        (long epoch, long step, int attempt) = ReadTag(ref reader);
        return new ReplicaProtocol.SegmentReceived(epoch, step, attempt, reader.Count());
    }

    private static void WriteComputed(ref WireWriter writer, ReplicaProtocol.StepComputed message)
    {
        WriteTag(ref writer, message.Epoch, message.Step, message.Attempt);
        writer.Int32(message.FirstRow);
        writer.Int32(message.AbsoluteTdErrors.Length);
        writer.Column<float>(message.AbsoluteTdErrors);
        writer.Int32(BitConverter.SingleToInt32Bits(message.Loss));
        writer.Int32(BitConverter.SingleToInt32Bits(message.MeanQ));
        writer.Int64(unchecked((long)message.Checksum));
        writer.Int64(message.BytesSent);
    }

    private static ReplicaProtocol.StepComputed ReadComputed(ref WireReader reader)
    {
        (long epoch, long step, int attempt) = ReadTag(ref reader);
        int firstRow = reader.Count();
        float[] errors = reader.Column<float>(reader.Length(sizeof(float)));
        return new ReplicaProtocol.StepComputed(
            epoch,
            step,
            attempt,
            firstRow,
            errors,
            BitConverter.Int32BitsToSingle(reader.Int32()),
            BitConverter.Int32BitsToSingle(reader.Int32()),
            unchecked((ulong)reader.Int64()),
            reader.Total());
    }

    private static void WriteQuestion(ref WireWriter writer, ReplicaProtocol.AreYouAlive message)
    {
        writer.Int64(message.Epoch);
        writer.Int64(message.Number);
    }

    private static ReplicaProtocol.AreYouAlive ReadQuestion(ref WireReader reader) => new(reader.Total(), reader.Total());

    private static void WriteAlive(ref WireWriter writer, ReplicaProtocol.Alive message)
    {
        writer.Int64(message.Epoch);
        writer.Int64(message.Number);
    }

    private static ReplicaProtocol.Alive ReadAlive(ref WireReader reader) => new(reader.Total(), reader.Total());

    private static void WriteDropped(ref WireWriter writer, ReplicaProtocol.Dropped message)
    {
        writer.Int64(message.Epoch);
        writer.Text(message.Cause);
    }

    private static ReplicaProtocol.Dropped ReadDropped(ref WireReader reader) => new(reader.Total(), reader.Text());

    private static void WriteTag(ref WireWriter writer, long epoch, long step, int attempt)
    {
        writer.Int64(epoch);
        writer.Int64(step);
        writer.Int32(attempt);
    }

    private static (long Epoch, long Step, int Attempt) ReadTag(ref WireReader reader) => (reader.Total(), reader.Total(), reader.Count());

    private static void WriteBytes(ref WireWriter writer, ReadOnlyMemory<byte> bytes)
    {
        writer.Int32(bytes.Length);
        writer.Column(bytes.Span);
    }

    private static ReadOnlyMemory<byte> ReadBytes(ref WireReader reader) => reader.Slice(reader.Length(1));
}
