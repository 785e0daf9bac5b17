using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>How the parts of <see cref="NodeStatus"/> that tell of many learners are encoded.</summary>
internal static class DistributedStatusEncoding
{
    private const int RangeBytes = (3 * sizeof(int)) + (5 * sizeof(long));
    private const int MemberBytes = sizeof(int) + (4 * sizeof(long));
    private const int LeastLinkBytes = sizeof(ushort) + (4 * sizeof(long));
    // A part that is not loaded yet has no version.
    private const int LeastVersion = -1;

    public static void WriteRanges(ref WireWriter writer, IReadOnlyList<ParameterRangeStatus> ranges)
    {
        writer.Int32(ranges.Count);
        foreach (ParameterRangeStatus range in ranges)
        {
            writer.Int32(range.Range);
            writer.Int32(range.Parameters);
            writer.Int64(range.Epoch);
            writer.Int64(range.Version);
            writer.Int64(range.TargetVersion);
            writer.Int32(range.Held);
            writer.Int64(range.BytesReceived);
            writer.Int64(range.BytesSent);
        }
    }

    public static ParameterRangeStatus[] ReadRanges(ref WireReader reader)
    {
        ParameterRangeStatus[] ranges = new ParameterRangeStatus[reader.Length(RangeBytes)];
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = new ParameterRangeStatus(
                reader.Count(),
                reader.Count(),
                reader.Total(),
                reader.Total(LeastVersion),
                reader.Total(LeastVersion),
                reader.Count(),
                reader.Total(),
                reader.Total());
        }

        return ranges;
    }

    public static void WriteMembers(ref WireWriter writer, IReadOnlyList<GradientMemberStatus> members)
    {
        writer.Int32(members.Count);
        foreach (GradientMemberStatus member in members)
        {
            writer.Int32(member.Index);
            writer.Int64(member.Epoch);
            writer.Int64(member.Version);
            writer.Int64(member.Gradients);
            writer.Double(member.GradientsPerSecond);
        }
    }

    public static GradientMemberStatus[] ReadMembers(ref WireReader reader)
    {
        GradientMemberStatus[] members = new GradientMemberStatus[reader.Length(MemberBytes)];
        for (int i = 0; i < members.Length; i++)
        {
            // −1 is the node's replica.
            members[i] = new GradientMemberStatus(reader.Count(least: -1), reader.Total(), reader.Total(LeastVersion), reader.Total(), reader.Double());
        }

        return members;
    }

    public static void Write(ref WireWriter writer, DistributedStatus status)
    {
        writer.Byte((byte)status.Mode);
        writer.Int32(status.Members);
        writer.Int64(status.Epoch);
        writer.Int64(status.Version);
        writer.Int64(status.TargetVersion);
        writer.Double(status.GradientsPerSecond);
        writer.Int32(status.Staleness.Count);
        foreach (long gradients in status.Staleness)
        {
            writer.Int64(gradients);
        }

        writer.Int64(status.DiscardedStale);
        writer.Int64(status.DiscardedLate);
        writer.Int64(status.DiscardedOutliers);
        writer.Int64(status.DiscardedNotFinite);
        writer.Int64(status.Lost);
        writer.Int64(status.Repeats);
        writer.Int32(status.Links.Count);
        foreach (LinkStatus link in status.Links)
        {
            writer.Text(link.Name);
            writer.Int64(link.Gradients);
            writer.Int64(link.Discarded);
            writer.Double(link.SentPerSecond);
            writer.Double(link.ReceivedPerSecond);
        }
    }

    public static DistributedStatus Read(ref WireReader reader) => new()
    {
        Mode = reader.Choice<LearnerMode>(),
        Members = reader.Count(),
        Epoch = reader.Total(),
        Version = reader.Total(),
        TargetVersion = reader.Total(),
        GradientsPerSecond = reader.Double(),
        Staleness = ReadStaleness(ref reader),
        DiscardedStale = reader.Total(),
        DiscardedLate = reader.Total(),
        DiscardedOutliers = reader.Total(),
        DiscardedNotFinite = reader.Total(),
        Lost = reader.Total(),
        Repeats = reader.Total(),
        Links = ReadLinks(ref reader),
    };

    private static long[] ReadStaleness(ref WireReader reader)
    {
        int length = reader.Length(sizeof(long));
        if (length > DistributedStatus.MaxStaleness + 1)
        {
            throw new WireException($"a histogram of {length} counts is longer than {DistributedStatus.MaxStaleness + 1}");
        }

        long[] counts = new long[length];
        for (int i = 0; i < length; i++)
        {
            counts[i] = reader.Total();
        }

        return counts;
    }

    private static LinkStatus[] ReadLinks(ref WireReader reader)
    {
        LinkStatus[] links = new LinkStatus[reader.Length(LeastLinkBytes)];
        for (int i = 0; i < links.Length; i++)
        {
            links[i] = new LinkStatus(reader.Text(), reader.Total(), reader.Total(), reader.Double(), reader.Double());
        }

        return links;
    }
}
