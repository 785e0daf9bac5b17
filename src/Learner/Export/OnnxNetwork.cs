namespace DqnAkka.Learner;

/// <summary>
/// A Q-network as a graph of ONNX operators of version 17, the first with layer normalisation: <c>observation</c>, float32
/// [batch × planes × height × width] ([batch × components] for vectors), to <c>q_values</c>, float32 [batch × actions], and <c>action</c>,
/// int64 [batch]. Parameters keep PyTorch's names.
/// </summary>
internal sealed class OnnxNetwork
{
    /// <summary>The version of the operators.</summary>
    public const int OperatorVersion = 17;

    private const string Observation = "observation";
    private const string ActionValues = "q_values";
    private const string Action = "action";

    private readonly NetworkLayout _layout;
    private readonly float[] _parameters;
    private readonly Dictionary<string, ParameterSlot> _slots;
    private readonly OnnxGraph _graph = new();

    private OnnxNetwork(NetworkLayout layout, float[] parameters)
    {
        _layout = layout;
        _parameters = parameters;
        _slots = layout.Slots.ToDictionary(slot => slot.Name);
    }

    /// <summary>Builds the graph.</summary>
    /// <param name="layout">The network; not a user's own module.</param>
    /// <param name="parameters">Its parameters, float32 [<see cref="NetworkLayout.Length"/>]; the graph refers to them.</param>
    /// <returns>A GraphProto.</returns>
    public static ProtobufMessage Graph(NetworkLayout layout, float[] parameters) => new OnnxNetwork(layout, parameters).Build();

    private ProtobufMessage Build()
    {
        Environments.PlaneShape shape = _layout.Observation.Shape;
        OnnxValue observation = new(Observation, shape.IsImage ? [shape.Planes, shape.Height, shape.Width] : [_layout.ObservationSize]);
        OnnxValue features = Body(Scaled(observation), _layout.Body);
        OnnxValue values = _layout.Head.Count == 1 ? Linear(features, _layout.Head[0], ActionValues) : Dueling(features);
        // The first of equals, as our own selection has it, is what ArgMax takes where nothing else is said.
        _graph.Add("ArgMax", Action, [values.Name], [], OnnxMessages.Attribute("axis", 1), OnnxMessages.Attribute("keepdims", 0));
        string description = _layout.InputScale == 1f
            ? "Observations as the environment gives them."
            : "Observations as the environment gives them, 0 to 255: the network scales them.";
        return _graph.ToMessage(
            "policy",
            [OnnxMessages.Value(Observation, OnnxMessages.Float32, observation.Shape, description)],
            [
                OnnxMessages.Value(ActionValues, OnnxMessages.Float32, values.Shape, "Q(s, a) of every action."),
                OnnxMessages.Value(Action, OnnxMessages.Int64, [], "The action of the highest value, the first of equals."),
            ]);
    }

    private OnnxValue Scaled(OnnxValue observation) => _layout.InputScale == 1f
        ? observation
        : _graph.Add("Mul", [observation.Name, _graph.Constant("input_scale", [], new[] { _layout.InputScale })], observation.Shape);

    private OnnxValue Body(OnnxValue input, IEnumerable<NetworkLayer> layers) => layers.Aggregate(input, Layer);

    private OnnxValue Layer(OnnxValue input, NetworkLayer layer) => layer switch
    {
        LinearLayer linear => Linear(input, linear),
        ConvolutionLayer convolution => Convolution(input, convolution),
        MaxPoolLayer pool => _graph.Add("MaxPool", [input.Name], Planes(pool), Window(pool.Kernel, pool.Stride, pool.Padding)),
        LayerNormLayer normalisation => Normalisation(input, normalisation),
        ActivationLayer activation => _graph.Add(activation.Activation == Activation.Relu ? "Relu" : "Tanh", [input.Name], input.Shape),
        FlattenLayer flatten => _graph.Add("Flatten", [input.Name], [(int)flatten.Output.Size], OnnxMessages.Attribute("axis", 1)),
        ResidualLayer residual => _graph.Add("Add", [input.Name, Body(input, residual.Inner).Name], input.Shape),
        _ => throw new ArgumentException($"a {layer.GetType().Name} has no operator"),
    };

    private OnnxValue Linear(OnnxValue input, LinearLayer layer, string? output = null)
    {
        string[] inputs = [input.Name, Parameter($"{layer.Name}.weight"), Parameter($"{layer.Name}.bias")];
        ProtobufMessage transposed = OnnxMessages.Attribute("transB", 1);
        return output is null ? _graph.Add("Gemm", inputs, [layer.Outputs], transposed) : _graph.Add("Gemm", output, inputs, [layer.Outputs], transposed);
    }

    private OnnxValue Convolution(OnnxValue input, ConvolutionLayer layer) => _graph.Add(
        "Conv",
        [input.Name, Parameter($"{layer.Name}.weight"), Parameter($"{layer.Name}.bias")],
        Planes(layer),
        Window(layer.Kernel, layer.Stride, layer.Padding));

    // Over all features of a row, for which the parameters must have the value's own shape.
    private OnnxValue Normalisation(OnnxValue input, LayerNormLayer layer) => _graph.Add(
        "LayerNormalization",
        [input.Name, Parameter($"{layer.Name}.weight", input.Shape), Parameter($"{layer.Name}.bias", input.Shape)],
        input.Shape,
        OnnxMessages.Attribute("axis", 1),
        OnnxMessages.Attribute("epsilon", LayerNormLayer.Epsilon));

    private OnnxValue Dueling(OnnxValue features)
    {
        OnnxValue value = Linear(features, _layout.Head[0]);
        OnnxValue advantage = Linear(features, _layout.Head[1]);
        OnnxValue mean = _graph.Add(
            "ReduceMean", [advantage.Name], [1], OnnxMessages.Attribute("axes", [1]), OnnxMessages.Attribute("keepdims", 1));
        OnnxValue centred = _graph.Add("Sub", [advantage.Name, mean.Name], advantage.Shape);
        return _graph.Add("Add", ActionValues, [value.Name, centred.Name], advantage.Shape);
    }

    private string Parameter(string name, IReadOnlyList<int>? shape = null)
    {
        ParameterSlot slot = _slots[name];
        return _graph.Constant(name, shape ?? slot.Shape, _parameters.AsMemory(slot.Offset, slot.Length));
    }

    private static int[] Planes(NetworkLayer layer) => [layer.Output.Planes, layer.Output.Height, layer.Output.Width];

    private static ProtobufMessage[] Window(int kernel, int stride, int padding) =>
    [
        OnnxMessages.Attribute("kernel_shape", [kernel, kernel]),
        OnnxMessages.Attribute("strides", [stride, stride]),
        OnnxMessages.Attribute("pads", [padding, padding, padding, padding]),
    ];
}
