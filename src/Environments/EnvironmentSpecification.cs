namespace DqnAkka.Environments;

/// <summary>Names an environment and its arguments: a registered id, or a type of a user's own assembly.</summary>
public sealed record EnvironmentSpecification
{
    /// <summary>A registered id such as <c>CartPole-v1</c>; ignored where <see cref="Type"/> is given.</summary>
    public string Id { get; init; } = "";

    /// <summary>An assembly-qualified type name, <c>"Their.Type, Their.Assembly"</c>, of an <see cref="IEnvironment"/>; empty to use <see cref="Id"/>.</summary>
    public string Type { get; init; } = "";

    /// <summary>Folders in which the assembly of <see cref="Type"/> is looked for, before the program's own.</summary>
    public IReadOnlyList<string> SearchPaths { get; init; } = [];

    /// <summary>Constructor arguments by name (snake_case as in Gymnasium, or the parameter's own name), invariant-culture text.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>Wrappers around it, the innermost first, each as a call: <c>GrayscaleObservation</c>, <c>FrameStackObservation(stack_size=4)</c>.</summary>
    public IReadOnlyList<string> Wrappers { get; init; } = [];

    /// <summary>Steps after which an episode is truncated; 0 keeps the registered limit (none for a user's own type).</summary>
    public int MaxEpisodeSteps { get; init; }

    /// <summary>What the user calls this environment.</summary>
    public string DisplayName => Type.Length > 0 ? Type : Id;
}
