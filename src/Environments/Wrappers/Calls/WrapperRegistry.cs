namespace DqnAkka.Environments;

/// <summary>The wrappers that <c>environment.wrappers</c> can name.</summary>
public static class WrapperRegistry
{
    /// <summary>Every wrapper, in alphabetical order.</summary>
    public static IReadOnlyList<WrapperRegistration> All { get; } =
    [
        new(
            FrameStack.Name,
            "the last observations in one, the oldest first; a reset fills the stack with the first",
            [Needed<int>("stack_size")],
            (inner, values) => new FrameStackObservation(inner, (int)values[0]!)),
        new(
            nameof(TimeLimit),
            "cuts episodes after a number of steps",
            [Needed<int>("max_episode_steps")],
            (inner, values) => new TimeLimit(inner, AtLeastOne(nameof(TimeLimit), "max_episode_steps", (int)values[0]!))),
    ];

    // What they make of an environment, every environment of ours is already.
    private static readonly Dictionary<string, string> OfTheBridge = new(StringComparer.Ordinal)
    {
        ["DiscretizeAction"] = "actions are discrete here already",
        ["FlattenObservation"] = "observations are flat float32 here already",
    };

    /// <summary>The wrapper of a call.</summary>
    /// <exception cref="EnvironmentException">No wrapper has the name; the message names the nearest one and lists all.</exception>
    internal static WrapperRegistration Get(WrapperCall call)
    {
        if (OfTheBridge.TryGetValue(call.Name, out string? reason))
        {
            throw new EnvironmentException($"wrapper {call.Name} is for Gymnasium's environments (environment.type = gymnasium): {reason}; take it out of environment.wrappers");
        }

        string[] known = [.. All.Select(registration => registration.Name)];
        return All.FirstOrDefault(registration => registration.Name == call.Name) ?? throw new EnvironmentException(
            $"unknown wrapper '{call.Name}' in environment.wrappers: did you mean '{NearestName.Of(call.Name, known)}'? Known are {string.Join(", ", known)}");
    }

    private static EnvironmentParameter Needed<T>(string name) => new(name, typeof(T), IsOptional: false, Default: null);

    private static int AtLeastOne(string wrapper, string argument, int value)
    {
        WrapperChecks.RequireAtLeast(wrapper, argument, value, 1);
        return value;
    }
}
