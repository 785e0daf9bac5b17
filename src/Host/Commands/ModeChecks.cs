using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Whether what a process is started as suits the way in which the run learns.</summary>
internal static class ModeChecks
{
    /// <summary>Refuses what one process cannot do.</summary>
    /// <exception cref="UserErrorException">The run learns on several nodes, or waits for more workers than the process has.</exception>
    public static void RequireOneProcess(TrainingOptions options)
    {
        LearnerOptions learner = options.Learner;
        if (learner.Replicas > 1)
        {
            throw new UserErrorException(
                $"dqn.learner.replicas = {learner.Replicas} is for node: train is one process; give dqn.learner.devices = [cpu, cpu] for replicas within it, or dqn.learner.replicas = 1");
        }

        int needed = options.ParameterServer.GradientsPerUpdate;
        if (learner.Mode == LearnerMode.ParameterServer && needed > options.Gradient.Workers)
        {
            throw new UserErrorException(
                $"dqn.parameter-server.gradients-per-update = {needed} are more than dqn.gradient.workers = {options.Gradient.Workers} will ever give, and train is one process: give more workers, or fewer gradients");
        }
    }

    /// <summary>Refuses roles that have no part in the mode.</summary>
    /// <exception cref="UserErrorException">There is such a role.</exception>
    public static void RequireRoles(LearnerMode mode, IReadOnlyList<string> roles)
    {
        if (mode == LearnerMode.ParameterServer)
        {
            return;
        }

        string? task = roles.Contains(ClusterRoles.ParameterServer) ? $"{ClusterRoles.ParameterServer} holds ranges of the parameters"
            : roles.Contains(ClusterRoles.Gradient) ? $"{ClusterRoles.Gradient} computes gradients for a parameter server"
            : null;
        if (task is not null)
        {
            throw new UserErrorException(
                $"the role {task}, which dqn.learner.mode = {Name(mode)} has none of: give every node dqn.learner.mode = parameter-server, or leave the role out");
        }
    }

    /// <summary>Refuses more ranges than the network can be cut into.</summary>
    /// <exception cref="UserErrorException">There are more.</exception>
    public static void RequireRanges(NetworkLayout layout, TrainingOptions options)
    {
        int most = ParameterRange.Most(layout.Length);
        if (options.Learner.Mode == LearnerMode.ParameterServer && options.ParameterServer.Shards > most)
        {
            throw new UserErrorException(
                $"dqn.parameter-server.shards = {options.ParameterServer.Shards} are more ranges than {layout.Description} can be cut into ({layout.ParameterCount} parameters, {ParameterRange.Alignment} and more in each): give at most {most}");
        }
    }

    /// <summary>Whether a process with these roles computes learning steps.</summary>
    public static bool Computes(LearnerMode mode, IReadOnlyList<string> roles) =>
        roles.Contains(mode == LearnerMode.ParameterServer ? ClusterRoles.Gradient : ClusterRoles.Learner);

    /// <summary>The mode as users write it.</summary>
    public static string Name(LearnerMode mode) => mode switch
    {
        LearnerMode.DataParallel => "data-parallel",
        LearnerMode.ParameterServer => "parameter-server",
        _ => "single",
    };
}
