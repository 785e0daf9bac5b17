using System.Buffers.Binary;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class WireRejectionTests
{
    [Fact]
    public void A_length_that_the_frame_cannot_hold_costs_no_memory()
    {
        (IWireMessage Message, int Offset)[] lengths =
        [
            (new ReplayProtocol.UpdatePriorities(1, 2, [3], [4]), 14),
            (new ReplayProtocol.Insert(1, 2, 3, 4, 5, Examples.Batch(2, 2, hasErrors: true), 6), 39),
            (new ReplayProtocol.Insert(1, 2, 3, 4, 5, Examples.Batch(2, 2, hasErrors: true), 6), 47),
            (new ReplayProtocol.SampleRequest(1, 2, [3], 4, 5), 46),
            (new SnapshotProtocol.Chunk(1, 2, 3, 4, new float[] { 1 }), 26),
            (new RunnerProtocol.ClaimRunners(1, 2, []), 14),
            (new ReplayProtocol.TransferPart(1, 2, 3, 0, 1, new byte[] { 1 }), 26),
        ];
        foreach ((IWireMessage message, int offset) in lengths)
        {
            foreach (int length in new[] { int.MaxValue, int.MinValue, -1, 1 << 30, 0x0FFF_FFFF, 70_000 })
            {
                byte[] frame = WireCodec.Encode(message);
                BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(offset), length);
                long before = GC.GetAllocatedBytesForCurrentThread();
                Assert.Throws<WireException>(() => WireCodec.Decode(WireCodec.Manifest(message), frame));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void Errors_and_masses_that_would_spoil_a_sum_tree_are_rejected(float value)
    {
        TransitionBatch batch = Examples.Batch(1, 1, hasErrors: false);
        AssertRejected(new ReplayProtocol.UpdatePriorities(1, 2, [3], [value]));
        AssertRejected(new ReplayProtocol.SampleReply(1, Make.Sampled(batch, [1], [value]), Make.State(0, 1)));
        AssertRejected(Make.State(0, 1, mass: value));
        AssertRejected(Make.State(0, 1) with { MinimumMass = value });
        AssertRejected(Make.State(0, 1) with { LargestPriority = value });
        AssertRejected(new ReplayProtocol.GrantInserts(1, 2, true, 3) { LargestPriority = value });
        AssertRejected(new ReplayProtocol.SampleRequest(1, 2, [3], 4, 5) { LargestPriority = value });
        Assert.Null(WireParts.JoinTransfer(WireParts.Cut(0, 1, 2, batch, [value])[0].Bytes.ToArray()));
    }

    [Fact]
    public void Indices_counts_and_keys_below_zero_are_rejected()
    {
        AssertRejected(new ReplayProtocol.CreditProbe(-1, 0, 0, 0));
        AssertRejected(new ReplayProtocol.CreditProbe(0, -1, 0, 0));
        AssertRejected(new ReplayProtocol.Credit(0, 0, -1, 0, 0, false));
        AssertRejected(new ReplayProtocol.SampleRequest(0, 1, [1, -1], 0, 0));
        AssertRejected(new ReplayProtocol.SampleRequest(0, 1, [int.MaxValue, 1], 0, 0));
        AssertRejected(new ReplayProtocol.UpdatePriorities(0, 1, [-1], [1]));
        AssertRejected(new NodeProtocol.JoinAccepted("a", long.MaxValue));
    }

    [Fact]
    public void Pieces_and_chunks_that_cannot_be_are_rejected()
    {
        AssertRejected(new ReplayProtocol.InsertPart(1, 2, 3, 4, 1, 1, new byte[] { 1 }));
        AssertRejected(new ReplayProtocol.InsertPart(1, 2, 3, 4, 0, 0, new byte[] { 1 }));
        AssertRejected(new ReplayProtocol.InsertPart(1, 2, 3, 4, 0, WireFormat.MaxParts + 1, new byte[] { 1 }));
        AssertRejected(new ReplayProtocol.InsertPart(1, 2, 3, 4, 0, 1, ReadOnlyMemory<byte>.Empty));
        AssertRejected(new SnapshotProtocol.Chunk(1, 2, 3, int.MaxValue, new float[] { 1 }));
        AssertRejected(new SnapshotProtocol.Chunk(1, 2, 3, 0, ReadOnlyMemory<float>.Empty));
        AssertRejected(new SnapshotProtocol.Manifest(1, 2, 3, 4, int.MaxValue, 1, 5));
        AssertRejected(new SnapshotProtocol.Manifest(1, 2, 3, 4, 5, 6, 7));
    }

    [Fact]
    public void A_choice_that_does_not_exist_and_a_text_that_is_none_are_rejected()
    {
        byte[] stop = WireCodec.Encode(new RunProtocol.StopRun(StopReason.Failed, "ab"));
        Assert.Throws<WireException>(() => WireCodec.Decode("R", Changed(stop, 2, (byte)Enum.GetValues<StopReason>().Length)));
        Assert.Throws<WireException>(() => WireCodec.Decode("R", Changed(stop, 5, 0xFF)));
        Assert.Throws<WireException>(() => WireCodec.Decode("G", Changed(WireCodec.Encode(new ReplayProtocol.GrantInserts(1, 2, true, 3)), 14, 2)));
    }

    [Fact]
    public void A_frame_that_is_empty_or_longer_than_the_limit_is_rejected()
    {
        Assert.Throws<WireException>(() => WireCodec.Decode("MQ", Array.Empty<byte>()));
        Assert.Throws<WireException>(() => WireCodec.Decode("MQ", new byte[] { 1 }));
        Assert.Throws<WireException>(() => WireCodec.Decode("IP", WireCodec.EncodeWhole(new ReplayProtocol.InsertPart(1, 2, 3, 4, 0, 1, new byte[WireFormat.MaxFrameBytes]))));
    }

    private static void AssertRejected(IWireMessage message) =>
        Assert.Throws<WireException>(() => WireCodec.Decode(WireCodec.Manifest(message), WireCodec.Encode(message)));

    private static byte[] Changed(byte[] frame, int offset, byte value)
    {
        byte[] changed = [.. frame];
        changed[offset] = value;
        return changed;
    }
}
