using System.Buffers.Binary;
using System.Text;

namespace DqnAkka.Learner.Tests;

/// <summary>An operation of an ONNX file.</summary>
internal sealed record OnnxNode(string Name, string Operation, string[] Inputs, string[] Outputs, IReadOnlyDictionary<string, object> Attributes)
{
    public int[] Integers(string name) => [.. ((List<long>)Attributes[name]).Select(value => (int)value)];

    public long Integer(string name) => (long)Attributes[name];
}

/// <summary>A value of an ONNX file; a dimension is a number or a name.</summary>
internal sealed record OnnxDeclaration(string Name, int Type, string[] Dimensions, string Description)
{
    public string Shape => string.Join(' ', Dimensions);
}

/// <summary>A constant of an ONNX file.</summary>
internal sealed record OnnxConstant(string Name, int[] Shape, float[] Values);

/// <summary>Reads ONNX files by the public field numbers of onnx.proto; it shares no code with what writes them.</summary>
internal sealed class OnnxFile
{
    private OnnxFile(Message model)
    {
        FormatVersion = model.Integer(1);
        Producer = $"{model.Text(2)} {model.Text(3)}";
        OperatorSets = [.. model.Messages(8).Select(set => (set.Text(1), set.Integer(2)))];
        Metadata = model.Messages(14).ToDictionary(entry => entry.Text(1), entry => entry.Text(2));
        Message graph = Assert.Single(model.Messages(7));
        Name = graph.Text(2);
        Nodes = [.. graph.Messages(1).Select(ReadNode)];
        Constants = [.. graph.Messages(5).Select(ReadConstant)];
        Inputs = [.. graph.Messages(11).Select(ReadDeclaration)];
        Outputs = [.. graph.Messages(12).Select(ReadDeclaration)];
        Values = [.. graph.Messages(13).Select(ReadDeclaration)];
    }

    public long FormatVersion { get; }

    public string Producer { get; }

    public (string Domain, long Version)[] OperatorSets { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public string Name { get; }

    public OnnxNode[] Nodes { get; }

    public OnnxConstant[] Constants { get; }

    public OnnxDeclaration[] Inputs { get; }

    public OnnxDeclaration[] Outputs { get; }

    public OnnxDeclaration[] Values { get; }

    public static OnnxFile Read(byte[] file) => new(Message.Read(file));

    private static OnnxNode ReadNode(Message node) => new(
        node.Text(3),
        node.Text(4),
        [.. node.Texts(1)],
        [.. node.Texts(2)],
        node.Messages(5).ToDictionary(
            attribute => attribute.Text(1),
            attribute => attribute.Integer(20) switch
            {
                1 => (object)BitConverter.Int32BitsToSingle((int)attribute.Integer(2)),
                2 => attribute.Integer(3),
                7 => attribute.Integers(8),
                long type => throw new InvalidOperationException($"an attribute of type {type}"),
            }));

    private static OnnxConstant ReadConstant(Message tensor)
    {
        Assert.Equal(1, tensor.Integer(2));
        byte[] data = Assert.Single(tensor.Bytes(9));
        float[] values = new float[data.Length / 4];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan(4 * i));
        }

        int[] shape = [.. tensor.Integers(1).Select(dimension => (int)dimension)];
        Assert.Equal(4 * shape.Aggregate(1, (product, dimension) => product * dimension), data.Length);
        return new OnnxConstant(tensor.Text(8), shape, values);
    }

    private static OnnxDeclaration ReadDeclaration(Message value)
    {
        Message type = Assert.Single(Assert.Single(value.Messages(2)).Messages(1));
        Message shape = Assert.Single(type.Messages(2));
        string[] dimensions = [.. shape.Messages(1).Select(dimension => dimension.Has(2) ? dimension.Text(2) : $"{dimension.Integer(1)}")];
        return new OnnxDeclaration(value.Text(1), (int)type.Integer(1), dimensions, value.Has(3) ? value.Text(3) : "");
    }

    /// <summary>The fields of one message: integers, and byte strings.</summary>
    private sealed class Message
    {
        private readonly List<(int Number, long Integer, byte[]? Bytes)> _fields = [];

        public static Message Read(ReadOnlySpan<byte> bytes)
        {
            Message message = new();
            while (bytes.Length > 0)
            {
                long tag = Varint(ref bytes);
                int number = (int)(tag >> 3);
                switch (tag & 7)
                {
                    case 0:
                        message._fields.Add((number, Varint(ref bytes), null));
                        break;
                    case 2:
                        int length = (int)Varint(ref bytes);
                        message._fields.Add((number, 0, bytes[..length].ToArray()));
                        bytes = bytes[length..];
                        break;
                    case 5:
                        message._fields.Add((number, BinaryPrimitives.ReadInt32LittleEndian(bytes), null));
                        bytes = bytes[4..];
                        break;
                    default:
                        throw new InvalidOperationException($"field {number} has the wire type {tag & 7}");
                }
            }

            return message;
        }

        public bool Has(int number) => _fields.Any(field => field.Number == number);

        public long Integer(int number) => Assert.Single(Integers(number));

        public List<long> Integers(int number) => [.. _fields.Where(field => field.Number == number).Select(field => field.Integer)];

        public List<byte[]> Bytes(int number) => [.. _fields.Where(field => field.Number == number).Select(field => field.Bytes!)];

        public IEnumerable<Message> Messages(int number) => Bytes(number).Select(bytes => Read(bytes));

        public IEnumerable<string> Texts(int number) => Bytes(number).Select(Encoding.UTF8.GetString);

        public string Text(int number) => Assert.Single(Texts(number));

        private static long Varint(ref ReadOnlySpan<byte> bytes)
        {
            ulong value = 0;
            int index = 0;
            for (; bytes[index] >= 0x80; index++)
            {
                value |= (ulong)(bytes[index] & 0x7F) << (7 * index);
            }

            value |= (ulong)bytes[index] << (7 * index);
            bytes = bytes[(index + 1)..];
            return (long)value;
        }
    }
}
