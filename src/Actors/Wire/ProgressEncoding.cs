namespace DqnAkka.Actors;

/// <summary>How the part of <see cref="ProgressProtocol"/> that leaves a node is encoded.</summary>
internal static class ProgressEncoding
{
    private const int AcknowledgedBytes = sizeof(int) + sizeof(long) + sizeof(long);

    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<ProgressProtocol.RunnerReport>("PR", WriteRunnerReport, ReadRunnerReport),
        new WireEncoding<ProgressProtocol.RunnerRestarted>("PX", WriteRunnerRestarted, ReadRunnerRestarted),
        new WireEncoding<ProgressProtocol.EnvironmentRestarted>(
            "PE",
            (ref WireWriter writer, ProgressProtocol.EnvironmentRestarted message) =>
            {
                writer.Text(message.Where);
                writer.Text(message.Cause);
            },
            (ref WireReader reader) => new ProgressProtocol.EnvironmentRestarted(reader.Text(), reader.Text())),
        new WireEncoding<ProgressProtocol.Notice>(
            "PN",
            (ref WireWriter writer, ProgressProtocol.Notice message) => writer.Text(message.Message),
            (ref WireReader reader) => new ProgressProtocol.Notice(reader.Text())),
    ];

    public static void WriteAcknowledged(ref WireWriter writer, IReadOnlyList<ProgressProtocol.AcknowledgedTransitions> acknowledged)
    {
        writer.Int32(acknowledged.Count);
        foreach (ProgressProtocol.AcknowledgedTransitions entry in acknowledged)
        {
            writer.Int32(entry.Shard);
            writer.Int64(entry.Incarnation);
            writer.Int64(entry.Transitions);
        }
    }

    public static ProgressProtocol.AcknowledgedTransitions[] ReadAcknowledged(ref WireReader reader)
    {
        ProgressProtocol.AcknowledgedTransitions[] acknowledged = new ProgressProtocol.AcknowledgedTransitions[reader.Length(AcknowledgedBytes)];
        for (int i = 0; i < acknowledged.Length; i++)
        {
            acknowledged[i] = new ProgressProtocol.AcknowledgedTransitions(reader.Count(), reader.Total(), reader.Total());
        }

        return acknowledged;
    }

    private static void WriteRunnerReport(ref WireWriter writer, ProgressProtocol.RunnerReport message)
    {
        writer.Int32(message.Runner);
        writer.Int64(message.Steps);
        writer.Double(message.Epsilon);
        writer.Int32(message.Returns.Count);
        foreach (double episodeReturn in message.Returns)
        {
            writer.Double(episodeReturn);
        }

        WriteAcknowledged(ref writer, message.Acknowledged);
    }

    private static ProgressProtocol.RunnerReport ReadRunnerReport(ref WireReader reader)
    {
        int runner = reader.Count();
        long steps = reader.Total();
        double epsilon = reader.Double();
        double[] returns = reader.Column<double>(reader.Length(sizeof(double)));
        return new ProgressProtocol.RunnerReport(runner, steps, epsilon, returns, ReadAcknowledged(ref reader));
    }

    private static void WriteRunnerRestarted(ref WireWriter writer, ProgressProtocol.RunnerRestarted message)
    {
        writer.Int32(message.Runner);
        writer.Text(message.Cause);
    }

    private static ProgressProtocol.RunnerRestarted ReadRunnerRestarted(ref WireReader reader) => new(reader.Count(), reader.Text());
}
