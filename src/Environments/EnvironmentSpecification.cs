namespace DqnAkka.Environments;

/// <summary>Names an environment and its arguments: a registered id, or a type of a user's own assembly.</summary>
public sealed record EnvironmentSpecification
{
    /// <summary>A registered id such as <c>CartPole-v1</c>, or one of Gymnasium's; ignored where <see cref="Type"/> names a type.</summary>
    public string Id { get; init; } = "";

    /// <summary>
    /// An assembly-qualified type name, <c>"Their.Type, Their.Assembly"</c>, of an <see cref="IEnvironment"/>; <c>gymnasium</c> for the
    /// environment of Python's Gymnasium that <see cref="Id"/> names; empty for the registered one that it names.
    /// </summary>
    public string Type { get; init; } = "";

    /// <summary>Folders in which the assembly of <see cref="Type"/> is looked for, before the program's own.</summary>
    public IReadOnlyList<string> SearchPaths { get; init; } = [];

    /// <summary>Constructor arguments by name (snake_case as in Gymnasium, or the parameter's own name), invariant-culture text.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>Wrappers around it, the innermost first, each as a call: <c>GrayscaleObservation</c>, <c>FrameStackObservation(stack_size=4)</c>.</summary>
    public IReadOnlyList<string> Wrappers { get; init; } = [];

    /// <summary>Steps after which an episode is truncated; 0 keeps the registered limit (none for a user's own type).</summary>
    public int MaxEpisodeSteps { get; init; }

    /// <summary>The Python interpreter of a Gymnasium environment: a name that is looked for in PATH, or a path.</summary>
    public string Python { get; init; } = "python3";

    /// <summary>How long the process of a Gymnasium environment may take to make its copies, and to begin their episodes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the process of a Gymnasium environment may take for one step of all its copies.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the process of a Gymnasium environment is started again within <see cref="RestartWindow"/> before it counts as broken.</summary>
    public int MaxRestarts { get; init; } = 20;

    /// <summary>How long a restart counts towards <see cref="MaxRestarts"/>.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Whether it is one of Python's Gymnasium.</summary>
    public bool IsGymnasium => Type == GymnasiumSetup.TypeName;

    /// <summary>What the user calls this environment: its type, its id, or for one of Gymnasium's <c>gymnasium:</c> and the id.</summary>
    public string DisplayName => IsGymnasium ? $"{GymnasiumSetup.TypeName}:{Id}" : Type.Length > 0 ? Type : Id;

    /// <summary>Type and id of an environment, from what it is called.</summary>
    /// <param name="displayName">What <see cref="DisplayName"/> gave.</param>
    public static EnvironmentSpecification Parse(string displayName)
    {
        ArgumentNullException.ThrowIfNull(displayName);
        const string Prefix = $"{GymnasiumSetup.TypeName}:";
        if (displayName.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return new EnvironmentSpecification { Type = GymnasiumSetup.TypeName, Id = displayName[Prefix.Length..] };
        }

        // A user's own type is assembly-qualified, "Type, Assembly"; a registered id has no comma.
        return displayName.Contains(',', StringComparison.Ordinal)
            ? new EnvironmentSpecification { Type = displayName }
            : new EnvironmentSpecification { Id = displayName };
    }
}
