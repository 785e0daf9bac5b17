using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>How <see cref="ReplayProtocol"/> is encoded, hand-over apart.</summary>
internal static class ReplayEncoding
{
    /// <summary>Bytes of an encoded <see cref="ReplayProtocol.ShardState"/>.</summary>
    public const int ShardStateBytes = (4 * sizeof(int)) + (6 * sizeof(long)) + (3 * sizeof(double));

    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<ReplayProtocol.Insert>("I", WriteInsert, ReadInsert),
        new WireEncoding<ReplayProtocol.InsertPart>("IP", WriteInsertPart, ReadInsertPart),
        new WireEncoding<ReplayProtocol.CreditProbe>("CP", WriteCreditProbe, ReadCreditProbe),
        new WireEncoding<ReplayProtocol.Credit>("C", WriteCredit, ReadCredit),
        new WireEncoding<ReplayProtocol.CreditRefused>("CR", WriteCreditRefused, ReadCreditRefused),
        new WireEncoding<ReplayProtocol.InsertRefused>("IR", WriteInsertRefused, ReadInsertRefused),
        new WireEncoding<ReplayProtocol.SampleRequest>("S", WriteSampleRequest, ReadSampleRequest),
        new WireEncoding<ReplayProtocol.SampleReply>("SR", WriteSampleReply, ReadSampleReply),
        new WireEncoding<ReplayProtocol.SampleReplyPart>("SP", WriteSampleReplyPart, ReadSampleReplyPart),
        new WireEncoding<ReplayProtocol.GrantInserts>("G", WriteGrantInserts, ReadGrantInserts),
        new WireEncoding<ReplayProtocol.UpdatePriorities>("U", WriteUpdatePriorities, ReadUpdatePriorities),
        new WireEncoding<ReplayProtocol.ShardState>("SS", WriteShardState, ReadShardState),
    ];

    private static void WriteInsert(ref WireWriter writer, ReplayProtocol.Insert message)
    {
        writer.Int32(message.Shard);
        writer.Int32(message.Runner);
        writer.Int64(message.Incarnation);
        writer.Int64(message.Sequence);
        writer.Int32(message.EnvironmentSteps);
        writer.Int64(message.FirstUnacknowledged);
        TransitionEncoding.Write(ref writer, message.Batch);
    }

    private static ReplayProtocol.Insert ReadInsert(ref WireReader reader)
    {
        int shard = reader.Count();
        int runner = reader.Count();
        long incarnation = reader.Total();
        long sequence = reader.Total();
        int environmentSteps = reader.Count();
        long firstUnacknowledged = reader.Total();
        TransitionBatch batch = TransitionEncoding.Read(ref reader);
        return new ReplayProtocol.Insert(shard, runner, incarnation, sequence, environmentSteps, batch, firstUnacknowledged);
    }

    private static void WriteInsertPart(ref WireWriter writer, ReplayProtocol.InsertPart message)
    {
        writer.Int32(message.Shard);
        writer.Int32(message.Runner);
        writer.Int64(message.Incarnation);
        writer.Int64(message.Sequence);
        PartEncoding.Write(ref writer, message.Index, message.Count, message.Bytes);
    }

    private static ReplayProtocol.InsertPart ReadInsertPart(ref WireReader reader)
    {
        int shard = reader.Count();
        int runner = reader.Count();
        long incarnation = reader.Total();
        long sequence = reader.Total();
        (int index, int count, ReadOnlyMemory<byte> bytes) = PartEncoding.Read(ref reader);
        return new ReplayProtocol.InsertPart(shard, runner, incarnation, sequence, index, count, bytes);
    }

    private static void WriteCreditProbe(ref WireWriter writer, ReplayProtocol.CreditProbe message)
    {
        writer.Int32(message.Shard);
        writer.Int32(message.Runner);
        writer.Int64(message.Incarnation);
        writer.Int64(message.FirstUnacknowledged);
    }

    private static ReplayProtocol.CreditProbe ReadCreditProbe(ref WireReader reader) =>
        new(reader.Count(), reader.Count(), reader.Total(), reader.Total());

    private static void WriteCredit(ref WireWriter writer, ReplayProtocol.Credit message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.ShardIncarnation);
        writer.Int64(message.Incarnation);
        writer.Int64(message.Received);
        writer.Int64(message.Granted);
        writer.Boolean(message.Resend);
    }

    private static ReplayProtocol.Credit ReadCredit(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Total(), reader.Total(), reader.Total(), reader.Boolean());

    private static void WriteCreditRefused(ref WireWriter writer, ReplayProtocol.CreditRefused message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Incarnation);
    }

    private static ReplayProtocol.CreditRefused ReadCreditRefused(ref WireReader reader) => new(reader.Count(), reader.Total());

    private static void WriteInsertRefused(ref WireWriter writer, ReplayProtocol.InsertRefused message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Incarnation);
        writer.Int64(message.Sequence);
        writer.Text(message.Fault);
    }

    private static ReplayProtocol.InsertRefused ReadInsertRefused(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Total(), reader.Text());

    private static void WriteSampleRequest(ref WireWriter writer, ReplayProtocol.SampleRequest message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Request);
        writer.Int64(message.InsertAllowance);
        writer.Int64(message.KnownIncarnation);
        writer.Int64(message.AllowanceNumber);
        writer.Double(message.LargestPriority);
        writer.Int32(message.Counts.Count);
        foreach (int count in message.Counts)
        {
            writer.Int32(count);
        }
    }

    private static ReplayProtocol.SampleRequest ReadSampleRequest(ref WireReader reader)
    {
        int shard = reader.Count();
        long request = reader.Total();
        long insertAllowance = reader.Int64();
        long knownIncarnation = reader.Total();
        long allowanceNumber = reader.Total();
        double largestPriority = reader.Mass();
        int[] counts = new int[reader.Length(sizeof(int))];
        long sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = reader.Count();
            sum += counts[i];
        }

        return sum <= int.MaxValue
            ? new ReplayProtocol.SampleRequest(shard, request, counts, insertAllowance, knownIncarnation) { AllowanceNumber = allowanceNumber, LargestPriority = largestPriority }
            : throw new WireException($"{sum} transitions are asked for at once");
    }

    private static void WriteSampleReply(ref WireWriter writer, ReplayProtocol.SampleReply message)
    {
        writer.Int64(message.Request);
        WriteShardState(ref writer, message.State);
        TransitionEncoding.Write(ref writer, message.Samples);
    }

    private static ReplayProtocol.SampleReply ReadSampleReply(ref WireReader reader)
    {
        long request = reader.Total();
        ReplayProtocol.ShardState state = ReadShardState(ref reader);
        return new ReplayProtocol.SampleReply(request, TransitionEncoding.ReadSampled(ref reader), state);
    }

    private static void WriteSampleReplyPart(ref WireWriter writer, ReplayProtocol.SampleReplyPart message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Request);
        PartEncoding.Write(ref writer, message.Index, message.Count, message.Bytes);
    }

    private static ReplayProtocol.SampleReplyPart ReadSampleReplyPart(ref WireReader reader)
    {
        int shard = reader.Count();
        long request = reader.Total();
        (int index, int count, ReadOnlyMemory<byte> bytes) = PartEncoding.Read(ref reader);
        return new ReplayProtocol.SampleReplyPart(shard, request, index, count, bytes);
    }

    private static void WriteGrantInserts(ref WireWriter writer, ReplayProtocol.GrantInserts message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.InsertAllowance);
        writer.Boolean(message.ReportNow);
        writer.Int64(message.KnownIncarnation);
        writer.Int64(message.AllowanceNumber);
        writer.Int64(message.Run);
        writer.Int64(message.KnownInserts);
        writer.Double(message.LargestPriority);
    }

    private static ReplayProtocol.GrantInserts ReadGrantInserts(ref WireReader reader) =>
        new(reader.Count(), reader.Int64(), reader.Boolean(), reader.Total())
        {
            AllowanceNumber = reader.Total(),
            Run = reader.Int64(),
            KnownInserts = reader.Total(),
            LargestPriority = reader.Mass(),
        };

    private static void WriteUpdatePriorities(ref WireWriter writer, ReplayProtocol.UpdatePriorities message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Incarnation);
        writer.Int32(message.Keys.Length);
        writer.Column<long>(message.Keys);
        writer.Column<float>(message.AbsoluteTdErrors);
    }

    private static ReplayProtocol.UpdatePriorities ReadUpdatePriorities(ref WireReader reader)
    {
        int shard = reader.Count();
        long incarnation = reader.Total();
        int count = reader.Length(sizeof(long) + sizeof(float));
        long[] keys = TransitionEncoding.ReadKeys(ref reader, count);
        return new ReplayProtocol.UpdatePriorities(shard, incarnation, keys, TransitionEncoding.ReadErrors(ref reader, count));
    }

    public static void WriteShardState(ref WireWriter writer, ReplayProtocol.ShardState message)
    {
        writer.Int32(message.Shard);
        writer.Int64(message.Incarnation);
        writer.Int64(message.Inserts);
        writer.Int64(message.EnvironmentSteps);
        writer.Int32(message.Count);
        writer.Double(message.Mass);
        writer.Int64(message.AllowanceNumber);
        writer.Int64(message.Granted);
        writer.Int32(message.Wanted);
        writer.Int64(message.Position);
        writer.Double(message.MinimumMass);
        writer.Double(message.LargestPriority);
        writer.Int32(message.HoldsAtMost);
    }

    public static ReplayProtocol.ShardState ReadShardState(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Total(), reader.Total(), reader.Count(), reader.Mass())
        {
            AllowanceNumber = reader.Total(),
            Granted = reader.Total(),
            Wanted = reader.Count(),
            Position = reader.Total(),
            MinimumMass = reader.Mass(),
            LargestPriority = reader.Mass(),
            HoldsAtMost = reader.Count(),
        };
}
