using CsCheck;

namespace DqnAkka.Environments.Tests;

public sealed class ObservationFormatTests
{
    [Fact]
    public void Every_value_of_a_type_comes_back_as_it_went_in() =>
        (from type in Gen.Enum<ObservationType>()
         from stack in Gen.Int[1, 4]
         from frameSize in Gen.Int[1, 150]
         from seed in Gen.ULong
         select (type, stack, frameSize, seed)).Sample(
            example =>
            {
                ObservationFormat format = new(example.type, example.stack * example.frameSize, example.stack);
                float[] observation = Observation(format, new RandomSource(example.seed));
                byte[] bytes = new byte[format.Bytes];
                format.Encode(observation, bytes);
                float[] decoded = new float[format.Size];
                format.Decode(bytes, decoded);
                Assert.Equal(observation, decoded);

                float[] twice = new float[2 * format.Size];
                format.DecodeRows((byte[])[.. bytes, .. bytes], twice);
                Assert.Equal([.. observation, .. observation], twice);
            },
            iter: 500);

    [Fact]
    public void Booleans_take_a_bit_and_each_frame_begins_at_a_byte()
    {
        ObservationFormat format = new(ObservationType.Boolean, 18, 2);
        byte[] bytes = new byte[format.Bytes];
        format.Encode([1, 0, 1, 0, 0, 0, 0, 0, 1, /**/ 0, 1, 0, 0, 0, 0, 0, 0, 0], bytes);
        Assert.Equal([0b101, 1, 0b10, 0], bytes);
    }

    [Theory]
    [InlineData(ObservationType.Float32, 84, 1, 336, 336, true)]
    [InlineData(ObservationType.Float32, 16, 1, 64, 64, false)]
    [InlineData(ObservationType.UInt8, 28_224, 4, 7_056, 28_224, true)]
    [InlineData(ObservationType.Boolean, 400, 1, 50, 50, false)]
    public void Sizes_follow_from_type_and_stack(ObservationType type, int size, int stack, int frameBytes, int bytes, bool isShared)
    {
        ObservationFormat format = new(type, size, stack);
        Assert.Equal((frameBytes, bytes, isShared), (format.FrameBytes, format.Bytes, format.IsShared));
    }

    [Theory]
    [InlineData(ObservationType.UInt8, 256f)]
    [InlineData(ObservationType.UInt8, -1f)]
    [InlineData(ObservationType.UInt8, 0.5f)]
    [InlineData(ObservationType.UInt8, float.NaN)]
    [InlineData(ObservationType.Boolean, 2f)]
    [InlineData(ObservationType.Boolean, 0.5f)]
    [InlineData(ObservationType.Boolean, float.NaN)]
    public void A_value_that_the_type_does_not_have_is_refused_by_name(ObservationType type, float value)
    {
        ObservationFormat format = new(type, 2);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => format.Encode([1, value], new byte[format.Bytes]));
        Assert.Contains($"component 1 of an observation is {value}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ObservationFormat(ObservationType.UInt8, 5, 2));
        Assert.ThrowsAny<ArgumentException>(() => new ObservationFormat(ObservationType.UInt8, 0));
        Assert.ThrowsAny<ArgumentException>(() => new ObservationFormat(ObservationType.UInt8, 5, 0));
        ObservationFormat format = new(ObservationType.Float32, 2);
        Assert.Throws<ArgumentException>(() => format.Encode([1], new byte[8]));
        Assert.Throws<ArgumentException>(() => format.Encode([1, 2], new byte[7]));
        Assert.Throws<ArgumentException>(() => format.Decode(new byte[8], new float[3]));
        Assert.Throws<ArgumentException>(() => format.DecodeRows(new byte[16], new float[3]));
        Assert.Throws<ArgumentException>(() => format.DecodeRows(new byte[15], new float[4]));
    }

    [Fact]
    public void A_box_keeps_within_its_type()
    {
        Assert.Equal(ObservationType.Float32, new BoxSpace([-1], [300]).Format.Type);
        BoxSpace pixels = new(new float[8], [.. Enumerable.Repeat(255f, 8)], ObservationType.UInt8, stack: 4);
        Assert.Equal((2, 4), (pixels.Format.FrameSize, pixels.Format.Stack));
        Assert.Throws<ArgumentException>(() => new BoxSpace([0], [256], ObservationType.UInt8));
        Assert.Throws<ArgumentException>(() => new BoxSpace([-1], [1], ObservationType.Boolean));
        Assert.Throws<ArgumentException>(() => new BoxSpace([0], [2], ObservationType.Boolean));
        Assert.NotEqual(new BoxSpace([0], [1]), new BoxSpace([0], [1], ObservationType.Boolean));
    }

    private static float[] Observation(ObservationFormat format, RandomSource random) =>
    [
        .. Enumerable.Range(0, format.Size).Select(_ => format.Type switch
        {
            ObservationType.Float32 => (float)random.NextUniform(-10, 10),
            ObservationType.UInt8 => random.NextInt(256),
            _ => random.NextInt(2),
        }),
    ];
}
