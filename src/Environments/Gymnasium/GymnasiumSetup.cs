namespace DqnAkka.Environments;

/// <summary>A Gymnasium environment as a configuration describes it: what its process does, and what is left to do on this side.</summary>
internal sealed record GymnasiumSetup
{
    /// <summary>The value of <c>environment.type</c> that stands for this.</summary>
    public const string TypeName = "gymnasium";

    private const string AtariPrefix = "ALE/";

    // What Mnih et al. 2015 and everybody after them do to Atari games.
    private static readonly string[] AtariWrappers = ["AtariPreprocessing", "FireResetEnv", $"{FrameStack.Name}(stack_size=4)"];

    private GymnasiumSetup(EnvironmentSpecification specification, IReadOnlyList<WrapperCall> wrappers, int stackSize) =>
        (Specification, Wrappers, StackSize) = (specification, wrappers, stackSize);

    /// <summary>The configuration.</summary>
    public EnvironmentSpecification Specification { get; }

    /// <summary>What the user calls the environment.</summary>
    public string Name => Specification.DisplayName;

    /// <summary>The wrappers that the process applies, the innermost first.</summary>
    public IReadOnlyList<WrapperCall> Wrappers { get; }

    /// <summary>Frames that are stacked on this side, so that only the newest travels; 1 for none.</summary>
    public int StackSize { get; }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="EnvironmentException">There is no id, or the wrappers are not understood.</exception>
    public static GymnasiumSetup Read(EnvironmentSpecification specification)
    {
        if (specification.Id.Length == 0)
        {
            throw new EnvironmentException("environment.type is gymnasium but environment.id is empty: set dqn.environment.id to an id of Gymnasium's, for example CartPole-v1 or ALE/Breakout-v5");
        }

        bool isAtari = specification.Id.StartsWith(AtariPrefix, StringComparison.Ordinal);
        IReadOnlyList<string> texts = specification.Wrappers.Count == 0 && isAtari ? AtariWrappers : specification.Wrappers;
        WrapperCall[] calls = [.. texts.Select(WrapperCall.Parse)];
        int stack = Array.FindIndex(calls, call => call.Name == FrameStack.Name);
        if (stack < 0)
        {
            return new GymnasiumSetup(specification, calls, 1);
        }

        return stack == calls.Length - 1
            ? new GymnasiumSetup(specification, calls[..^1], (int)WrapperRegistry.Get(calls[stack]).Bind(calls[stack])[0]!)
            : throw new EnvironmentException($"environment.wrappers has {calls[stack + 1]} around {calls[stack]}: for an environment of Gymnasium's the frame stack must be the last one, since it is made on this side");
    }
}
