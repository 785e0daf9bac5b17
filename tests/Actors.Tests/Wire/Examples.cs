using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>One message of every type that leaves a node, each field unlike its default, so that a field left out is seen.</summary>
internal static class Examples
{
    public static IReadOnlyList<IWireMessage> All { get; } =
    [
        new ReplayProtocol.Insert(1, 2, 3, 4, 5, Batch(3, 2, hasErrors: true), 6),
        new ReplayProtocol.Insert(1, 2, 3, 4, 5, Shared(), 6),
        new ReplayProtocol.InsertPart(1, 2, 3, 4, 5, 6, new byte[] { 7, 8, 9 }),
        new ReplayProtocol.CreditProbe(1, 2, 3, 4),
        new ReplayProtocol.Credit(1, 2, 3, 4, 5, true),
        new ReplayProtocol.CreditRefused(1, 2),
        new ReplayProtocol.InsertRefused(1, 2, 3, "a fault"),
        new ReplayProtocol.SampleRequest(1, 2, [3, 4, 5], 6, 7) { AllowanceNumber = 8, LargestPriority = 9 },
        new ReplayProtocol.SampleReply(1, Make.Sampled(Batch(2, 3, hasErrors: false), [7, 8], [0.5, 2]), State()),
        new ReplayProtocol.SampleReplyPart(1, 2, 3, 4, new byte[] { 5, 6 }),
        new ReplayProtocol.GrantInserts(1, 2, true, 3) { AllowanceNumber = 4, LargestPriority = 5, Run = -6, KnownInserts = 7 },
        new ReplayProtocol.UpdatePriorities(1, 2, [3, 4], [0.5f, 1.5f]),
        State(),
        new ReplayProtocol.TransferBegin(1, 2, 3, [new ReplayProtocol.RunnerPosition(4, 5, 6), new ReplayProtocol.RunnerPosition(7, 8, 9)]) { HoldsAtMost = 10 },
        new ReplayProtocol.TransferPart(1, 2, 3, 4, 5, new byte[] { 6, 7 }),
        new ReplayProtocol.TransferCredit(1, 2, 3),
        new SnapshotProtocol.Manifest(1, 2, 3, 4, 50, 6, 0xFEDC_BA98_7654_3210),
        new SnapshotProtocol.Chunk(1, 2, 3, 4, new[] { 0.5f, float.NaN, -1 }),
        new SnapshotProtocol.Received(1, 2, 3, true),
        SnapshotProtocol.SnapshotRequest.Instance,
        new RunnerProtocol.ClaimRunners(1, 2, [new RunnerProtocol.RunnerLease(3, 4), new RunnerProtocol.RunnerLease(5, 6)]),
        new RunnerProtocol.Leases(1, [new RunnerProtocol.RunnerLease(2, 3)], 4),
        new RunnerProtocol.ReleaseRunners(1),
        new RunProtocol.StopRun(StopReason.Failed, "environment \"ärger\" broke"),
        RunProtocol.StopRunners.Instance,
        new RunProtocol.RunEnded(StopReason.Steps, "x"),
        new ProgressProtocol.RunnerReport(1, 2, 0.25, [3, double.NaN], [new ProgressProtocol.AcknowledgedTransitions(4, 5, 6)]),
        new ProgressProtocol.RunnerRestarted(1, "cause"),
        new ProgressProtocol.EnvironmentRestarted("runner 1", "cause"),
        new ProgressProtocol.Notice("a notice"),
        new NodeProtocol.JoinRequest(1, 2, "0.1.0", "127.0.0.1:4053", -7, 8, ["seed", "learner"], new Dictionary<string, string> { ["dqn.a"] = "1", ["dqn.b"] = "[64, 64]" }),
        new NodeProtocol.JoinAccepted("127.0.0.1:4053", 2),
        new NodeProtocol.JoinRefused("127.0.0.1:4053", "dqn.a differs"),
        new NodeProtocol.JoinPending("127.0.0.1:4053", "waits for a seed"),
        new NodeProtocol.WhoIsThere("127.0.0.1:4053"),
        new NodeProtocol.IAmHere("127.0.0.1:4053", -1),
        new NodeProtocol.StatusRequest(true),
        Status(),
        new NodeProtocol.StatusEnd(1, 2),
        NodeProtocol.LeaveRequest.Instance,
        new NodeProtocol.LeaveAccepted("127.0.0.1:4053"),
        .. ParameterServerExamples.All,
        .. GradientExamples.All,
        .. ReplicaExamples.All,
    ];

    public static TransitionBatch Batch(int count, int observationSize, bool hasErrors)
    {
        float[] Column(int length, int first) => [.. Enumerable.Range(first, length).Select(value => value + 0.5f)];
        return TransitionBatch.FromColumns(
            observationSize,
            Column(count * observationSize, 1),
            [.. Enumerable.Range(2, count)],
            Column(count, 3),
            Column(count, 4),
            Column(count * observationSize, 5),
            hasErrors ? Column(count, 6) : []);
    }

    /// <summary>Two transitions of packed booleans that share a frame.</summary>
    public static TransitionBatch Shared() => new(
        new ObservationFormat(ObservationType.Boolean, 18, 2), [1, 0, 2, 1, 3, 0, 4, 1], [0, 1, 1, 2], [5, 6], [7, 8], [0.5f, 0], [2, 3], [9, 10]);

    public static NodeStatus Status() => new()
    {
        Address = "127.0.0.1:4053",
        Roles = ["replay", "runner"],
        Membership = "Up",
        Uptime = TimeSpan.FromSeconds(1),
        WaitsFor = "a learner",
        RejectedFrames = 2,
        SkippedFrames = 3,
        Shards = [new ShardStatus(1, 2, 3, 4.5, 5, 6, 7, 8) { IsDurable = true, Reopened = 9 }],
        Runners = new RunnerPoolStatus([new RunnerStatus(1, 0.5, 2, 3.5)], 4, [new ProgressProtocol.AcknowledgedTransitions(5, 6, 7)]),
        Mirror = new MirrorStatus(1, 2, TimeSpan.FromSeconds(3)),
        ParameterRanges = [new ParameterRangeStatus(1, 2, 3, 4, 5, 6, 7, 8)],
        GradientMembers = [new GradientMemberStatus(1, 2, 3, 4, 5.5), new GradientMemberStatus(-1, 6, 7, 8, 9.5)],
        IsCut = true,
        Training = new TrainingStatus
        {
            Generation = 1,
            SnapshotVersion = 2,
            Updates = 3,
            UpdatesPerSecond = 4.5,
            Steps = 5,
            StepsPerSecond = 6.5,
            Inserts = 7,
            Samples = 8,
            SkippedUpdates = 14,
            LimiterError = -0.5,
            CheckpointUpdates = 9,
            CheckpointAge = TimeSpan.FromSeconds(10),
            RunnerRestarts = 11,
            LearnerRestarts = 12,
            Runners = 13,
            Distributed = new DistributedStatus
            {
                Mode = LearnerMode.ParameterServer,
                Members = 1,
                Epoch = 2,
                Version = 3,
                TargetVersion = 4,
                GradientsPerSecond = 5.5,
                Staleness = [6, 7, 8],
                DiscardedStale = 9,
                DiscardedLate = 10,
                DiscardedOutliers = 11,
                DiscardedNotFinite = 12,
                Lost = 13,
                Repeats = 14,
                Links = [new LinkStatus("gradient worker 0 of 127.0.0.1:4054", 1, 2, 3.5, 4.5)],
            },
        },
    };

    public static ReplayProtocol.ShardState State() => new(1, 2, 3, 4, 5, 6.5)
    {
        AllowanceNumber = 7,
        Granted = 8,
        Wanted = 9,
        Position = 10,
        MinimumMass = 11.5,
        LargestPriority = 12.5,
        HoldsAtMost = 13,
    };
}
