namespace DqnAkka.Actors;

/// <summary>How <see cref="RunnerProtocol"/> is encoded.</summary>
internal static class RunnerEncoding
{
    private const int LeaseBytes = sizeof(int) + sizeof(int);

    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<RunnerProtocol.ClaimRunners>("K", WriteClaimRunners, ReadClaimRunners),
        new WireEncoding<RunnerProtocol.Leases>("KL", WriteLeases, ReadLeases),
        new WireEncoding<RunnerProtocol.ReleaseRunners>(
            "KR",
            (ref WireWriter writer, RunnerProtocol.ReleaseRunners message) => writer.Int64(message.Pool),
            (ref WireReader reader) => new RunnerProtocol.ReleaseRunners(reader.Int64())),
    ];

    private static void WriteClaimRunners(ref WireWriter writer, RunnerProtocol.ClaimRunners message)
    {
        writer.Int64(message.Pool);
        writer.Int32(message.Count);
        WriteList(ref writer, message.Held);
    }

    private static RunnerProtocol.ClaimRunners ReadClaimRunners(ref WireReader reader) =>
        new(reader.Int64(), reader.Count(), ReadList(ref reader));

    private static void WriteLeases(ref WireWriter writer, RunnerProtocol.Leases message)
    {
        writer.Int64(message.Pool);
        writer.Int32(message.Total);
        WriteList(ref writer, message.Runners);
    }

    private static RunnerProtocol.Leases ReadLeases(ref WireReader reader)
    {
        long pool = reader.Int64();
        int total = reader.Count();
        return new RunnerProtocol.Leases(pool, ReadList(ref reader), total);
    }

    private static void WriteList(ref WireWriter writer, IReadOnlyList<RunnerProtocol.RunnerLease> leases)
    {
        writer.Int32(leases.Count);
        foreach (RunnerProtocol.RunnerLease lease in leases)
        {
            writer.Int32(lease.Index);
            writer.Int32(lease.Attempt);
        }
    }

    private static RunnerProtocol.RunnerLease[] ReadList(ref WireReader reader)
    {
        RunnerProtocol.RunnerLease[] leases = new RunnerProtocol.RunnerLease[reader.Length(LeaseBytes)];
        for (int i = 0; i < leases.Length; i++)
        {
            leases[i] = new RunnerProtocol.RunnerLease(reader.Count(), reader.Count());
        }

        return leases;
    }
}
