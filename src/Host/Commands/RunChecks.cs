using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What must hold before anything of a run starts.</summary>
internal static class RunChecks
{
    private const int MaxParameters = int.MaxValue / 16;

    /// <summary>Refuses a network that is too large, or does not suit the observations.</summary>
    /// <returns>The network.</returns>
    /// <exception cref="UserErrorException">It is.</exception>
    public static NetworkLayout RequireLayout(ObservationFormat observation, int actionCount, NetworkOptions network)
    {
        try
        {
            NetworkLayout layout = new(observation, actionCount, network);
            int parameters = layout.ParameterCount;
            if (parameters > MaxParameters)
            {
                throw new ArgumentException($"the network has {parameters} parameters, at most {MaxParameters} can be trained: give fewer or smaller hidden layers");
            }

            return layout;
        }
        catch (ArgumentException exception)
        {
            throw new UserErrorException(network.Kind is NetworkKind.Auto or NetworkKind.Mlp
                ? $"dqn.network.hidden = [{string.Join(", ", network.Hidden)}] is too large: {exception.Message}"
                : $"dqn.network.kind = {network.Kind.ToString().ToLowerInvariant()} does not suit the environment: {exception.Message}");
        }
    }
}
