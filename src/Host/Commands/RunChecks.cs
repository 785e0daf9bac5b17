using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What must hold before anything of a run starts.</summary>
internal static class RunChecks
{
    private const int MaxParameters = int.MaxValue / 16;

    /// <summary>Chooses the learner's device, and refuses one that is not there.</summary>
    /// <returns>What is worth a line: the device and why, and what to know of the threads asked for.</returns>
    /// <exception cref="UserErrorException">It is not there, or not for the backend or the network.</exception>
    public static IReadOnlyList<string> RequireDevice(ObservationFormat observation, int actionCount, TrainingOptions options)
    {
        try
        {
            DeviceChoice device = DeviceChoice.Choose(new NetworkLayout(observation, actionCount, options.Network), options.Learner);
            string? warning = LibTorchThreads.Warning("dqn.learner.torch-threads", options.Learner.TorchThreads);
            return warning is null ? [device.ToString()] : [device.ToString(), warning];
        }
        catch (LearnerException exception)
        {
            throw new UserErrorException(exception.Message);
        }
    }

    /// <summary>Refuses a network that is too large, or does not suit the observations.</summary>
    /// <exception cref="UserErrorException">It is.</exception>
    public static void RequireLayout(ObservationFormat observation, int actionCount, NetworkOptions network)
    {
        try
        {
            int parameters = new NetworkLayout(observation, actionCount, network).ParameterCount;
            if (parameters > MaxParameters)
            {
                throw new ArgumentException($"the network has {parameters} parameters, at most {MaxParameters} can be trained: give fewer or smaller hidden layers");
            }
        }
        catch (LearnerException exception)
        {
            throw new UserErrorException(exception.Message);
        }
        catch (ArgumentException exception)
        {
            throw new UserErrorException(network.Kind == NetworkKind.Mlp || (network.Kind == NetworkKind.Auto && !observation.Shape.IsImage)
                ? $"dqn.network.hidden = [{string.Join(", ", network.Hidden)}] is too large: {exception.Message}"
                : $"dqn.network.kind = {network.Kind.ToString().ToLowerInvariant()} does not suit the environment: {exception.Message}");
        }
    }
}
