namespace DqnAkka.Learner;

/// <summary>
/// The messages of ONNX that a network needs, with the field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
/// Every value has the rows as its first dimension, <see cref="BatchDimension"/>.
/// </summary>
internal static class OnnxMessages
{
    /// <summary>The name of the dimension of rows.</summary>
    public const string BatchDimension = "batch";

    /// <summary>TensorProto.DataType.FLOAT.</summary>
    public const int Float32 = 1;

    /// <summary>TensorProto.DataType.INT64.</summary>
    public const int Int64 = 7;

    private const int FloatAttribute = 1;
    private const int IntegerAttribute = 2;
    private const int IntegersAttribute = 7;

    /// <summary>A ModelProto.</summary>
    /// <param name="formatVersion">The version of the format itself (<c>ir_version</c>).</param>
    /// <param name="operatorVersion">The version of the standard operators.</param>
    /// <param name="producer">The program's name and version.</param>
    /// <param name="graph">The computation.</param>
    /// <param name="metadata">What is worth knowing about it.</param>
    public static ProtobufMessage Model(
        int formatVersion, int operatorVersion, (string Name, string Version) producer, ProtobufMessage graph, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        ProtobufMessage model = new ProtobufMessage().Add(1, formatVersion).Add(2, producer.Name).Add(3, producer.Version).Add(7, graph)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, operatorVersion));
        foreach ((string key, string value) in metadata)
        {
            model.Add(14, new ProtobufMessage().Add(1, key).Add(2, value));
        }

        return model;
    }

    /// <summary>A GraphProto; nodes in an order in which they can be computed.</summary>
    public static ProtobufMessage Graph(
        string name,
        IEnumerable<ProtobufMessage> nodes,
        IEnumerable<ProtobufMessage> initializers,
        IEnumerable<ProtobufMessage> inputs,
        IEnumerable<ProtobufMessage> outputs,
        IEnumerable<ProtobufMessage> values)
    {
        ProtobufMessage graph = new();
        AddAll(graph, 1, nodes);
        graph.Add(2, name);
        AddAll(graph, 5, initializers);
        AddAll(graph, 11, inputs);
        AddAll(graph, 12, outputs);
        AddAll(graph, 13, values);
        return graph;
    }

    /// <summary>A NodeProto.</summary>
    public static ProtobufMessage Node(string name, string operation, IEnumerable<string> inputs, string output, IEnumerable<ProtobufMessage> attributes)
    {
        ProtobufMessage node = new();
        foreach (string input in inputs)
        {
            node.Add(1, input);
        }

        node.Add(2, output).Add(3, name).Add(4, operation);
        AddAll(node, 5, attributes);
        return node;
    }

    /// <summary>An AttributeProto of an integer.</summary>
    public static ProtobufMessage Attribute(string name, long value) => new ProtobufMessage().Add(1, name).Add(3, value).Add(20, IntegerAttribute);

    /// <summary>An AttributeProto of a float.</summary>
    public static ProtobufMessage Attribute(string name, float value) => new ProtobufMessage().Add(1, name).Add(2, value).Add(20, FloatAttribute);

    /// <summary>An AttributeProto of integers.</summary>
    public static ProtobufMessage Attribute(string name, IEnumerable<int> values)
    {
        ProtobufMessage attribute = new ProtobufMessage().Add(1, name);
        foreach (int value in values)
        {
            attribute.Add(8, value);
        }

        return attribute.Add(20, IntegersAttribute);
    }

    /// <summary>A TensorProto of float32.</summary>
    public static ProtobufMessage Tensor(string name, IEnumerable<int> shape, ReadOnlyMemory<float> values)
    {
        ProtobufMessage tensor = new();
        foreach (int dimension in shape)
        {
            tensor.Add(1, dimension);
        }

        return tensor.Add(2, Float32).Add(8, name).Add(9, values);
    }

    /// <summary>A ValueInfoProto: what a value is.</summary>
    /// <param name="name">The value's name.</param>
    /// <param name="type">A TensorProto.DataType.</param>
    /// <param name="shape">Its dimensions after that of the rows.</param>
    /// <param name="description">What it means; empty where there is nothing to say.</param>
    public static ProtobufMessage Value(string name, int type, IEnumerable<int> shape, string description = "")
    {
        ProtobufMessage dimensions = new ProtobufMessage().Add(1, new ProtobufMessage().Add(2, BatchDimension));
        foreach (int dimension in shape)
        {
            dimensions.Add(1, new ProtobufMessage().Add(1, dimension));
        }

        ProtobufMessage value = new ProtobufMessage().Add(1, name)
            .Add(2, new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, type).Add(2, dimensions)));
        return description.Length > 0 ? value.Add(3, description) : value;
    }

    private static void AddAll(ProtobufMessage message, int number, IEnumerable<ProtobufMessage> values)
    {
        foreach (ProtobufMessage value in values)
        {
            message.Add(number, value);
        }
    }
}
