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
    public const int CurrentVersion = 1;
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

/// <summary>The network's shape.</summary>
/// <param name="ObservationSize">Components of one observation.</param>
/// <param name="ActionCount">Number of actions.</param>
/// <param name="Hidden">Units of each hidden layer.</param>
/// <param name="Activation">The nonlinearity.</param>
/// <param name="Dueling">Whether the head is dueling.</param>
internal sealed record ManifestNetwork(int ObservationSize, int ActionCount, int[] Hidden, Activation Activation, bool Dueling)
{
    // More than what aligning the parameters of one layer, or of both heads, can add.
    private const int Padding = 64;

    public static ManifestNetwork Of(NetworkLayout layout) =>
        new(layout.ObservationSize, layout.ActionCount, [.. layout.Options.Hidden], layout.Options.Activation, layout.Options.Dueling);

    /// <summary>The layout, or null where a size is below 1 or the parameters are more than one array holds.</summary>
    public NetworkLayout? ToLayout()
    {
        if (ObservationSize < 1 || ActionCount < 1 || Hidden.Length == 0 || Hidden.Any(units => units < 1))
        {
            return null;
        }

        long length = 0;
        long inputs = ObservationSize;

        // One output more than there is stands for the state value of a dueling head.
        foreach (long outputs in Hidden.Append(ActionCount).Select(units => units + 1L))
        {
            length += ((inputs + 1) * outputs) + Padding;
            inputs = outputs;
            if (length > Array.MaxLength)
            {
                return null;
            }
        }

        return new NetworkLayout(ObservationSize, ActionCount, new NetworkOptions { Hidden = Hidden, Activation = Activation, Dueling = Dueling });
    }
}
