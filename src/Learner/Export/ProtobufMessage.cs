using System.Runtime.InteropServices;
using Google.Protobuf;

namespace DqnAkka.Learner;

/// <summary>
/// One message of protocol buffers, field by field in the order in which they are added. Large arrays are referred to, not copied, so that
/// writing a network takes no second one's memory.
/// </summary>
internal sealed class ProtobufMessage
{
    /// <summary>Bytes of the longest message that there can be: lengths are counted in 32 bits, and no reader takes a longer one.</summary>
    public const long MaximumLength = int.MaxValue;

    private readonly List<Field> _fields = [];

    private delegate void WriteField(CodedOutputStream output, Stream stream);

    private readonly record struct Field(Func<long> Length, WriteField Write);

    /// <summary>Bytes of the message with all that has been added to it and to the messages within it.</summary>
    public long Length => _fields.Sum(entry => entry.Length());

    /// <summary>Adds an integer; of a repeated field one element, unpacked.</summary>
    public ProtobufMessage Add(int number, long value) => Add(
        () => CodedOutputStream.ComputeTagSize(number) + CodedOutputStream.ComputeInt64Size(value),
        (output, _) =>
        {
            output.WriteTag(number, WireFormat.WireType.Varint);
            output.WriteInt64(value);
        });

    /// <summary>Adds a float.</summary>
    public ProtobufMessage Add(int number, float value) => Add(
        () => CodedOutputStream.ComputeTagSize(number) + sizeof(float),
        (output, _) =>
        {
            output.WriteTag(number, WireFormat.WireType.Fixed32);
            output.WriteFloat(value);
        });

    /// <summary>Adds a text; of a repeated field one element.</summary>
    public ProtobufMessage Add(int number, string value) => Add(
        () => CodedOutputStream.ComputeTagSize(number) + CodedOutputStream.ComputeStringSize(value),
        (output, _) =>
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteString(value);
        });

    /// <summary>Adds a message; of a repeated field one element.</summary>
    public ProtobufMessage Add(int number, ProtobufMessage value) => Add(
        () => DelimitedLength(number, value.Length),
        (output, stream) =>
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteLength(checked((int)value.Length));
            value.Write(output, stream);
        });

    /// <summary>Adds bytes: floats, little-endian as every platform of .NET that libtorch supports.</summary>
    public ProtobufMessage Add(int number, ReadOnlyMemory<float> value) => Add(
        () => DelimitedLength(number, (long)value.Length * sizeof(float)),
        (output, stream) =>
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteLength(checked(value.Length * sizeof(float)));
            // The coded stream takes bytes as copies only.
            output.Flush();
            stream.Write(MemoryMarshal.AsBytes(value.Span));
        });

    /// <summary>Writes the message, which is not longer than <see cref="MaximumLength"/>.</summary>
    public void WriteTo(Stream stream)
    {
        using CodedOutputStream output = new(stream, leaveOpen: true);
        Write(output, stream);
    }

    private static long DelimitedLength(int number, long length) =>
        CodedOutputStream.ComputeTagSize(number) + CodedOutputStream.ComputeInt64Size(length) + length;

    private ProtobufMessage Add(Func<long> length, WriteField write)
    {
        _fields.Add(new Field(length, write));
        return this;
    }

    private void Write(CodedOutputStream output, Stream stream) => _fields.ForEach(entry => entry.Write(output, stream));
}
