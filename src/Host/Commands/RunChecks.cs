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
    /// <exception cref="LearnerException">It is not there, or not for the backend or the network.</exception>
    public static IReadOnlyList<string> RequireDevice(NetworkLayout layout, TrainingOptions options)
    {
        DeviceChoice device = DeviceChoice.Choose(layout, options.Learner);
        string? warning = LibTorchThreads.Warning("dqn.learner.torch-threads", options.Learner.TorchThreads);
        return warning is null ? [device.ToString()] : [device.ToString(), warning];
    }

    /// <summary>Refuses a network that is too large, or does not suit the observations.</summary>
    /// <returns>The network.</returns>
    /// <exception cref="UserErrorException">It is.</exception>
    /// <exception cref="LearnerException">It is a user's own, and none for these observations and actions.</exception>
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
            throw new UserErrorException(network.Kind == NetworkKind.Mlp || (network.Kind == NetworkKind.Auto && !observation.Shape.IsImage)
                ? $"dqn.network.hidden = [{string.Join(", ", network.Hidden)}] is too large: {exception.Message}"
                : $"dqn.network.kind = {network.Kind.ToString().ToLowerInvariant()} does not suit the environment: {exception.Message}");
        }
    }

    /// <summary>Refuses backends that cannot compute the network in this process.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="options">The backends of learner and runners.</param>
    /// <param name="roles">What the process does; a learner evaluates too, a gradient worker does not.</param>
    /// <exception cref="LearnerException">They cannot.</exception>
    public static void RequireBackends(NetworkLayout layout, TrainingOptions options, IReadOnlyList<string> roles)
    {
        bool isLearner = roles.Contains(ClusterRoles.Learner);
        if (isLearner || roles.Contains(ClusterRoles.Gradient))
        {
            BackendRequirement.Require(layout, options.Learner.Backend, "dqn.learner.backend");
        }

        if (isLearner || roles.Contains(ClusterRoles.Runner))
        {
            BackendRequirement.Require(layout, options.Runner.Backend, "dqn.runner.backend");
        }
    }
}
