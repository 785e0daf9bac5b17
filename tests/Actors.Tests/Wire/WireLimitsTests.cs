using CsCheck;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>The largest messages that the limits of their parts allow fit one frame, or are cut into pieces that do.</summary>
public sealed class WireLimitsTests
{
    private const int MaxBatchesPerRequest = 1024;
    private const int MaxRunners = 4096;
    private const int MaxRanges = 1024;
    private const int MaxWorkers = 256;
    // A shard that leaves says in several messages how far more runners than that were received.
    private const int MaxPositions = 3000;
    private static readonly Gen<string> Name = Gen.String[Gen.Char, 0, WireFormat.MaxNameBytes / 3];
    private static readonly Gen<string> Text = Gen.String[Gen.Char, 0, 3 * WireFormat.MaxTextBytes];

    [Fact]
    public void Lists_at_their_limits_fit_one_frame()
    {
        AssertFits(new ReplayProtocol.SampleRequest(1, long.MaxValue, new int[MaxBatchesPerRequest], long.MaxValue, 1));
        AssertFits(new RunnerProtocol.ClaimRunners(1, MaxRunners, Leases(MaxRunners)));
        AssertFits(new RunnerProtocol.Leases(1, Leases(MaxRunners), MaxRunners));
        AssertFits(new ReplayProtocol.TransferBegin(
            1, 2, 3, [.. Enumerable.Range(0, MaxPositions).Select(runner => new ReplayProtocol.RunnerPosition(runner, 1, 1))]));
        AssertFits(new ProgressProtocol.RunnerReport(1, 2, 3, new double[ProgressProtocol.MaxReturns], Acknowledged(MaxBatchesPerRequest)));
    }

    [Fact]
    public void A_status_with_full_lists_and_the_longest_texts_fits_one_frame()
    {
        string name = new('n', WireFormat.MaxNameBytes);
        NodeStatus status = Examples.Status();
        NodeStatus full = status with
        {
            Address = name,
            Membership = name,
            Roles = [.. Enumerable.Repeat(name, ClusterRoles.All.Count)],
            WaitsFor = new string('ä', 2 * WireFormat.MaxTextBytes),
            Shards = [.. Enumerable.Range(0, NodeStatus.MaxEntries).Select(shard => new ShardStatus(shard, 1, 2, 3, 4, 5, 6, 7))],
            Runners = new RunnerPoolStatus(
                [.. Enumerable.Range(0, NodeStatus.MaxEntries).Select(runner => new RunnerStatus(runner, 1, 2, 3))], 1, Acknowledged(NodeStatus.MaxEntries)),
            ParameterRanges = [.. Enumerable.Range(0, MaxRanges).Select(range => new ParameterRangeStatus(range, 1, 2, 3, 4, 5, 6, 7))],
            GradientMembers = [.. Enumerable.Range(0, MaxWorkers).Select(worker => new GradientMemberStatus(worker, 1, 2, 3, 4))],
            Training = status.Training! with
            {
                Distributed = status.Training!.Distributed! with
                {
                    Staleness = new long[DistributedStatus.MaxStaleness + 1],
                    Links = [.. Enumerable.Range(0, 10 * MaxWorkers).Select(_ => new LinkStatus(new string('ä', 2 * WireFormat.MaxTextBytes), 1, 2, 3, 4))],
                },
            },
        };
        NodeStatus fitted = NodeParts.Fit(full);
        AssertFits(fitted);
        Assert.True(fitted.IsCut);
        Assert.NotEmpty(fitted.Training!.Distributed!.Links);
    }

    [Fact]
    public void A_status_whose_lists_fit_is_not_cut()
    {
        NodeStatus status = Examples.Status() with
        {
            IsCut = false,
            Shards = [.. Enumerable.Range(0, NodeStatus.MaxEntries - 1).Select(shard => new ShardStatus(shard, 1, 2, 3, 4, 5, 6, 7))],
        };
        Assert.Same(status, NodeParts.Fit(status));
    }

    [Fact]
    public void Messages_with_any_text_fit_one_frame() => Gen.Select(Name, Text).Sample(
        (name, text) =>
        {
            AssertFits(new ProgressProtocol.Notice(text));
            AssertFits(new ProgressProtocol.RunnerRestarted(1, text));
            AssertFits(new ProgressProtocol.EnvironmentRestarted(name, text));
            AssertFits(new RunProtocol.StopRun(StopReason.Failed, text));
            AssertFits(new RunProtocol.RunEnded(StopReason.Failed, text));
            AssertFits(new NodeProtocol.JoinRefused(name, text));
            AssertFits(new NodeProtocol.JoinPending(name, text));
            AssertFits(new NodeProtocol.JoinRequest(
                1, 0, name, name, 1, 1, [name], Enumerable.Range(0, 100).ToDictionary(i => $"dqn.group.key-{i}", _ => name)));
            AssertFits(new NodeProtocol.LeaveAccepted(name));
        },
        seed: "0000000000000",
        iter: 300);

    [Fact]
    public void Fragments_of_any_shape_fit_frames_whole_or_in_pieces() => Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 40_000], Gen.Bool).Sample(
        (count, observationSize, hasErrors) =>
        {
            count = Math.Min(count, Math.Max(1, 500_000 / observationSize));
            ReplayProtocol.Insert insert = new(1, 2, 3, 4, 5, Examples.Batch(count, observationSize, hasErrors), 6);
            foreach (ReplayProtocol.InsertPart part in WireParts.Cut(insert) ?? [])
            {
                AssertFits(part);
            }

            Assert.Equal(WireCodec.Size(insert) <= WireFormat.MaxFrameBytes, WireParts.Cut(insert) is null);
        },
        seed: "0000000000000",
        iter: 100);

    [Fact]
    public void The_longest_pieces_and_chunks_fit_one_frame()
    {
        byte[] piece = new byte[WireFormat.MaxPartBytes];
        AssertFits(new ReplayProtocol.InsertPart(1, 2, 3, 4, 0, 1, piece));
        AssertFits(new ReplayProtocol.SampleReplyPart(1, 2, 0, 1, piece));
        AssertFits(new ReplayProtocol.TransferPart(1, 2, 3, 0, 1, piece));
        AssertFits(new SnapshotProtocol.Chunk(1, 2, 3, 4, new float[60_000 / sizeof(float)]));
        byte[] chunk = new byte[ChunkWindow.ChunkBytes];
        AssertFits(new ReplicaProtocol.State(1, 2, 3, 4, chunk));
        AssertFits(new ReplicaProtocol.Rows(1, 2, 3, 4, chunk));
        AssertFits(new ReplicaProtocol.Segment(1, 2, 3, 4, chunk));
        AssertFits(new ReplicaProtocol.StepComputed(1, 2, 3, 4, new float[ReplicaProcess.ErrorsPerMessage], 1, 2, 3, 4));
        AssertFits(new ReplayProtocol.UpdatePriorities(1, 2, new long[WireParts.MaxPriorities], new float[WireParts.MaxPriorities]));
    }

    private static void AssertFits(IWireMessage message)
    {
        byte[] frame = WireCodec.Encode(message);
        Assert.InRange(frame.Length, 1, WireFormat.MaxFrameBytes);
        WireCodec.Decode(WireCodec.Manifest(message), frame);
    }

    private static RunnerProtocol.RunnerLease[] Leases(int count) => [.. Enumerable.Range(0, count).Select(index => new RunnerProtocol.RunnerLease(index, 1))];

    private static ProgressProtocol.AcknowledgedTransitions[] Acknowledged(int count) =>
        [.. Enumerable.Range(0, count).Select(shard => new ProgressProtocol.AcknowledgedTransitions(shard, 1, 2))];
}
