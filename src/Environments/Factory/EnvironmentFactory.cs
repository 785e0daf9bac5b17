namespace DqnAkka.Environments;

/// <summary>
/// Makes environments as a configuration names them. Every failure is an <see cref="EnvironmentException"/> of one line.
/// </summary>
public static class EnvironmentFactory
{
    /// <summary>Makes one copy, its time limit and its wrappers included; the limit is within the wrappers and counts the environment's own steps.</summary>
    /// <param name="specification">Which environment; its type wins over its id.</param>
    /// <param name="log">Receives the lines that a process of the environment's own writes, on a thread of its own; null where nobody listens.</param>
    /// <exception cref="EnvironmentException">The environment is not known, or cannot be made as asked.</exception>
    public static IEnvironment Create(EnvironmentSpecification specification, Action<string>? log = null)
    {
        RequireLimit(specification);
        if (specification.IsGymnasium)
        {
            return GymnasiumEnvironments.Create(specification, log);
        }

        return Prepare(specification, new WrapperChain(specification.Wrappers))();
    }

    /// <summary>Makes copies that step together, time limits and auto-reset included.</summary>
    /// <param name="specification">Which environment; its type wins over its id.</param>
    /// <param name="count">Number of copies, at least 1.</param>
    /// <param name="log">Receives the lines that a process of the environments' own writes, on a thread of its own; null where nobody listens.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    /// <exception cref="EnvironmentException">The environment is not known, cannot be made as asked, or is not one that DQN can learn.</exception>
    public static IVectorEnvironment CreateVector(EnvironmentSpecification specification, int count, Action<string>? log = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        RequireLimit(specification);
        if (specification.IsGymnasium)
        {
            return GymnasiumEnvironments.CreateVector(specification, count, log);
        }

        WrapperChain wrappers = new(specification.Wrappers);
        if (specification.Type.Length > 0 || !wrappers.IsEmpty)
        {
            return new SyncVectorEnvironment(specification.DisplayName, Prepare(specification, wrappers), count);
        }

        EnvironmentRegistration registration = EnvironmentRegistry.Get(specification.Id);
        return registration.CreateVector(Bind(registration, specification), count, Limit(registration, specification));
    }

    /// <summary>Makes one copy to see whether DQN on vectors can learn the environment, and what its network's ends are.</summary>
    /// <param name="specification">Which environment; its type wins over its id.</param>
    /// <returns>Form of one observation, and number of actions.</returns>
    /// <exception cref="EnvironmentException">The environment cannot be made as asked, its actions are not discrete, or its observations not vectors.</exception>
    public static (ObservationFormat Observation, int ActionCount) RequireVectorObservationsAndDiscreteActions(EnvironmentSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        if (specification.IsGymnasium)
        {
            RequireLimit(specification);
            return GymnasiumEnvironments.ReadSpaces(specification);
        }

        IEnvironment environment = Create(specification);
        using IDisposable? owned = environment as IDisposable;
        (Space observationSpace, Space actionSpace) = EnvironmentSpaces.Read(specification.DisplayName, environment);
        return EnvironmentSpaces.RequireVectorObservationsAndDiscreteActions(specification.DisplayName, observationSpace, actionSpace);
    }

    private static Func<IEnvironment> Prepare(EnvironmentSpecification specification, WrapperChain wrappers)
    {
        Func<IEnvironment> create = specification.Type.Length > 0 ? PrepareUserEnvironment(specification) : PrepareRegistered(specification);
        return () => wrappers.Wrap(create());
    }

    private static Func<IEnvironment> PrepareRegistered(EnvironmentSpecification specification)
    {
        EnvironmentRegistration registration = EnvironmentRegistry.Get(specification.Id);
        object?[] values = Bind(registration, specification);
        int limit = Limit(registration, specification);
        return () => registration.Create(values, limit);
    }

    private static Func<IEnvironment> PrepareUserEnvironment(EnvironmentSpecification specification)
    {
        Type type = EnvironmentTypes.Resolve(specification.Type, specification.SearchPaths);
        EnvironmentConstructor constructor = new(specification.DisplayName, type, specification.Arguments);
        return () => TimeLimit.Around(constructor.Create(), specification.MaxEpisodeSteps);
    }

    private static object?[] Bind(EnvironmentRegistration registration, EnvironmentSpecification specification) => ArgumentBinder.Bind(
        ArgumentOwner.Environment(registration.Id),
        [.. registration.Arguments.Select(argument => new EnvironmentParameter(argument.Name, argument.Default.GetType(), IsOptional: true, argument.Default))],
        specification.Arguments);

    private static int Limit(EnvironmentRegistration registration, EnvironmentSpecification specification) =>
        specification.MaxEpisodeSteps > 0 ? specification.MaxEpisodeSteps : registration.MaxEpisodeSteps;

    private static void RequireLimit(EnvironmentSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        if (specification.MaxEpisodeSteps < 0)
        {
            throw new EnvironmentException(
                $"environment.max-episode-steps is {specification.MaxEpisodeSteps}: give a positive number of steps, or 0 for the environment's own limit");
        }
    }
}
