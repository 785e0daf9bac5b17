using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Whether deep Q-learning on vectors can use an environment.</summary>
internal static class SpaceCheck
{
    /// <summary>Checks both spaces.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="name">What the user calls it.</param>
    /// <returns>Components of an observation and number of actions.</returns>
    /// <exception cref="UserErrorException">A space is of the wrong kind.</exception>
    public static (int ObservationSize, int ActionCount) Require(IVectorEnvironment environment, string name)
    {
        if (environment.ActionSpace is not DiscreteSpace actions)
        {
            throw new UserErrorException(
                $"the actions of {name} are {environment.ActionSpace}, but DQN needs discrete actions: choose another environment, or make its actions discrete");
        }

        return environment.ObservationSpace is BoxSpace observations
            ? (observations.Size, actions.Count)
            : throw new UserErrorException(
                $"the observations of {name} are {environment.ObservationSpace}, but the Q-network needs vectors (Box): choose another environment, or encode them as vectors");
    }
}
