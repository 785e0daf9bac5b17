namespace DqnAkka.Environments;

/// <summary>The wrappers that <c>environment.wrappers</c> can name.</summary>
public static class WrapperRegistry
{
    /// <summary>Every wrapper, in alphabetical order.</summary>
    public static IReadOnlyList<WrapperRegistration> All { get; } =
    [
        new(
            nameof(AddRenderObservation),
            "the rendered frame in place of the observation, uint8 in planes of red, green and blue, drawn at the given size (none: the environment's own)",
            [Optional<int?>("width", null), Optional<int?>("height", null)],
            (inner, values) => new AddRenderObservation(inner, (int?)values[0], (int?)values[1])),
        new(
            nameof(ClipReward),
            "rewards between two bounds, of which one can be left out",
            [Optional<double?>("min_reward", null), Optional<double?>("max_reward", null)],
            (inner, values) => new ClipReward(inner, (double?)values[0], (double?)values[1])),
        new(
            nameof(FrameSkip),
            "each action repeated, the rewards summed, the last frame seen",
            [Optional("skip", 4)],
            (inner, values) => new FrameSkip(inner, (int)values[0]!)),
        new(
            FrameStack.Name,
            "the last observations in one, the oldest first; a reset fills the stack with the first",
            [Needed<int>("stack_size")],
            (inner, values) => new FrameStackObservation(inner, (int)values[0]!)),
        new(
            nameof(GrayscaleObservation),
            "images of one plane: 0.299 red + 0.587 green + 0.114 blue",
            [],
            (inner, _) => new GrayscaleObservation(inner)),
        new(
            nameof(MaskObservation),
            "only the components of a vector that are named, as in keep=[0, 2]",
            [Needed<int[]>("keep")],
            (inner, values) => new MaskObservation(inner, (int[])values[0]!)),
        new(
            nameof(MaxAndSkipObservation),
            "each action repeated, the rewards summed, the larger values of the last two frames seen",
            [Optional("skip", 4)],
            (inner, values) => new MaxAndSkipObservation(inner, (int)values[0]!)),
        new(
            nameof(ResizeObservation),
            "images shrunk by averaging areas",
            [Needed<int>("height"), Needed<int>("width")],
            (inner, values) => new ResizeObservation(inner, (int)values[0]!, (int)values[1]!)),
        new(
            nameof(StickyAction),
            "the action before in place of the chosen one, with some probability",
            [Needed<double>("repeat_action_probability")],
            (inner, values) => new StickyAction(inner, (double)values[0]!)),
        new(
            nameof(TimeLimit),
            "episodes cut after a number of steps, counted where it stands",
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

    private static EnvironmentParameter Optional<T>(string name, T value) => new(name, typeof(T), IsOptional: true, value);

    private static int AtLeastOne(string wrapper, string argument, int value)
    {
        WrapperChecks.RequireAtLeast(wrapper, argument, value, 1);
        return value;
    }
}
