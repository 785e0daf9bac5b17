using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace DqnAkka.Learner.Tests;

public sealed class SafeTensorsTests
{
    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(
            stream,
            [new Float32Tensor("w", [1, 2], new[] { 1f, -2f }), new Int64Tensor("n", [], new[] { 258L })]);
        const string Header =
            """{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}""";
        string padded = Header.PadRight((Header.Length + 7) / 8 * 8);
        byte[] expected =
        [
            (byte)padded.Length, 0, 0, 0, 0, 0, 0, 0,
            .. Encoding.ASCII.GetBytes(padded),
            2, 1, 0, 0, 0, 0, 0, 0,
            0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0,
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void What_was_written_is_read_and_its_data_is_aligned() =>
        (from floats in Gen.Select(Gen.Int[0, 5], Gen.Int[1, 4]).Array[0, 4]
         from integers in Gen.Int[0, 5].Array[0, 3]
         from name in Gen.String
         select (floats, integers, name)).Sample(
            example =>
            {
                List<SafeTensor> tensors = [];
                foreach ((int rows, int columns) in example.floats)
                {
                    float[] values = [.. Enumerable.Range(0, rows * columns).Select(i => i * 0.1f)];
                    tensors.Add(new Float32Tensor($"f{tensors.Count}{Clean(example.name)}", [rows, columns], values));
                }

                foreach (int length in example.integers)
                {
                    long[] values = [.. Enumerable.Range(0, length).Select(i => long.MinValue + i)];
                    tensors.Add(new Int64Tensor($"i{tensors.Count}", [length], values));
                }

                byte[] file = Write(tensors);
                Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(file) % 8);
                IReadOnlyList<SafeTensor> read = Read(file);
                Assert.Equal(tensors.Select(Describe).Order(StringComparer.Ordinal), read.Select(Describe).Order(StringComparer.Ordinal));
            },
            iter: 300);

    [Fact]
    public void Names_that_repeat_and_shapes_that_do_not_fit_are_not_written()
    {
        Assert.Throws<ArgumentException>(() => Write([new Float32Tensor("a", [1], new[] { 1f }), new Int64Tensor("a", [1], new[] { 1L })]));
        Assert.Throws<ArgumentException>(() => Write([new Float32Tensor("a", [2], new[] { 1f })]));
        Assert.Throws<ArgumentException>(() => Write([new Float32Tensor("a", [-1, -1], new[] { 1f })]));
        Assert.Throws<ArgumentException>(() => Write([new Float32Tensor("__metadata__", [1], new[] { 1f })]));
    }

    [Theory]
    [InlineData("", "header length")]
    [InlineData("[]", "JSON object")]
    [InlineData("{", "header length")]
    [InlineData("{]", "JSON")]
    [InlineData("{}", "take 0 bytes of the 8")]
    [InlineData("""{"a":1}""", "JSON")]
    [InlineData("""{"a":{}}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "JSON")]
    [InlineData("""{"a":{"dtype":1,"shape":[2],"data_offsets":[0,8]}}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "has 1 data offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "JSON")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", "type 'BF16'")]
    [InlineData("""{"a\n":{"dtype":"\r\n","shape":[4],"data_offsets":[0,8]}}""", "'a?' has the type '??'")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "which its shape and type do not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", "which its shape and type do not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "which its shape and type do not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2000000000,2000000000,2000000000],"data_offsets":[0,8]}}""", "which its shape and type do not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "bytes 0 to 12 of 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2000000000],"data_offsets":[0,8000000000]}}""", "bytes 0 to 8000000000 of 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "bytes -4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "byte 0 is the next")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "take 4 bytes of the 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "byte 8 is the next")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", "byte 0 is the next")]
    public void A_header_that_lies_is_refused_and_the_lie_named(string header, string fault)
    {
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), 0, 0, 0, 0, 0, 0, 0, 0];
        if (header == "{")
        {
            file = file[..9];
        }

        Assert.Contains(fault, Checkpoints.AssertRefused(() => Read(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(1_000)]
    [InlineData(0)]
    public void A_header_length_outside_the_file_is_refused(long length) =>
        Checkpoints.AssertRefused(() => Read([.. BitConverter.GetBytes(length), (byte)'{', (byte)'}', 0, 0]));

    [Fact]
    public void Invalid_UTF_8_is_refused() =>
        Checkpoints.AssertRefused(() => Read([.. BitConverter.GetBytes(7L), .. "{\""u8, 0xFF, 0xFE, .. "\":1"u8]));

    [Fact]
    public void Deep_nesting_is_refused()
    {
        string header = "{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}";
        Checkpoints.AssertRefused(() => Read([.. BitConverter.GetBytes((long)header.Length), .. Encoding.ASCII.GetBytes(header)]));
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_but_nothing_else_happens()
    {
        byte[] valid = Write([new Float32Tensor("weight", [2, 3], new float[6]), new Int64Tensor("count", [2], new long[2])]);
        (from edits in Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte).Array[1, 6]
         from digits in Gen.Bool
         from length in Gen.OneOf(Gen.Const(valid.Length), Gen.Int[0, valid.Length])
         from tail in Gen.Byte.Array[0, 3]
         select (edits, digits, length, tail)).Sample(
            example =>
            {
                byte[] file = [.. valid];
                foreach ((int position, byte value) in example.edits)
                {
                    // Digits in the place of digits get past the JSON parser more often.
                    bool digit = example.digits && char.IsAsciiDigit((char)file[position]);
                    file[position] = digit ? (byte)('0' + (value % 10)) : value;
                }

                try
                {
                    Read([.. file[..example.length], .. example.tail]);
                }
                catch (CheckpointException exception)
                {
                    Assert.DoesNotContain('\n', exception.Message);
                }
            },
            iter: 20_000);
    }

    private static byte[] Write(IReadOnlyList<SafeTensor> tensors)
    {
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(stream, tensors);
        return stream.ToArray();
    }

    private static IReadOnlyList<SafeTensor> Read(byte[] file)
    {
        using MemoryStream stream = new(file);
        return SafeTensorsReader.Read(stream, "some/file");
    }

    private static string Clean(string name) => string.Concat(name.Where(character => !char.IsSurrogate(character)));

    private static string Describe(SafeTensor tensor) => tensor switch
    {
        Float32Tensor floats => $"{floats.Name} f [{string.Join(',', floats.Shape)}] {string.Join(',', floats.Values.ToArray())}",
        Int64Tensor integers => $"{integers.Name} i [{string.Join(',', integers.Shape)}] {string.Join(',', integers.Values.ToArray())}",
        _ => throw new InvalidOperationException(),
    };
}
