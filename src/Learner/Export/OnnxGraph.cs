using System.Globalization;

namespace DqnAkka.Learner;

/// <summary>A value of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions after that of the rows.</param>
internal sealed record OnnxValue(string Name, IReadOnlyList<int> Shape);

/// <summary>A graph in the making: each operation is added after those whose values it takes.</summary>
internal sealed class OnnxGraph
{
    private readonly List<ProtobufMessage> _nodes = [];
    private readonly List<ProtobufMessage> _initializers = [];
    private readonly List<ProtobufMessage> _values = [];

    /// <summary>Adds constant float32 values.</summary>
    /// <returns>Their name.</returns>
    public string Constant(string name, IReadOnlyList<int> shape, ReadOnlyMemory<float> values)
    {
        _initializers.Add(OnnxMessages.Tensor(name, shape, values));
        return name;
    }

    /// <summary>Adds an operation whose result is another's input, under a name of its own.</summary>
    /// <param name="operation">ONNX's name of it.</param>
    /// <param name="inputs">Names of what it takes.</param>
    /// <param name="shape">Dimensions of its result after that of the rows.</param>
    /// <param name="attributes">Its attributes.</param>
    public OnnxValue Add(string operation, string[] inputs, IReadOnlyList<int> shape, params ProtobufMessage[] attributes)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{operation}_{_nodes.Count}");
        _values.Add(OnnxMessages.Value(name, OnnxMessages.Float32, shape));
        return Add(operation, name, inputs, shape, attributes);
    }

    /// <summary>Adds an operation whose result has a given name.</summary>
    public OnnxValue Add(string operation, string output, string[] inputs, IReadOnlyList<int> shape, params ProtobufMessage[] attributes)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"node_{operation}_{_nodes.Count}");
        _nodes.Add(OnnxMessages.Node(name, operation, inputs, output, attributes));
        return new OnnxValue(output, shape);
    }

    /// <summary>The graph.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inputs">What it takes.</param>
    /// <param name="outputs">What it makes.</param>
    public ProtobufMessage ToMessage(string name, IEnumerable<ProtobufMessage> inputs, IEnumerable<ProtobufMessage> outputs) =>
        OnnxMessages.Graph(name, _nodes, _initializers, inputs, outputs, _values);
}
