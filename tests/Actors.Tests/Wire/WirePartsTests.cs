using CsCheck;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class WirePartsTests
{
    [Fact]
    public void What_fits_one_frame_is_not_cut()
    {
        Assert.Null(WireParts.Cut(new ReplayProtocol.Insert(1, 2, 3, 4, 5, Make.Batch(10), 1)));
        Assert.Null(WireParts.Cut(new ReplayProtocol.SampleReply(1, Make.Sampled(10), Make.State(0, 1))));
        ReplayProtocol.UpdatePriorities update = new(1, 2, [3], [4]);
        Assert.Same(update, Assert.Single(WireParts.Split(update)));
    }

    [Fact]
    public void A_fragment_comes_back_whole_from_pieces_that_went_over_the_wire_in_any_order() => Gen.Select(Gen.Int[1, 300], Gen.Int[200, 30_000], Gen.Bool, Gen.Int)
        .Sample(
            (count, observationSize, hasErrors, order) =>
            {
                count = Math.Min(count, Math.Max(1, 60_000 / observationSize));
                ReplayProtocol.Insert insert = new(1, 2, 3, 4, 5, Examples.Batch(count, observationSize, hasErrors), 6);
                if (WireParts.Cut(insert) is not { } parts)
                {
                    return;
                }

                PartAssembly<(int Runner, long Incarnation, long Sequence)> assembly = new(10_000_000, 2);
                ReadOnlyMemory<byte>[]? pieces = null;
                foreach (ReplayProtocol.InsertPart sent in parts.Shuffled(order))
                {
                    Assert.Null(pieces);
                    ReplayProtocol.InsertPart part = (ReplayProtocol.InsertPart)WireCodec.Decode("IP", WireCodec.Encode(sent));
                    pieces = assembly.AddPiece((part.Runner, part.Incarnation, part.Sequence), part.Index, part.Count, part.Bytes);
                }

                Assert.NotNull(pieces);
                Assert.Equal(Structure.Of(insert), Structure.Of(WireParts.JoinInsert(pieces)));
                Assert.Equal(0, assembly.Bytes);
            },
            seed: "0000000000000",
            iter: 20);

    [Fact]
    public void One_transition_longer_than_a_frame_is_cut_too()
    {
        ReplayProtocol.Insert insert = new(1, 2, 3, 4, 5, Examples.Batch(1, 50_000, hasErrors: true), 6);
        IReadOnlyList<ReplayProtocol.InsertPart>? parts = WireParts.Cut(insert);
        Assert.Equal(7, parts?.Count);
        Assert.Equal(Structure.Of(insert), Structure.Of(WireParts.JoinInsert(Join(parts!.Select(part => part.Bytes)))));
    }

    [Fact]
    public void A_reply_comes_back_whole()
    {
        ReplayProtocol.SampleReply reply = new(7, Make.Sampled(4000), Make.State(3, 10));
        IReadOnlyList<ReplayProtocol.SampleReplyPart>? parts = WireParts.Cut(reply);
        Assert.All(parts!, part => Assert.Equal((3, 7L, parts!.Count), (part.Shard, part.Request, part.Count)));
        Assert.Equal(Structure.Of(reply), Structure.Of(WireParts.JoinSampleReply(Join(parts!.Select(part => part.Bytes)))));
    }

    /// <summary>Whatever the boundaries between pieces cut through: every column and every field before them is read the same.</summary>
    [Fact]
    public void A_message_is_written_and_read_in_pieces_of_any_length_as_it_is_in_one() => Gen.Select(Gen.Int[0, Examples.All.Count - 1], Gen.Int[1, 40].Array[1, 200]).Sample(
        (example, lengths) =>
        {
            IWireMessage message = Examples.All[example];
            byte[] whole = WireCodec.EncodeWhole(message);
            List<ReadOnlyMemory<byte>> pieces = [];
            for (int from = 0, i = 0; from < whole.Length; i++)
            {
                byte[] piece = new byte[Math.Min(lengths[i % lengths.Length], whole.Length - from)];
                WireCodec.EncodePiece(message, from, piece);
                pieces.Add(piece);
                from += piece.Length;
            }

            Assert.Equal(whole, Join(pieces));
            Assert.Equal(Structure.Of(message), Structure.Of(WireCodec.DecodePieces(WireCodec.Manifest(message), [.. pieces])));
            Assert.Throws<WireException>(() => WireCodec.DecodePieces(WireCodec.Manifest(message), [.. pieces.SkipLast(1)]));
        },
        iter: 1_000,
        seed: "0000000000000");

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    public void A_batch_that_is_handed_over_comes_back_whole(int count)
    {
        TransitionBatch batch = Make.Batch(count);
        double[] masses = [.. Enumerable.Range(0, count).Select(id => 0.5 + id)];
        IReadOnlyList<ReplayProtocol.TransferPart> parts = WireParts.Cut(1, 2, 3, batch, masses);
        (TransitionBatch Transitions, double[] Masses)? joined = WireParts.JoinTransfer(Join(parts.Select(part => part.Bytes)));
        Assert.Equal(Structure.Of(batch), Structure.Of(joined?.Transitions));
        Assert.Equal(masses, joined?.Masses);
    }

    [Fact]
    public void Bytes_that_are_no_message_are_nothing_and_no_exception()
    {
        byte[] noise = [1, 0, 9, 9, 9];
        Assert.Null(WireParts.JoinInsert(noise));
        Assert.Null(WireParts.JoinSampleReply(noise));
        Assert.Null(WireParts.JoinTransfer(noise));
        Assert.Null(WireParts.JoinTransfer([2, 0, .. new byte[9]]));
    }

    [Fact]
    public void Priorities_are_split_by_keys_and_none_is_lost()
    {
        const int Keys = 12_345;
        ReplayProtocol.UpdatePriorities update = new(
            1, 2, [.. Enumerable.Range(0, Keys).Select(key => (long)key)], [.. Enumerable.Range(0, Keys).Select(key => key + 0.5f)]);
        ReplayProtocol.UpdatePriorities[] split = [.. WireParts.Split(update)];
        Assert.Equal(3, split.Length);
        Assert.All(split, piece => Assert.InRange(WireCodec.Encode(piece).Length, 1, WireFormat.MaxFrameBytes));
        Assert.Equal(update.Keys, split.SelectMany(piece => piece.Keys));
        Assert.Equal(update.AbsoluteTdErrors, split.SelectMany(piece => piece.AbsoluteTdErrors));
    }

    private static byte[] Join(IEnumerable<ReadOnlyMemory<byte>> pieces) => [.. pieces.SelectMany(piece => piece.ToArray())];
}

file static class Orders
{
    public static IEnumerable<T> Shuffled<T>(this IReadOnlyList<T> items, int order) =>
        items.Select((item, index) => (item, Key: unchecked((index + 1) * 2_654_435_761L ^ order) % 1009)).OrderBy(entry => entry.Key).Select(entry => entry.item);
}
