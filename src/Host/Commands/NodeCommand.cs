using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Runs one process of a cluster: checks everything that can be wrong, and hands over to the session.</summary>
internal sealed class NodeCommand(HostCollaborators collaborators, HostConsole console)
{
    /// <summary>Runs the node until the run ends, the user asks it to leave, or it must.</summary>
    /// <param name="request">What the command line says.</param>
    /// <param name="leave">Cancelled when the user asks the node to leave.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong; nothing was started.</exception>
    public async Task<int> RunAsync(NodeRequest request, CancellationToken leave)
    {
        IReadOnlyList<string> roles = RoleList.Parse(request.Roles);
        ResolvedConfiguration configuration = (request.Configuration with { Roles = roles }).Resolve();
        NodeOptions node = configuration.Node with { Roles = roles };
        RequireContact(node);
        Require(RemoteSafety.Problem(node.Remote));
        Require(configuration.Options.Run.Deterministic
            ? "dqn.run.deterministic = true is for train: the course of a cluster depends on its network; set it to false"
            : null);
        TrainingOptions options = configuration.Options;
        ModeChecks.RequireRoles(options.Learner.Mode, roles);
        (ObservationFormat observation, int actionCount) = collaborators.Environments.RequireSpaces(options.Environment);
        NetworkLayout layout = RunChecks.RequireLayout(observation, actionCount, options.Network);
        ModeChecks.RequireRanges(layout, options);
        RunChecks.RequireBackends(layout, options, roles);
        // A node that may have to learn must be able to before it is asked to.
        IReadOnlyList<string> device = ModeChecks.Computes(options.Learner.Mode, roles) ? RunChecks.RequireDevice(layout, options) : [];
        if (roles.Contains(ClusterRoles.Replay))
        {
            // A node holds as many shards as come to it, and one at least.
            options = ReplayMemory.Require(options, observation, shards: 1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        }

        if (PortCheck.Problem(node.Remote) is { } problem)
        {
            await console.Error.WriteLineAsync($"error: {problem}").ConfigureAwait(false);
            return ExitCode.Failed;
        }

        RunDirectory? directory = OpenDirectory(configuration.Options.Run.Directory, roles);
        IReadOnlyList<string> gaps = directory is null ? [] : RunFolderGaps.Find(directory.Path, roles, options.Replay.Durable);
        string? change = directory is not null && roles.Contains(ClusterRoles.Learner) ? directory.RequireSameRun(configuration, request.IsForced) : null;
        options = options with { Run = options.Run with { Directory = directory?.Path ?? "" } };
        options = DurableReplay.ForNode(options, roles, observation);
        return await RunAsync(configuration, options, node, directory, change, device, gaps, leave).ConfigureAwait(false);
    }

    private static void Require(string? problem)
    {
        if (problem is not null)
        {
            throw new UserErrorException(problem);
        }
    }

    private static void RequireContact(NodeOptions node)
    {
        if (node.Remote.SeedNodes.Count == 0 && !node.Roles.Contains(ClusterRoles.Seed))
        {
            throw new UserErrorException(
                $"a node with the roles {string.Join(",", node.Roles)} has nobody to join: name a seed with --seed-node host:port, dqn.remote.seed-nodes or DQN_SEED_NODES, or give it the role seed");
        }
    }

    /// <summary>A learner needs the run's folder; a seed remembers the cluster's members there where it has one.</summary>
    private static RunDirectory? OpenDirectory(string requested, IReadOnlyList<string> roles) =>
        requested.Length > 0 ? RunDirectory.Open(requested)
        : roles.Contains(ClusterRoles.Learner)
            ? throw new UserErrorException(
                "a node with the role learner needs the run's folder, which another learner can go on from: name it with --run-dir, dqn.run.directory or DQN_RUN_DIRECTORY")
            : null;

    private async Task<int> RunAsync(
        ResolvedConfiguration configuration,
        TrainingOptions options,
        NodeOptions node,
        RunDirectory? directory,
        string? change,
        IReadOnlyList<string> device,
        IReadOnlyList<string> gaps,
        CancellationToken leave)
    {
        NodeReadiness readiness = new();
        NodeLog log = new(node, readiness, configuration.AkkaSettings, console.Error);
        if (RemoteSafety.Warning(node.Remote) is { } warning)
        {
            log.Warn(warning);
        }

        if (change is not null)
        {
            log.Warn(change);
        }

        foreach (string line in device)
        {
            log.Say(line);
        }

        foreach (string gap in gaps)
        {
            log.Warn(gap);
        }

        if (node.Roles.Contains(ClusterRoles.Replay) && configuration.Options.Replay.Durable == ReplayDurability.Auto && directory is null)
        {
            log.Say("what this node's replay shards hold is lost if the process is killed: a folder (--run-dir) keeps it");
        }

        bool isAlive = true;
        await using HealthServer? health = node.HealthPort == 0
            ? null
            : HealthServer.Start(node.Remote.Hostname, node.HealthPort, () => readiness.Current, () => Volatile.Read(ref isAlive));
        NodeStart start = new(
            options,
            node,
            configuration.AkkaSettings,
            OpenSinks,
            log.Configure,
            log.Say,
            readiness);
        NodeEnd end = await collaborators.Nodes.RunAsync(start, leave).ConfigureAwait(false);
        Volatile.Write(ref isAlive, false);
        return Tell(end, log);

        IReadOnlyList<IProgressSink> OpenSinks()
        {
            if (directory is null)
            {
                return [];
            }

            if (change is not null)
            {
                // Not before the training is here: a node that the cluster refuses must not leave its settings in the folder.
                directory.ReplaceConfiguration(configuration.Text);
            }

            return RunSinks.Open(directory, configuration.Name, options.Stop.Score, console);
        }
    }

    private int Tell(NodeEnd end, NodeLog log)
    {
        switch (end.Kind)
        {
            case NodeEndKind.RunEnded when end.Reason == StopReason.Failed:
            case NodeEndKind.Failed:
                console.Error.WriteLine($"error: {end.Message}");
                return ExitCode.Failed;
            case NodeEndKind.Refused:
                console.Error.WriteLine($"error: {end.Message}");
                return ExitCode.BadInput;
            case NodeEndKind.Removed:
                console.Error.WriteLine($"error: {end.Message}");
                return ExitCode.Removed;
            case NodeEndKind.RunEnded:
                log.Say("the run has ended, this node has left");
                return ExitCode.Done;
            default:
                log.Say("this node has left the cluster");
                return ExitCode.Done;
        }
    }
}
