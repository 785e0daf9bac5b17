using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>The commands and their options, bound to what they do.</summary>
internal static class CommandTree
{
    private const string NewRun = "The run's folder, new or empty.";

    /// <summary>Builds the tree.</summary>
    public static RootCommand Build(HostCollaborators collaborators, HostConsole console)
    {
        EnvironmentCommands environments = new(collaborators, console, ConfigOption, SetOption);
        RootCommand root = new("Distributed deep Q-learning on Akka.NET.")
        {
            Train(collaborators, console),
            Node(collaborators, console),
            Status(console),
            Leave(console),
            Evaluate(collaborators, console),
            Export(collaborators, console),
            ReplayCommands.Build(collaborators, console, new TrainingCommandOptions(ConfigOption(), SetOption(), NewRun)),
            environments.BuildPlay(),
            environments.Build(),
            Documentation(collaborators, console),
        };
        foreach (Option option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption => new HelpWithExamples(),
                VersionOption => new VersionAction(console),
                _ => option.Action,
            };
        }

        return root;
    }

    private static Option<string[]> ConfigOption() => new("--config")
    {
        Description = $"A HOCON file, a ready-made experiment ({string.Join(", ", EmbeddedHocon.Experiments)}) or tls; repeat it, a later one wins.",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    private static Option<string[]> SetOption() => new("--set")
    {
        Description = "One key, over the file; repeat it for more (docs/configuration.md lists the keys).",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    private static Command Train(HostCollaborators collaborators, HostConsole console)
    {
        TrainingCommandOptions options = new(ConfigOption(), SetOption(), NewRun);
        Option<string?> resume = new("--resume") { Description = "A run's folder: go on from its newest checkpoint, under the settings that it had.", HelpName = "RUN" };
        Option<bool> force = new("--force") { Description = "With --resume: go on although settings differ; environment, network, optimizer and replay.shards must be the same." };
        Command command = new("train", "Train an agent; without --config, on CartPole-v1 or the environment that --set names.");
        options.AddTo(command);
        command.Add(resume);
        command.Add(force);
        command.SetAction((result, stop) => new TrainCommand(collaborators, console).RunAsync(
            new TrainRequest(options.Read(result), result.GetValue(resume), result.GetValue(force)), stop));
        return command;
    }

    private static Command Node(HostCollaborators collaborators, HostConsole console)
    {
        Option<string> roles = new("--roles") { Description = $"What the process does: some of {string.Join(", ", ClusterRoles.All)}.", HelpName = "ROLE,...", Required = true };
        Option<int?> port = new("--port") { Description = "Port to listen on; without it dqn.remote.port (4053 for a seed, else a free one).", HelpName = "N" };
        Option<string?> hostname = new("--hostname") { Description = "Address to listen on.", HelpName = "HOST" };
        Option<string[]> seeds = new("--seed-node") { Description = "A node to join through; repeat it for more.", HelpName = "HOST:PORT", DefaultValueFactory = _ => [] };
        Option<int?> healthPort = new("--health-port") { Description = "Port of /healthz and /readyz.", HelpName = "N" };
        TrainingCommandOptions options = new(ConfigOption(), SetOption(), "The run's folder, new or that of a run to go on with; needed with the role learner.");
        Option<bool> force = new("--force") { Description = "Go on with the run in that folder although settings differ; environment, network, optimizer and replay.shards must be the same." };
        Command command = new("node", "Run one process of a training cluster.") { roles, port, hostname, seeds, healthPort };
        options.AddTo(command);
        command.Add(force);
        command.SetAction((result, leave) => new NodeCommand(collaborators, console).RunAsync(
            new NodeRequest(
                result.GetValue(roles)!,
                options.Read(result) with
                {
                    Options =
                    [
                        .. Given("dqn.remote.port", result.GetValue(port)?.ToString(CultureInfo.InvariantCulture), "--port"),
                        .. Given("dqn.remote.hostname", result.GetValue(hostname), "--hostname"),
                        .. Given("dqn.remote.seed-nodes", result.GetValue(seeds) is { Length: > 0 } nodes ? string.Join(',', nodes) : null, "--seed-node"),
                        .. Given("dqn.health.port", result.GetValue(healthPort)?.ToString(CultureInfo.InvariantCulture), "--health-port"),
                    ],
                },
                result.GetValue(force)),
            leave));
        return command;
    }

    private static IEnumerable<(string Key, string Value, string Option)> Given(string key, string? value, string option) =>
        value is null ? [] : [(key, value, option)];

    private static Option<string> NodeAddressOption() => new("--node") { Description = "Any node of the cluster.", HelpName = "HOST:PORT", Required = true };

    private static Command Status(HostConsole console)
    {
        Option<string> node = NodeAddressOption();
        Option<bool> json = new("--json") { Description = "One JSON object, for scripts." };
        Option<string[]> config = ConfigOption();
        Option<string[]> set = SetOption();
        Command command = new("status", "Show the members of a cluster and what they do.") { node, json, config, set };
        command.SetAction((result, stop) =>
        {
            ClientSettings settings = ClientSettings.Read(result.GetValue(config) ?? [], result.GetValue(set) ?? []);
            return new StatusCommand(StatusClient.AskAsync, console)
                .RunAsync(result.GetValue(node)!, result.GetValue(json), settings.Akka, settings.Setup, stop);
        });
        return command;
    }

    private static Command Leave(HostConsole console)
    {
        Option<string> node = NodeAddressOption();
        Option<string[]> config = ConfigOption();
        Option<string[]> set = SetOption();
        Command command = new("leave", "Let a node leave its cluster in good order.") { node, config, set };
        command.SetAction((result, stop) =>
        {
            ClientSettings settings = ClientSettings.Read(result.GetValue(config) ?? [], result.GetValue(set) ?? []);
            return new LeaveCommand(LeaveClient.AskAsync, console).RunAsync(result.GetValue(node)!, settings.Akka, settings.Setup, stop);
        });
        return command;
    }

    private static Command Evaluate(HostCollaborators collaborators, HostConsole console)
    {
        Argument<string> path = new("path") { Description = "A run's folder, its checkpoints', or one checkpoint's manifest-N.json.", HelpName = "CHECKPOINT" };
        Option<bool> best = new("--best") { Description = "The best checkpoint by evaluation, not the newest." };
        Option<int?> episodes = new("--episodes") { Description = "Number of episodes.", HelpName = "N" };
        Option<ulong?> seed = new("--seed") { Description = "Seed of the episodes.", HelpName = "N" };
        Option<string[]> config = ConfigOption();
        Option<string[]> set = SetOption();
        Command command = new("eval", "Play greedy episodes with a trained agent.") { path, best, episodes, seed, config, set };
        command.SetAction((result, stop) => Task.FromResult(new EvaluateCommand(collaborators, console).Run(
            new EvaluateRequest(
                result.GetValue(path)!,
                result.GetValue(episodes),
                new ConfigurationSource
                {
                    Files = result.GetValue(config) ?? [],
                    Assignments = result.GetValue(set) ?? [],
                    Seed = result.GetValue(seed),
                },
                result.GetValue(best)),
            stop)));
        return command;
    }

    private static Command Export(HostCollaborators collaborators, HostConsole console)
    {
        Argument<string> run = new("run") { Description = "A run's folder, the folder of its checkpoints, or one's manifest.", HelpName = "RUN" };
        Option<string> format = new("--format") { Description = "onnx or safetensors.", HelpName = "FORMAT", Required = true };
        Option<string> output = new("--output") { Description = "The file to write.", HelpName = "FILE", Required = true };
        Option<bool> best = new("--best") { Description = "Take the checkpoint of the best evaluation, not the newest." };
        Option<bool> force = new("--force") { Description = "Replace a file that is there." };
        Command command = new("export", "Write a trained policy to a file that other programs read.") { run, format, output, best, force };
        command.SetAction(result => new ExportCommand(collaborators.Checkpoints, console).RunAsync(
            new ExportRequest(
                result.GetValue(run)!,
                result.GetValue(format)!,
                result.GetValue(output)!,
                result.GetValue(best) ? CheckpointChoice.Best : CheckpointChoice.Newest,
                result.GetValue(force))));
        return command;
    }

    private static Command Documentation(HostCollaborators collaborators, HostConsole console)
    {
        Command configuration = new("configuration", "Print docs/configuration.md.");
        configuration.SetAction(_ => console.Output.Write(ConfigurationDocument.Render(EmbeddedHocon.Read("reference.conf"), EmbeddedHocon.Read("environment.conf"))));
        Argument<string> page = new("page") { Description = "The page as it is.", HelpName = "FILE" };
        Command environments = new("environments", "Print docs/environments.md with the present list of environments.") { page };
        environments.SetAction(result =>
            console.Output.Write(EnvironmentsDocument.Update(File.ReadAllText(result.GetValue(page)!), collaborators.Environments.List())));
        return new Command("docs", "Print generated documentation.") { Hidden = true, Subcommands = { configuration, environments } };
    }
}
