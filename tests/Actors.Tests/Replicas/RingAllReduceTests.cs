using System.Runtime.InteropServices;
using CsCheck;

namespace DqnAkka.Actors.Tests;

public sealed class RingAllReduceTests
{
    [Fact]
    public void Every_member_ends_with_the_same_bits_which_are_the_sum_to_rounding() =>
        Gen.Select(Gen.Int[1, 8], Gen.OneOf(Gen.Int[1, 400], Gen.Int[401, 300_000]), Gen.Int[0, int.MaxValue])
            .Sample((members, length, seed) => AssertSum(members, length, seed), seed: "0000000000000", iter: 200);

    [Theory]
    [InlineData(2, 16)]
    [InlineData(8, 16)]
    [InlineData(8, 17)]
    [InlineData(3, 1)]
    [InlineData(2, 1_800_000)]
    public void Short_vectors_and_long_ones_come_round(int members, int length) => AssertSum(members, length, seed: 5);

    [Fact]
    public void A_member_alone_is_done_at_once()
    {
        byte[] vector = [1, 2, 3, 4];
        RingAllReduce ring = new(0, 1, vector);
        Assert.True(ring.IsWhole);
        Assert.False(ring.TryNext(out _, out _));
        Assert.Equal([1, 2, 3, 4], vector);
    }

    [Fact]
    public void A_piece_that_is_repeated_out_of_order_or_of_another_length_is_not_taken()
    {
        RingAllReduce first = new(0, 2, new byte[1024]);
        RingAllReduce second = new(1, 2, new byte[1024]);
        Assert.True(first.TryNext(out int piece, out ReadOnlyMemory<byte> bytes));
        Assert.False(second.TryTake(piece + 1, bytes.Span));
        Assert.False(second.TryTake(piece, bytes.Span[4..]));
        Assert.True(second.TryTake(piece, bytes.Span));
        Assert.False(second.TryTake(piece, bytes.Span));
    }

    [Fact]
    public void What_does_not_fit_a_number_stays_one_for_all()
    {
        float[][] vectors = [[1, float.NaN, 3], [1, 2, float.PositiveInfinity]];
        float[][] sums = Reduce(vectors, new Random(1), out _);
        Assert.All(sums, sum =>
        {
            Assert.Equal(2, sum[0]);
            Assert.True(float.IsNaN(sum[1]));
            Assert.Equal(float.PositiveInfinity, sum[2]);
        });
    }

    private static void AssertSum(int members, int length, int seed)
    {
        Random random = new(seed);
        float[][] vectors = [.. Enumerable.Range(0, members).Select(_ => Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1).ToArray())];
        float[][] sums = Reduce(vectors, random, out int mostUnderway);
        Assert.InRange(mostUnderway, 0, ChunkWindow.MostUnderway);
        for (int member = 1; member < members; member++)
        {
            Assert.True(MemoryMarshal.AsBytes(sums[0].AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(sums[member].AsSpan())));
        }

        for (int index = 0; index < length; index++)
        {
            double sum = vectors.Sum(vector => (double)vector[index]);
            double bound = members * 6e-8 * vectors.Sum(vector => Math.Abs((double)vector[index]));
            Assert.InRange(sums[0][index], sum - bound, sum + bound);
        }
    }

    /// <summary>Delivers pieces and acknowledgements over the links in any order that keeps each link's own.</summary>
    private static float[][] Reduce(float[][] vectors, Random random, out int mostUnderway)
    {
        int members = vectors.Length;
        byte[][] bytes = [.. vectors.Select(vector => MemoryMarshal.AsBytes(vector.AsSpan()).ToArray())];
        RingAllReduce[] rings = [.. Enumerable.Range(0, members).Select(rank => new RingAllReduce(rank, members, bytes[rank]))];
        Queue<(int Piece, ReadOnlyMemory<byte> Bytes)>[] links = [.. rings.Select(_ => new Queue<(int, ReadOnlyMemory<byte>)>())];
        Queue<int>[] answers = [.. rings.Select(_ => new Queue<int>())];
        mostUnderway = 0;
        while (rings.Any(ring => !ring.IsWhole))
        {
            List<Action> possible = [];
            for (int rank = 0; rank < members; rank++)
            {
                RingAllReduce ring = rings[rank];
                Queue<(int Piece, ReadOnlyMemory<byte> Bytes)> link = links[rank];
                while (ring.TryNext(out int piece, out ReadOnlyMemory<byte> next))
                {
                    link.Enqueue((piece, next));
                }

                mostUnderway = Math.Max(mostUnderway, link.Count);
                int to = (rank + 1) % members;
                int from = rank;
                if (link.Count > 0)
                {
                    possible.Add(() =>
                    {
                        (int piece, ReadOnlyMemory<byte> taken) = link.Dequeue();
                        Assert.True(rings[to].TryTake(piece, taken.Span));
                        if (rings[to].IsAcknowledgementDue)
                        {
                            answers[from].Enqueue(rings[to].Received);
                        }
                    });
                }

                if (answers[rank].Count > 0)
                {
                    possible.Add(() => rings[from].Acknowledge(answers[from].Dequeue()));
                }
            }

            if (possible.Count > 0)
            {
                possible[random.Next(possible.Count)]();
            }
            else
            {
                Assert.All(rings, ring => Assert.True(ring.IsWhole, "a member waits for ever"));
            }
        }

        Assert.All(links, Assert.Empty);
        return [.. bytes.Select(vector => MemoryMarshal.Cast<byte, float>(vector).ToArray())];
    }
}
