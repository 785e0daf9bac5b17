namespace DqnAkka.Environments;

/// <summary>A built-in environment and what is known of it.</summary>
public sealed record EnvironmentRegistration
{
    private EnvironmentRegistration(Func<object?[], IEnvironment> create, Func<object?[], int, int, IVectorEnvironment> createVector)
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

    /// <summary>Makes one copy without a time limit, from the values of <see cref="Arguments"/> in their order.</summary>
    internal Func<object?[], IEnvironment> Create { get; }

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
            values => new DynamicsEnvironment<TDynamics, TState>(dynamics(values)),
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
}
