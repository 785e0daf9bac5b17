namespace DqnAkka.Environments;

/// <summary>A built-in environment and what is known of it.</summary>
public sealed record EnvironmentRegistration
{
    private EnvironmentRegistration(Func<object?[], int, IEnvironment> create, Func<object?[], int, int, IVectorEnvironment> createVector)
    {
        Create = create;
        CreateVector = createVector;
    }

    /// <summary>The id, where another library has the environment the same as there.</summary>
    public required string Id { get; init; }

    /// <summary>What there is to learn, in one line.</summary>
    public required string Description { get; init; }

    /// <summary>Space of the observations.</summary>
    public required Space ObservationSpace { get; init; }

    /// <summary>Space of the actions.</summary>
    public required Space ActionSpace { get; init; }

    /// <summary>Steps after which an episode is truncated; 0 for no limit.</summary>
    public required int MaxEpisodeSteps { get; init; }

    /// <summary>Mean return over 100 episodes from which the task counts as solved; null where nobody has set one.</summary>
    public required double? RewardThreshold { get; init; }

    /// <summary>The arguments.</summary>
    public required IReadOnlyList<EnvironmentArgument> Arguments { get; init; }

    /// <summary>Makes a policy written by hand that plays it, under any of its arguments; null where there is none.</summary>
    public Func<IScriptedPolicy>? ScriptedPolicy { get; init; }

    /// <summary>Makes one copy, from the values of <see cref="Arguments"/> in their order, and the time limit in steps (0 for none).</summary>
    internal Func<object?[], int, IEnvironment> Create { get; }

    /// <summary>Makes a vector, from the values of <see cref="Arguments"/> in their order, the number of copies, and the time limit in steps (0 for none).</summary>
    internal Func<object?[], int, int, IVectorEnvironment> CreateVector { get; }

    /// <summary>Registers an environment by its rules. Its spaces are those under the default arguments.</summary>
    internal static EnvironmentRegistration Of<TDynamics, TState>(
        string id,
        string description,
        int maxEpisodeSteps,
        double? rewardThreshold,
        IReadOnlyList<EnvironmentArgument> arguments,
        Func<object?[], TDynamics> dynamics)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        TDynamics usual = dynamics([.. arguments.Select(argument => argument.Default)]);
        return new EnvironmentRegistration(
            (values, limit) => TimeLimit.Around(new DynamicsEnvironment<TDynamics, TState>(dynamics(values)), limit),
            (values, count, limit) => new DynamicsVectorEnvironment<TDynamics, TState>(dynamics(values), count, limit))
        {
            Id = id,
            Description = description,
            ObservationSpace = usual.ObservationSpace,
            ActionSpace = new DiscreteSpace(usual.ActionCount),
            MaxEpisodeSteps = maxEpisodeSteps,
            RewardThreshold = rewardThreshold,
            Arguments = arguments,
        };
    }

    /// <summary>Registers an environment made of another one and wrappers, with the other one's arguments. A time limit counts the other one's steps.</summary>
    internal static EnvironmentRegistration Wrapped(
        string id, string description, int maxEpisodeSteps, double? rewardThreshold, EnvironmentRegistration inner, IReadOnlyList<string> wrappers)
    {
        WrapperChain chain = new(wrappers);
        IEnvironment usual = chain.Wrap(inner.Create([.. inner.Arguments.Select(argument => argument.Default)], 0));
        return new EnvironmentRegistration(
            (values, limit) => chain.Wrap(inner.Create(values, limit)),
            (values, count, limit) => new SyncVectorEnvironment(id, () => chain.Wrap(inner.Create(values, limit)), count))
        {
            Id = id,
            Description = description,
            ObservationSpace = usual.ObservationSpace,
            ActionSpace = usual.ActionSpace,
            MaxEpisodeSteps = maxEpisodeSteps,
            RewardThreshold = rewardThreshold,
            Arguments = inner.Arguments,
        };
    }
}
