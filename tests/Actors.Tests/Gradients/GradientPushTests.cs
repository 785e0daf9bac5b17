using CsCheck;
using DqnAkka.Learner;
using Push = DqnAkka.Actors.ParameterServerProtocol.PushGradient;

namespace DqnAkka.Actors.Tests;

public sealed class GradientPushTests
{
    private const int Length = 2 * 12 * ChunkWindow.ChunkBytes / sizeof(float);
    private static readonly IReadOnlyList<ParameterRange> Ranges = ParameterRange.Cut(Length, 2);

    [Fact]
    public void No_more_than_a_window_is_underway_and_each_range_is_acknowledged_by_itself()
    {
        GradientPush push = new(Ranges, new ParameterServerOptions());
        push.Begin(1, 2, 3, 4, new float[Length]);

        Push[] first = [.. push.Next()];
        Assert.Equal(Enumerable.Repeat(0, 8).Concat(Enumerable.Repeat(1, 8)), first.Select(piece => piece.Range));
        Assert.Empty(push.Next());
        Push[] second = [.. push.Acknowledge(new ParameterServerProtocol.GradientReceived(1, 1, 3, 4 * ChunkWindow.ChunkBytes))];
        Assert.Equal([8, 9, 10, 11], second.Select(piece => piece.Offset / ChunkWindow.ChunkBytes));
        Assert.All(second, piece => Assert.Equal(1, piece.Range));
        Assert.Equal(20 * ChunkWindow.ChunkBytes, push.Sent);

        // Of another gradient, epoch or range it says nothing.
        Assert.Empty(push.Acknowledge(new ParameterServerProtocol.GradientReceived(0, 1, 2, 4 * ChunkWindow.ChunkBytes)));
        Assert.Empty(push.Acknowledge(new ParameterServerProtocol.GradientReceived(0, 2, 3, 4 * ChunkWindow.ChunkBytes)));
        Assert.Empty(push.Acknowledge(new ParameterServerProtocol.GradientReceived(2, 1, 3, 4 * ChunkWindow.ChunkBytes)));
        push.Discard(3);
        Assert.Empty(push.Acknowledge(new ParameterServerProtocol.GradientReceived(0, 1, 3, 4 * ChunkWindow.ChunkBytes)));
    }

    [Theory]
    [InlineData(GradientCompression.None)]
    [InlineData(GradientCompression.BFloat16)]
    [InlineData(GradientCompression.TopK)]
    public void What_the_ranges_decode_and_what_is_held_back_add_up_to_the_gradients_that_were_not_discarded(GradientCompression compression)
    {
        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(96, 3);
        ParameterServerOptions options = new() { Compression = compression, TopKShare = 0.2 };
        Gen.Select(Gen.Float[-1, 1].Array[96], Gen.Bool).Array[1, 12].Sample(
            gradients =>
            {
                GradientPush push = new(ranges, options);
                float[] sum = new float[96];
                float[] applied = new float[96];
                float[] last = new float[96];
                for (int i = 0; i < gradients.Length; i++)
                {
                    (float[] gradient, bool isDiscarded) = gradients[i];
                    push.Begin(1, 0, i, 0, gradient);
                    Push[] pieces = [.. push.Next()];
                    if (isDiscarded)
                    {
                        push.Discard(i);
                        continue;
                    }

                    foreach (Push piece in pieces)
                    {
                        ParameterRange range = ranges[piece.Range];
                        float[] decoded = new float[range.Length];
                        Assert.Null(GradientDecompressor.Decode(piece.Compression, piece.Bytes.Span, decoded));
                        for (int entry = 0; entry < range.Length; entry++)
                        {
                            applied[range.Offset + entry] += decoded[entry];
                        }
                    }

                    for (int entry = 0; entry < 96; entry++)
                    {
                        sum[entry] += gradient[entry];
                        last[entry] = Math.Max(last[entry], MathF.Abs(sum[entry] - applied[entry]));
                    }
                }

                // What is held back of an entry that was never sent is all of it; with rounding it is at most half of the last place.
                float bound = compression switch { GradientCompression.None => 0, GradientCompression.BFloat16 => 0.02f, _ => 12 };
                Assert.All(last, held => Assert.InRange(held, 0, bound));
            },
            iter: 200);
    }

    [Fact]
    public void One_that_was_never_sent_takes_nothing_back_from_the_one_before_which_was_used()
    {
        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(32, 2);
        GradientPush push = new(ranges, new ParameterServerOptions { Compression = GradientCompression.TopK, TopKShare = 1.0 / 16 });
        float[] gradient = new float[32];
        (gradient[3], gradient[5], gradient[20]) = (2, 1, 4);
        push.Begin(1, 0, 1, 0, gradient);
        Assert.Equal([2, 0], Decode(push.Next()).Chunk(16).Select(range => range[3]));

        push.Discard(2);
        push.Begin(1, 0, 3, 0, new float[32]);

        float[] second = Decode(push.Next());
        Assert.Equal(1, second[5]);
        Assert.Equal(1, second.Sum());

        float[] Decode(IEnumerable<Push> pieces)
        {
            float[] all = new float[32];
            foreach (Push piece in pieces)
            {
                ParameterRange range = ranges[piece.Range];
                Assert.Null(GradientDecompressor.Decode(piece.Compression, piece.Bytes.Span, all.AsSpan(range.Offset, range.Length)));
            }

            return all;
        }
    }
}
