using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>One parameter's place in the flat vector.</summary>
/// <param name="Name">PyTorch's name, for example <c>network.0.weight</c>.</param>
/// <param name="Shape">PyTorch's shape: [out, in] for a weight, [out] for a bias; row-major.</param>
/// <param name="Offset">First element in the flat vector; a multiple of 16.</param>
public sealed record ParameterSlot(string Name, IReadOnlyList<int> Shape, int Offset)
{
    /// <summary>Number of elements.</summary>
    public int Length { get; } = Shape.Aggregate(1, (product, dimension) => product * dimension);
}

/// <summary>
/// A fully connected Q-network's shape, and where each parameter lies in one flat float32 vector. Each parameter starts at a
/// multiple of 16 floats (64 bytes); the padding between them is zero. Names are those of a PyTorch
/// <c>self.network = nn.Sequential(nn.Linear, act, …, nn.Linear)</c>, with heads <c>value</c> and <c>advantage</c> where dueling.
/// </summary>
public sealed class NetworkLayout
{
    private const int Alignment = 16;

    // Weight and bias of each layer and of both parts of a head, each padded.
    private const int PaddingOfLayer = 2 * (Alignment - 1);

    /// <summary>Lays out a network for observations of float32.</summary>
    /// <param name="observationSize">Components of one observation.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="options">Hidden layers, activation, head.</param>
    /// <exception cref="ArgumentException">A size is below 1, there is no hidden layer, or there are more parameters than one array holds.</exception>
    public NetworkLayout(int observationSize, int actionCount, NetworkOptions options)
        : this(new ObservationFormat(ObservationType.Float32, Math.Max(observationSize, 1)), observationSize, actionCount, options)
    {
    }

    /// <summary>Lays out a network.</summary>
    /// <param name="observation">What transitions hold; the network takes it as float32.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="options">Hidden layers, activation, head.</param>
    /// <exception cref="ArgumentException">There is no action or no hidden layer, or there are more parameters than one array holds.</exception>
    public NetworkLayout(ObservationFormat observation, int actionCount, NetworkOptions options)
        : this(observation, SizeOf(observation), actionCount, options)
    {
    }

    private NetworkLayout(ObservationFormat observation, int observationSize, int actionCount, NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (observationSize < 1 || actionCount < 1 || options.Hidden.Count == 0 || options.Hidden.Any(units => units < 1))
        {
            throw new ArgumentException(
                $"a network needs at least one observation component, one action and one hidden layer, each of at least one unit: got {observationSize}, {actionCount}, [{string.Join(", ", options.Hidden)}]");
        }

        Int128 parameters = CountParameters(observationSize, actionCount, options);
        if (parameters + ((options.Hidden.Count + 2L) * PaddingOfLayer) > Array.MaxLength)
        {
            throw new ArgumentException($"the network has {parameters} parameters, more than the {Array.MaxLength} that one array holds, padding included: give fewer or smaller hidden layers");
        }

        Observation = observation;
        ObservationSize = observationSize;
        ActionCount = actionCount;
        Options = options;
        List<ParameterSlot> slots = [];
        int inputs = observationSize;
        for (int layer = 0; layer < options.Hidden.Count; layer++)
        {
            AddLinear(slots, $"network.{2 * layer}", inputs, options.Hidden[layer]);
            inputs = options.Hidden[layer];
        }

        if (options.Dueling)
        {
            AddLinear(slots, "value", inputs, 1);
            AddLinear(slots, "advantage", inputs, actionCount);
        }
        else
        {
            AddLinear(slots, $"network.{2 * options.Hidden.Count}", inputs, actionCount);
        }

        Slots = slots;
        Length = NextOffset(slots);
    }

    /// <summary>How transitions hold an observation; the network takes it as float32.</summary>
    public ObservationFormat Observation { get; }

    /// <summary>Components of one observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Number of actions.</summary>
    public int ActionCount { get; }

    /// <summary>Hidden layers, activation, head.</summary>
    public NetworkOptions Options { get; }

    /// <summary>The parameters: weight and bias of each hidden layer in order, then of the head (dueling: value, advantage).</summary>
    public IReadOnlyList<ParameterSlot> Slots { get; }

    /// <summary>Length of the flat vector, padding included.</summary>
    public int Length { get; }

    /// <summary>Number of parameters, padding excluded.</summary>
    public int ParameterCount => Slots.Sum(slot => slot.Length);

    /// <summary>One line that says the shape, equal for equal layouts: <c>4-64-64-2 relu</c>.</summary>
    public string Description =>
        $"{ObservationSize}-{string.Join('-', Options.Hidden)}-{ActionCount} {Options.Activation.ToString().ToLowerInvariant()}{(Options.Dueling ? " dueling" : "")}";

    private static int SizeOf(ObservationFormat observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return observation.Size;
    }

    private static Int128 CountParameters(int observationSize, int actionCount, NetworkOptions options)
    {
        Int128 count = 0;
        Int128 inputs = observationSize;
        foreach (int units in options.Hidden)
        {
            count += (inputs + 1) * units;
            inputs = units;
        }

        return count + ((inputs + 1) * ((Int128)actionCount + (options.Dueling ? 1 : 0)));
    }

    private static void AddLinear(List<ParameterSlot> slots, string name, int inputs, int outputs)
    {
        slots.Add(new ParameterSlot($"{name}.weight", [outputs, inputs], NextOffset(slots)));
        slots.Add(new ParameterSlot($"{name}.bias", [outputs], NextOffset(slots)));
    }

    private static int NextOffset(List<ParameterSlot> slots)
    {
        if (slots.Count == 0)
        {
            return 0;
        }

        ParameterSlot last = slots[^1];
        return (last.Offset + last.Length + Alignment - 1) / Alignment * Alignment;
    }
}
