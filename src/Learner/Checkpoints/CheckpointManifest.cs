using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>The contents of <c>manifest.json</c>, property for property (in snake_case there).</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Version">The format's version.</param>
/// <param name="Created">When the checkpoint was made, UTC.</param>
/// <param name="Environment">What the user calls the environment.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Network">The network's shape.</param>
/// <param name="Counters">Counters by name.</param>
/// <param name="Evaluation">The policy's evaluation.</param>
/// <param name="Policy">The file of the policy.</param>
/// <param name="Learner">The trainer's state.</param>
/// <param name="Sha256">The seal of the manifest itself; the last property, so that it has a known place.</param>
internal sealed record CheckpointManifest(
    string Format,
    int Version,
    DateTimeOffset Created,
    string Environment,
    ulong Seed,
    ManifestNetwork Network,
    Dictionary<string, long> Counters,
    CheckpointEvaluation? Evaluation,
    ManifestFile Policy,
    ManifestLearner? Learner,
    string Sha256)
{
    public const string FormatName = "dqn-akka checkpoint";
    public const int CurrentVersion = 2;
}

/// <summary>A data file that the manifest vouches for.</summary>
/// <param name="File">Its name within the checkpoint's folder.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
internal sealed record ManifestFile(string File, long Length, string Sha256);

/// <summary>The trainer's state.</summary>
/// <param name="Updates">Learning steps taken.</param>
/// <param name="Data">The file of its vectors.</param>
internal sealed record ManifestLearner(long Updates, ManifestFile Data);

/// <summary>The network.</summary>
/// <param name="Kind">The architecture below the head, never auto.</param>
/// <param name="Observation">What the components of an observation are.</param>
/// <param name="Shape">What they are arranged in: planes, height, width.</param>
/// <param name="Stack">Frames that one observation is made of.</param>
/// <param name="ActionCount">Number of actions.</param>
/// <param name="Hidden">Units of each hidden layer, where the kind has any to choose.</param>
/// <param name="Activation">The nonlinearity.</param>
/// <param name="LayerNorm">Whether layers are normalised.</param>
/// <param name="Dueling">Whether the head is dueling.</param>
/// <param name="Type">The type of a user's own module; null for other kinds.</param>
/// <param name="Parameters">The parameters of a user's own module; null for other kinds.</param>
internal sealed record ManifestNetwork(
    NetworkKind Kind,
    ObservationType Observation,
    int[] Shape,
    int Stack,
    int ActionCount,
    int[] Hidden,
    Activation Activation,
    bool LayerNorm,
    bool Dueling,
    string? Type,
    ManifestParameter[]? Parameters)
{
    public static ManifestNetwork Of(NetworkLayout layout)
    {
        PlaneShape shape = layout.Observation.Shape;
        return new ManifestNetwork(
            layout.Kind,
            layout.Observation.Type,
            [shape.Planes, shape.Height, shape.Width],
            layout.Observation.Stack,
            layout.ActionCount,
            [.. layout.Options.Hidden],
            layout.Options.Activation,
            layout.Options.LayerNorm,
            layout.Options.Dueling,
            layout.Kind == NetworkKind.Custom ? layout.Options.Type : null,
            layout.Kind == NetworkKind.Custom ? [.. layout.Slots.Select(slot => new ManifestParameter(slot.Name, [.. slot.Shape]))] : null);
    }

    /// <summary>The layout, or null where there is no such network.</summary>
    public NetworkLayout? ToLayout()
    {
        PlaneShape shape = Shape.Length == 3 ? new PlaneShape(Shape[0], Shape[1], Shape[2]) : default;
        if (shape.Planes < 1 || shape.Height < 1 || shape.Width < 1 || shape.Size > Array.MaxLength)
        {
            return null;
        }

        try
        {
            ObservationFormat observation = new(Observation, (int)shape.Size, Stack, shape);
            NetworkOptions options = new() { Kind = Kind, Hidden = Hidden, Activation = Activation, LayerNorm = LayerNorm, Dueling = Dueling, Type = Type ?? "" };
            return Kind != NetworkKind.Custom ? new NetworkLayout(observation, ActionCount, options)
                : Type is not { Length: > 0 } || Parameters is not { Length: > 0 } ? null
                : new NetworkLayout(observation, ActionCount, options, [.. Parameters.Select(parameter => new ParameterShape(parameter.Name, parameter.Shape, 0))]);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            return null;
        }
    }
}

/// <summary>A parameter of a user's own module.</summary>
/// <param name="Name">Its name in the module.</param>
/// <param name="Shape">Its shape, row-major.</param>
internal sealed record ManifestParameter(string Name, int[] Shape);
