using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What must hold before anything of a run starts.</summary>
internal static class RunChecks
{
    private const int MaxParameters = int.MaxValue / 16;

    /// <summary>Refuses a network that is too large.</summary>
    /// <exception cref="UserErrorException">It is.</exception>
    public static void RequireLayout(int observationSize, int actionCount, NetworkOptions network)
    {
        try
        {
            int parameters = new NetworkLayout(observationSize, actionCount, network).ParameterCount;
            if (parameters > MaxParameters)
            {
                throw new ArgumentException($"the network has {parameters} parameters, at most {MaxParameters} can be trained: give fewer or smaller hidden layers");
            }
        }
        catch (ArgumentException exception)
        {
            throw new UserErrorException($"dqn.network.hidden = [{string.Join(", ", network.Hidden)}] is too large: {exception.Message}");
        }
    }
}
