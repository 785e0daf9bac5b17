using System.Diagnostics;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>How a group stands, with its traffic since the last report.</summary>
/// <param name="group">The group.</param>
internal sealed class ReplicaGroupReport(ReplicaGroup group)
{
    private long _lastTime = Stopwatch.GetTimestamp();
    private long _lastSteps;
    private long _lastBytesSent;

    /// <summary>The report.</summary>
    public DistributedStatus Next()
    {
        double seconds = Math.Max(1e-3, Stopwatch.GetElapsedTime(_lastTime).TotalSeconds);
        _lastTime = Stopwatch.GetTimestamp();
        long steps = group.Steps - _lastSteps;
        _lastSteps = group.Steps;
        double own = (group.BytesSent - _lastBytesSent) / seconds;
        _lastBytesSent = group.BytesSent;
        List<LinkStatus> links = [];
        double before = own;
        double rows = 0;
        foreach (ReplicaMember member in group.Members)
        {
            (long sent, long sentRows) = member.TakeTraffic();
            links.Add(new LinkStatus(member.Name, member.Gradients, 0, sent / seconds, before + (sentRows / seconds)));
            before = sent / seconds;
            rows += sentRows / seconds;
        }

        // The member before the learner is the last, or nobody.
        links.Insert(0, new LinkStatus("learner", group.Steps, 0, own + rows, group.Members.Count > 0 ? before : 0));
        return new DistributedStatus
        {
            Mode = LearnerMode.DataParallel,
            Members = group.Members.Count + 1,
            Epoch = group.Epoch,
            GradientsPerSecond = steps * (group.Members.Count + 1) / seconds,
            Repeats = group.Repeats,
            Links = links,
        };
    }
}
