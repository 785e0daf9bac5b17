namespace DqnAkka.Actors;

/// <summary>How <see cref="GradientProtocol"/> is encoded.</summary>
internal static class GradientEncoding
{
    private const int ShardPartBytes = (2 * sizeof(int)) + (2 * sizeof(double)) + (3 * sizeof(long));

    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<GradientProtocol.Register>("DR", WriteRegister, ReadRegister),
        new WireEncoding<GradientProtocol.Registered>("DA", WriteRegistered, ReadRegistered),
        new WireEncoding<GradientProtocol.WorkerRefused>("DX", WriteWorkerRefused, ReadWorkerRefused),
        new WireEncoding<GradientProtocol.WorkRequest>("DQ", WriteWorkRequest, ReadWorkRequest),
        new WireEncoding<GradientProtocol.Work>("DW", WriteWork, ReadWork),
        new WireEncoding<GradientProtocol.RoundSampled>("DS", WriteRoundSampled, ReadRoundSampled),
        new WireEncoding<GradientProtocol.RoundFailed>("DF", WriteRoundFailed, ReadRoundFailed),
        new WireEncoding<GradientProtocol.GradientComputed>("DC", WriteGradientComputed, ReadGradientComputed),
        new WireEncoding<GradientProtocol.GradientDiscarded>("DD", WriteGradientDiscarded, ReadGradientDiscarded),
    ];

    private static void WriteRegister(ref WireWriter writer, GradientProtocol.Register message)
    {
        writer.Name(message.Name);
        writer.Int64(message.Incarnation);
        writer.Text(message.Network);
        writer.Int32(message.Parameters);
        writer.Int64(message.BytesSent);
        writer.Int64(message.BytesReceived);
    }

    private static GradientProtocol.Register ReadRegister(ref WireReader reader) =>
        new(reader.Name(), reader.Total(), reader.Text(), reader.Count(least: 1)) { BytesSent = reader.Total(), BytesReceived = reader.Total() };

    private static void WriteRegistered(ref WireWriter writer, GradientProtocol.Registered message)
    {
        writer.Int32(message.Worker);
        writer.Int64(message.Epoch);
    }

    private static GradientProtocol.Registered ReadRegistered(ref WireReader reader) => new(reader.Count(), reader.Total());

    private static void WriteWorkerRefused(ref WireWriter writer, GradientProtocol.WorkerRefused message) => writer.Text(message.Fault);

    private static GradientProtocol.WorkerRefused ReadWorkerRefused(ref WireReader reader) => new(reader.Text());

    private static void WriteWorkRequest(ref WireWriter writer, GradientProtocol.WorkRequest message)
    {
        writer.Int32(message.Worker);
        writer.Int64(message.Epoch);
    }

    private static GradientProtocol.WorkRequest ReadWorkRequest(ref WireReader reader) => new(reader.Count(), reader.Total());

    private static void WriteWork(ref WireWriter writer, GradientProtocol.Work message)
    {
        writer.Int64(message.Epoch);
        writer.Int64(message.Round);
        writer.Int64(message.TotalCount);
        writer.Double(message.LargestPriority);
        writer.Double(message.Beta);
        writer.Int32(message.Shards.Count);
        foreach (GradientProtocol.ShardPart part in message.Shards)
        {
            writer.Int32(part.Shard);
            writer.Int32(part.Counts.Length);
            writer.Column<int>(part.Counts);
            writer.Double(part.Probability);
            writer.Double(part.Smallest);
            writer.Int64(part.InsertAllowance);
            writer.Int64(part.AllowanceNumber);
            writer.Int64(part.KnownIncarnation);
        }
    }

    private static GradientProtocol.Work ReadWork(ref WireReader reader)
    {
        long epoch = reader.Total();
        long round = reader.Total();
        long totalCount = reader.Total();
        double largestPriority = reader.Mass();
        double beta = reader.Mass();
        GradientProtocol.ShardPart[] shards = new GradientProtocol.ShardPart[reader.Length(ShardPartBytes)];
        for (int i = 0; i < shards.Length; i++)
        {
            int shard = reader.Count();
            int[] counts = ReadCounts(ref reader);
            shards[i] = new GradientProtocol.ShardPart(shard, counts, reader.Mass(), reader.Mass(), reader.Int64(), reader.Total(), reader.Total());
        }

        return new GradientProtocol.Work(epoch, round, totalCount, largestPriority, beta, shards);
    }

    private static int[] ReadCounts(ref WireReader reader)
    {
        int[] counts = new int[reader.Length(sizeof(int))];
        long sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = reader.Count();
            sum += counts[i];
        }

        return sum <= int.MaxValue ? counts : throw new WireException($"{sum} transitions are asked for at once");
    }

    private static void WriteRoundSampled(ref WireWriter writer, GradientProtocol.RoundSampled message)
    {
        writer.Int32(message.Worker);
        writer.Int64(message.Epoch);
        writer.Int64(message.Round);
        writer.Int32(message.States.Count);
        foreach (ReplayProtocol.ShardState state in message.States)
        {
            ReplayEncoding.WriteShardState(ref writer, state);
        }
    }

    private static GradientProtocol.RoundSampled ReadRoundSampled(ref WireReader reader)
    {
        int worker = reader.Count();
        long epoch = reader.Total();
        long round = reader.Total();
        ReplayProtocol.ShardState[] states = new ReplayProtocol.ShardState[reader.Length(ReplayEncoding.ShardStateBytes)];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = ReplayEncoding.ReadShardState(ref reader);
        }

        return new GradientProtocol.RoundSampled(worker, epoch, round, states);
    }

    private static void WriteRoundFailed(ref WireWriter writer, GradientProtocol.RoundFailed message)
    {
        writer.Int32(message.Worker);
        writer.Int64(message.Epoch);
        writer.Int64(message.Round);
        writer.Int32(message.Silent.Count);
        foreach (int shard in message.Silent)
        {
            writer.Int32(shard);
        }
    }

    private static GradientProtocol.RoundFailed ReadRoundFailed(ref WireReader reader)
    {
        int worker = reader.Count();
        long epoch = reader.Total();
        long round = reader.Total();
        int[] silent = new int[reader.Length(sizeof(int))];
        for (int i = 0; i < silent.Length; i++)
        {
            silent[i] = reader.Count();
        }

        return new GradientProtocol.RoundFailed(worker, epoch, round, silent);
    }

    private static void WriteGradientComputed(ref WireWriter writer, GradientProtocol.GradientComputed message)
    {
        writer.Int32(message.Worker);
        writer.Int64(message.Epoch);
        writer.Int64(message.Push);
        writer.Int64(message.BaseVersion);
        writer.Byte((byte)message.Verdict);
        writer.Int32(message.Rows);
        WriteSingle(ref writer, message.Norm);
        WriteSingle(ref writer, message.Loss);
        WriteSingle(ref writer, message.MeanAbsoluteTdError);
        WriteSingle(ref writer, message.MeanQ);
    }

    private static GradientProtocol.GradientComputed ReadGradientComputed(ref WireReader reader)
    {
        int worker = reader.Count();
        long epoch = reader.Total();
        long push = reader.Total();
        long baseVersion = reader.Total();
        GradientProtocol.GradientVerdict verdict = reader.Choice<GradientProtocol.GradientVerdict>();
        int rows = reader.Count(least: 1);
        float norm = ReadSingle(ref reader);
        float loss = ReadSingle(ref reader);
        return new GradientProtocol.GradientComputed(worker, epoch, push, baseVersion, verdict, rows, norm, loss, ReadSingle(ref reader), ReadSingle(ref reader));
    }

    private static void WriteSingle(ref WireWriter writer, float value) => writer.Int32(BitConverter.SingleToInt32Bits(value));

    private static float ReadSingle(ref WireReader reader) => BitConverter.Int32BitsToSingle(reader.Int32());

    private static void WriteGradientDiscarded(ref WireWriter writer, GradientProtocol.GradientDiscarded message)
    {
        writer.Int64(message.Epoch);
        writer.Int64(message.Push);
        writer.Byte((byte)message.Reason);
        writer.Int64(message.Version);
    }

    private static GradientProtocol.GradientDiscarded ReadGradientDiscarded(ref WireReader reader) =>
        new(reader.Total(), reader.Total(), reader.Choice<GradientProtocol.DiscardReason>(), reader.Total());
}
