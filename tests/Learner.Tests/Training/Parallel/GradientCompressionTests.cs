using System.Buffers.Binary;
using CsCheck;
using TorchSharp;

namespace DqnAkka.Learner.Tests;

public sealed class GradientCompressionTests
{
    private const int Length = 48;
    private static readonly ParameterRange Range = new(2, 160, Length);

    // Multiples of 1/256 of at most 4: their sums, and what rounding them to 8 bits leaves, are exact in float32.
    private static readonly Gen<float[]> Gradients = Gen.Int[-1024, 1024].Select(value => value / 256f).Array[Length];
    private static readonly Gen<GradientCompression> Kinds = Gen.Enum<GradientCompression>();

    [Fact]
    public void Of_what_was_sent_and_what_is_left_nothing_is_lost_or_added_exactly()
    {
        Gen.Select(Kinds, Gen.Double[0.01, 1], Gen.Select(Gradients, Gen.Bool).List[1, 60]).Sample((kind, share, rounds) =>
        {
            GradientCompressor compressor = new(Range, kind, share);
            float[] accepted = new float[Length];
            float[] given = new float[Length];
            foreach ((float[] gradient, bool isDiscarded) in rounds)
            {
                float[] sent = Send(compressor, kind, gradient);
                if (isDiscarded)
                {
                    // Told twice, it is taken back once.
                    compressor.Retract();
                    compressor.Retract();
                    continue;
                }

                GradientKernels.Sum(accepted, sent, accepted);
                GradientKernels.Sum(given, gradient, given);
            }

            for (int i = 0; i < Length; i++)
            {
                Assert.Equal(given[i], accepted[i] + (kind == GradientCompression.None ? 0 : compressor.Residual[i]));
            }
        });
    }

    [Fact]
    public void Of_any_gradient_what_is_sent_and_what_is_left_make_it_up_again()
    {
        Gen.Select(Kinds, Gen.Float[-1e30f, 1e30f].Array[Length]).Sample((kind, gradient) =>
        {
            GradientCompressor compressor = new(Range, kind, 0.2);
            float[] sent = Send(compressor, kind, gradient);
            for (int i = 0; i < Length; i++)
            {
                Assert.Equal(gradient[i], sent[i] + (kind == GradientCompression.None ? 0 : compressor.Residual[i]));
            }
        });
    }

    [Fact]
    public void Every_entry_is_sent_in_the_end()
    {
        // A constant gradient through top-1 of 48: an entry waits at most about 48 rounds while its debt grows, so that what is left is bounded
        // while what is sent grows without end.
        GradientCompressor compressor = new(Range, GradientCompression.TopK, 1.0 / Length);
        float[] gradient = [.. Enumerable.Range(1, Length).Select(i => i % 3 == 0 ? 0.5f : -1f)];
        float[] sum = new float[Length];
        for (int round = 0; round < 2_000; round++)
        {
            GradientKernels.Sum(sum, Send(compressor, GradientCompression.TopK, gradient), sum);
        }

        for (int i = 0; i < Length; i++)
        {
            Assert.InRange(MathF.Abs(compressor.Residual[i]), 0, 2 * Length);
            Assert.Equal(2_000 * gradient[i], sum[i] + compressor.Residual[i]);
        }
    }

    [Fact]
    public void The_largest_entries_are_exactly_those_that_sorting_finds()
    {
        Gen<float> values = Gen.OneOf(Gen.Int[-3, 3].Select(value => (float)value), Gen.Float[-1e-3f, 1e-3f], Gen.Float[-1e20f, 1e20f], Gen.Const(float.Epsilon), Gen.Const(-0f));
        Gen.Select(values.Array[Length], Gen.Int[1, Length]).Sample((gradient, count) =>
        {
            byte[] encoded = new byte[count * GradientFormat.PairBytes];
            float[] left = [.. gradient];
            new LargestEntries(count).Take(left, encoded);
            int[] expected = [.. Enumerable.Range(0, Length).OrderByDescending(i => MathF.Abs(gradient[i])).ThenBy(i => i).Take(count).Order()];
            for (int pair = 0; pair < count; pair++)
            {
                ReadOnlySpan<byte> bytes = encoded.AsSpan(pair * GradientFormat.PairBytes);
                Assert.Equal(expected[pair], BinaryPrimitives.ReadInt32LittleEndian(bytes));
                Assert.Equal(gradient[expected[pair]], BinaryPrimitives.ReadSingleLittleEndian(bytes[4..]));
                Assert.Equal(0f, left[expected[pair]]);
            }

            Assert.Equal(gradient.Where((_, i) => !expected.Contains(i)), left.Where((_, i) => !expected.Contains(i)));
        });
    }

    [Fact]
    public void Rounding_to_bfloat16_is_that_of_torch()
    {
        Gen.Int.Select(BitConverter.Int32BitsToSingle).Where(value => MathF.Abs(value) < 3.38e38f).Array[Length].Sample(
            gradient =>
            {
                float[] sent = Send(new GradientCompressor(Range, GradientCompression.BFloat16, 1), GradientCompression.BFloat16, gradient);
                using torch.Tensor tensor = torch.tensor(gradient);
                using torch.Tensor rounded = tensor.to(torch.ScalarType.BFloat16);
                using torch.Tensor widened = rounded.to(torch.ScalarType.Float32);
                Assert.Equal(widened.data<float>().ToArray(), sent);
            },
            iter: 1_000);
    }

    [Theory]
    [InlineData(1.00390625f, 1f)] // half way between two: to the even one
    [InlineData(1.01171875f, 1.015625f)]
    [InlineData(1.00390637f, 1.0078125f)]
    [InlineData(-2.0078125f, -2f)]
    [InlineData(float.MaxValue, 3.38953139e38f)] // never to infinity: what is left comes later
    [InlineData(-float.MaxValue, -3.38953139e38f)]
    [InlineData(0f, 0f)]
    public void Rounding_to_bfloat16_goes_to_the_nearest_and_never_to_infinity(float value, float rounded)
    {
        GradientCompressor compressor = new(Range, GradientCompression.BFloat16, 1);
        float[] sent = Send(compressor, GradientCompression.BFloat16, [.. Enumerable.Repeat(value, Length)]);
        Assert.All(sent, component => Assert.Equal(rounded, component));
        Assert.Equal(value, rounded + compressor.Residual[7]);
    }

    [Theory]
    [InlineData(GradientCompression.None, 0.01, 192)]
    [InlineData(GradientCompression.BFloat16, 0.01, 96)]
    [InlineData(GradientCompression.TopK, 0.01, 8)]
    [InlineData(GradientCompression.TopK, 0.05, 24)]
    [InlineData(GradientCompression.TopK, 1, 384)]
    public void The_length_of_an_encoded_gradient_is_known_beforehand(GradientCompression kind, double share, int bytes)
    {
        Assert.Equal(bytes, new GradientCompressor(Range, kind, share).EncodedLength);
        Assert.Null(GradientDecompressor.LengthFault(kind, bytes, Length));
    }

    [Fact]
    public void Bytes_from_anybody_are_refused_or_give_a_finite_gradient()
    {
        Gen<byte[]> any = Gen.Byte.Array[0, (Length * 8) + 9];
        Gen<byte[]> ofRightLength = Gen.OneOf(Gen.Byte.Array[Length * 2], Gen.Byte.Array[Length * 4], Gen.Byte.Array[8 * 3]);
        // Small indices, so that some of them ascend.
        Gen<byte[]> pairs = Gen.Select(Gen.Byte[0, Length + 2], Gen.Float).Array[1, 6].Select(list => list.SelectMany(pair => (byte[])[pair.Item1, 0, 0, 0, .. BitConverter.GetBytes(pair.Item2)]).ToArray());
        Gen.Select(Kinds, Gen.OneOf(any, ofRightLength, pairs)).Sample((kind, bytes) =>
        {
            float[] gradient = new float[Length];
            string? fault = GradientDecompressor.Decode(kind, bytes, gradient);
            Assert.True(fault is not null || gradient.All(float.IsFinite));
        });
    }

    [Theory]
    [InlineData(GradientCompression.None, "00", "a gradient of 48 float32 has 192 bytes: got 1")]
    [InlineData(GradientCompression.BFloat16, "0000", "a gradient of 48 bfloat16 has 96 bytes: got 2")]
    [InlineData(GradientCompression.TopK, "", "the largest entries of a gradient of 48 have 1 to 48 times 8 bytes: got 0")]
    [InlineData(GradientCompression.TopK, "000000000000803F00", "the largest entries of a gradient of 48 have 1 to 48 times 8 bytes: got 9")]
    [InlineData(GradientCompression.TopK, "300000000000803F", "the indices of a gradient's largest entries ascend from 0 to at most 47: got 48 after -1")]
    [InlineData(GradientCompression.TopK, "FFFFFFFF0000803F", "the indices of a gradient's largest entries ascend from 0 to at most 47: got 4294967295 after -1")]
    [InlineData(GradientCompression.TopK, "050000000000803F050000000000803F", "the indices of a gradient's largest entries ascend from 0 to at most 47: got 5 after 5")]
    [InlineData(GradientCompression.TopK, "050000000000C07F", "component 5 of a gradient is NaN")]
    [InlineData((GradientCompression)7, "00", "gradients do not travel as 7")]
    public void A_fault_is_one_line(GradientCompression kind, string bytes, string fault) =>
        Assert.Equal(fault, GradientDecompressor.Decode(kind, Convert.FromHexString(bytes), new float[Length]));

    [Theory]
    [InlineData(GradientCompression.None)]
    [InlineData(GradientCompression.BFloat16)]
    public void A_component_that_is_not_finite_is_named(GradientCompression kind)
    {
        byte[] bytes = new byte[kind == GradientCompression.None ? Length * 4 : Length * 2];
        int width = bytes.Length / Length;
        // The last bytes of an infinity in either format.
        bytes[(18 * width) - 1] = 0x7F;
        bytes[(18 * width) - 2] = 0x80;
        Assert.StartsWith("component 17 of a gradient is", GradientDecompressor.Decode(kind, bytes, new float[Length]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_not_sent_and_leaves_nothing_behind()
    {
        foreach (GradientCompression kind in Enum.GetValues<GradientCompression>())
        {
            GradientCompressor compressor = new(Range, kind, 0.1);
            Send(compressor, kind, [.. Enumerable.Repeat(1.001f, Length)]);
            float[] before = compressor.Residual.ToArray();
            float[] bad = new float[Length];
            bad[20] = float.NaN;
            byte[] room = new byte[compressor.EncodedLength];
            Assert.Equal("component 180 of a gradient is NaN: only finite ones are sent", Assert.Throws<ArgumentException>(() => compressor.Encode(bad, room)).Message);
            Assert.Equal(before, compressor.Residual);
            compressor.Reset();
            compressor.Retract();
            Assert.All(compressor.Residual.ToArray(), left => Assert.Equal(0f, left));
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradientCompressor(Range, GradientCompression.TopK, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradientCompressor(Range, GradientCompression.TopK, double.NaN));
        Assert.Throws<ArgumentException>(() => new GradientCompressor(new ParameterRange(0, 0, 20), GradientCompression.None, 1));
        GradientCompressor compressor = new(Range, GradientCompression.None, 1);
        Assert.Throws<ArgumentException>(() => compressor.Encode(new float[32], new byte[192]));
        Assert.Throws<ArgumentException>(() => compressor.Encode(new float[Length], new byte[191]));
        Assert.Throws<ArgumentException>(() => GradientDecompressor.Decode(GradientCompression.None, new byte[28], new float[7]));
    }

    private static float[] Send(GradientCompressor compressor, GradientCompression kind, float[] gradient)
    {
        byte[] bytes = new byte[compressor.EncodedLength];
        compressor.Encode(gradient, bytes);
        float[] decoded = [.. Enumerable.Repeat(float.NaN, Length)];
        Assert.Null(GradientDecompressor.Decode(kind, bytes, decoded));
        return decoded;
    }
}
