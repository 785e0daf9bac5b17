using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// A Q-network's layers, and where each parameter lies in one flat float32 vector. Each parameter starts at a multiple of 16 floats
/// (64 bytes); the padding between them is zero. Names are those of a PyTorch <c>self.network = nn.Sequential(…, nn.Linear)</c>, with heads
/// <c>value</c> and <c>advantage</c> where dueling.
/// </summary>
public sealed class NetworkLayout
{
    private const int Alignment = 16;

    /// <summary>Lays out a network for vectors of float32.</summary>
    /// <param name="observationSize">Components of one observation.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="options">Hidden layers, activation, head.</param>
    /// <exception cref="ArgumentException">A size is below 1, there is no hidden layer, or there are more parameters than one array holds.</exception>
    public NetworkLayout(int observationSize, int actionCount, NetworkOptions options)
        : this(new ObservationFormat(ObservationType.Float32, Math.Max(observationSize, 1)), observationSize, actionCount, options)
    {
    }

    /// <summary>Lays out a network.</summary>
    /// <param name="observation">What transitions hold, and its shape; the network takes it as float32.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="options">Kind, hidden layers, activation, head.</param>
    /// <exception cref="ArgumentException">
    /// There is no action or no hidden layer, the observation's shape does not suit the kind, or there are more parameters than one array holds.
    /// </exception>
    /// <exception cref="LearnerException">A user's own module cannot be made, or is no network for these observations and actions.</exception>
    public NetworkLayout(ObservationFormat observation, int actionCount, NetworkOptions options)
        : this(observation, SizeOf(observation), actionCount, options)
    {
    }

    /// <summary>Lays out a user's own module whose parameters are known, without loading it.</summary>
    /// <param name="observation">What transitions hold, and its shape.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="options">Of kind <see cref="NetworkKind.Custom"/>.</param>
    /// <param name="parameters">The module's parameters in its own order.</param>
    /// <exception cref="ArgumentException">There is no action, or there are more parameters than one array holds.</exception>
    internal NetworkLayout(ObservationFormat observation, int actionCount, NetworkOptions options, IReadOnlyList<ParameterShape> parameters)
        : this(observation, SizeOf(observation), actionCount, options, parameters)
    {
    }

    private NetworkLayout(
        ObservationFormat observation, int observationSize, int actionCount, NetworkOptions options, IReadOnlyList<ParameterShape>? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (observationSize < 1 || actionCount < 1 || options.Hidden.Count == 0 || options.Hidden.Any(units => units < 1))
        {
            throw new ArgumentException(
                $"a network needs at least one observation component, one action and one hidden layer, each of at least one unit: got {observationSize}, {actionCount}, [{string.Join(", ", options.Hidden)}]");
        }

        Observation = observation;
        ObservationSize = observationSize;
        ActionCount = actionCount;
        Options = options;
        Kind = NetworkArchitectures.Resolve(options, observation.Shape);
        (Body, Head) = Kind == NetworkKind.Custom ? ([], []) : Layers(Kind, observation.Shape, actionCount, options);
        Slots = Place(
            Kind != NetworkKind.Custom ? [.. Body.Concat(Head).SelectMany(layer => layer.Parameters)]
            : parameters ?? CustomModuleParameters.Read(options, observation.Shape, actionCount));
        Length = NextOffset(Slots);
    }

    /// <summary>How transitions hold an observation; the network takes it as float32.</summary>
    public ObservationFormat Observation { get; }

    /// <summary>Components of one observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Number of actions.</summary>
    public int ActionCount { get; }

    /// <summary>Kind, hidden layers, activation, head, as asked for.</summary>
    public NetworkOptions Options { get; }

    /// <summary>The kind; never <see cref="NetworkKind.Auto"/>.</summary>
    public NetworkKind Kind { get; }

    /// <summary>What an observation is multiplied by before the first layer: 1/255 for bytes in an image network or a user's own, else 1.</summary>
    public float InputScale => Kind != NetworkKind.Mlp && Observation.Type == ObservationType.UInt8 ? 1f / byte.MaxValue : 1f;

    /// <summary>The layers below the head, first to last; none of a user's own module.</summary>
    public IReadOnlyList<NetworkLayer> Body { get; }

    /// <summary>The head on the body's output: one linear map to the action values, or value and advantage of a dueling head. Empty for a user's own module.</summary>
    public IReadOnlyList<LinearLayer> Head { get; }

    /// <summary>The parameters: those of each layer of the body in order, then of the head (dueling: value, advantage).</summary>
    public IReadOnlyList<ParameterSlot> Slots { get; }

    /// <summary>Length of the flat vector, padding included.</summary>
    public int Length { get; }

    /// <summary>Number of parameters, padding excluded.</summary>
    public int ParameterCount => Slots.Sum(slot => slot.Length);

    /// <summary>One line that says the shape, equal for equal layouts: <c>4-64-64-2 relu</c>, <c>minatar 4x10x10-6 relu dueling</c>, <c>Their.Type 4x10x10-6 of 1234 parameters</c>.</summary>
    public string Description
    {
        get
        {
            if (Kind == NetworkKind.Custom)
            {
                return $"{Options.Type.Split(',')[0].Trim()} {Observation.Shape}-{ActionCount} of {ParameterCount} parameters";
            }

            string sizes = Kind == NetworkKind.Mlp
                ? $"{ObservationSize}-{string.Join('-', Options.Hidden)}-{ActionCount}"
                : $"{Kind.ToString().ToLowerInvariant()} {Observation.Shape}-{ActionCount}";
            return $"{sizes} {Options.Activation.ToString().ToLowerInvariant()}{(Options.LayerNorm ? " layer-norm" : "")}{(Options.Dueling ? " dueling" : "")}";
        }
    }

    /// <summary>The same layout, with other folders in which the assembly of a user's own module is looked for.</summary>
    /// <param name="folders">The folders.</param>
    public NetworkLayout WithSearchPaths(IReadOnlyList<string> folders) => Kind == NetworkKind.Custom
        ? new NetworkLayout(Observation, ActionCount, Options with { SearchPaths = folders }, [.. Slots.Select(slot => slot.Parameter)])
        : this;

    private static (IReadOnlyList<NetworkLayer> Body, IReadOnlyList<LinearLayer> Head) Layers(
        NetworkKind kind, PlaneShape shape, int actionCount, NetworkOptions options)
    {
        (IReadOnlyList<NetworkLayer> body, int next) = NetworkArchitectures.Body(kind, shape, options);
        int features = (int)body[^1].Output.Size;
        return (body, options.Dueling
            ? [new LinearLayer("value", features, 1), new LinearLayer("advantage", features, actionCount)]
            : [new LinearLayer($"network.{next}", features, actionCount)]);
    }

    private static int SizeOf(ObservationFormat observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return observation.Size;
    }

    private static List<ParameterSlot> Place(IReadOnlyList<ParameterShape> parameters)
    {
        Int128 count = parameters.Aggregate((Int128)0, (sum, parameter) => sum + parameter.Length);
        if (count + (parameters.Count * (Alignment - 1L)) > Array.MaxLength)
        {
            throw new ArgumentException($"the network has {count} parameters, more than the {Array.MaxLength} that one array holds, padding included: give fewer or smaller hidden layers");
        }

        List<ParameterSlot> slots = [];
        foreach (ParameterShape parameter in parameters)
        {
            slots.Add(new ParameterSlot(parameter, NextOffset(slots)));
        }

        return slots;
    }

    private static int NextOffset(IReadOnlyList<ParameterSlot> slots)
    {
        if (slots.Count == 0)
        {
            return 0;
        }

        ParameterSlot last = slots[^1];
        return (last.Offset + last.Length + Alignment - 1) / Alignment * Alignment;
    }
}
