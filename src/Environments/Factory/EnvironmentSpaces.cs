namespace DqnAkka.Environments;

/// <summary>What DQN on vectors asks of an environment's spaces.</summary>
internal static class EnvironmentSpaces
{
    /// <summary>Reads both spaces of an environment that may be anybody's.</summary>
    /// <exception cref="EnvironmentException">A space is null, or reading it throws.</exception>
    public static (Space Observation, Space Action) Read(string name, IEnvironment environment) => (
        Read(name, nameof(IEnvironment.ObservationSpace), () => environment.ObservationSpace),
        Read(name, nameof(IEnvironment.ActionSpace), () => environment.ActionSpace));

    /// <summary>Form of the observations and number of actions, where they are what DQN needs.</summary>
    /// <exception cref="EnvironmentException">The actions are not discrete, or the observations not vectors.</exception>
    public static (ObservationFormat Observation, int ActionCount) RequireVectorObservationsAndDiscreteActions(
        string name, Space observationSpace, Space actionSpace)
    {
        if (actionSpace is not DiscreteSpace actions)
        {
            throw new EnvironmentException(
                $"DQN needs discrete actions: {name}'s action space is {actionSpace}; choose an environment with a Discrete action space");
        }

        if (actions.Count < 1)
        {
            throw new EnvironmentException($"DQN needs at least one action: {name}'s action space is {actionSpace}");
        }

        if (observationSpace is not BoxSpace observations)
        {
            throw new EnvironmentException(
                $"DQN on vectors needs Box observations: {name}'s observation space is {observationSpace}; encode it as a vector, for example one-hot");
        }

        return (observations.Format, actions.Count);
    }

    private static Space Read(string name, string property, Func<Space?> read)
    {
        Space? space;
        try
        {
            space = read();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new EnvironmentException($"environment {name} failed in {property}: {OneLine.Of(exception)}", exception);
        }

        return space ?? throw new EnvironmentException($"environment {name} has no {property}: it is null; return a BoxSpace or a DiscreteSpace");
    }
}
