using System.CommandLine;
using System.CommandLine.Help;

namespace DqnAkka.Host;

/// <summary>The commands and their options, bound to what they do.</summary>
internal static class CommandTree
{
    /// <summary>Builds the tree.</summary>
    public static RootCommand Build(HostCollaborators collaborators, HostConsole console)
    {
        RootCommand root = new("Distributed deep Q-learning on Akka.NET.")
        {
            Train(collaborators, console),
            Evaluate(collaborators, console),
            Environments(collaborators, console),
            Documentation(console),
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

    private static Option<string?> ConfigOption() => new("--config")
    {
        Description = "A HOCON file, or a ready-made experiment: acrobot, cartpole, mountaincar.",
        HelpName = "FILE",
    };

    private static Option<string[]> SetOption() => new("--set")
    {
        Description = "One key, over the file; repeat it for more (docs/configuration.md lists the keys).",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    private static Command Train(HostCollaborators collaborators, HostConsole console)
    {
        Option<string?> config = ConfigOption();
        Option<string[]> set = SetOption();
        Option<ulong?> seed = new("--seed") { Description = "The run's seed.", HelpName = "N" };
        Option<string?> directory = new("--run-dir") { Description = "The run's folder, new or empty.", HelpName = "DIR" };
        Command command = new("train", "Train an agent; without --config, on CartPole-v1 or the environment that --set names.") { config, set, seed, directory };
        command.SetAction((result, stop) => new TrainCommand(collaborators, console).RunAsync(
            new ConfigurationSource
            {
                File = result.GetValue(config),
                Assignments = result.GetValue(set) ?? [],
                Seed = result.GetValue(seed),
                RunDirectory = result.GetValue(directory),
            },
            stop));
        return command;
    }

    private static Command Evaluate(HostCollaborators collaborators, HostConsole console)
    {
        Argument<string> path = new("path") { Description = "A run's folder or a checkpoint's.", HelpName = "CHECKPOINT" };
        Option<int?> episodes = new("--episodes") { Description = "Number of episodes.", HelpName = "N" };
        Option<ulong?> seed = new("--seed") { Description = "Seed of the episodes.", HelpName = "N" };
        Option<string?> config = ConfigOption();
        Option<string[]> set = SetOption();
        Command command = new("eval", "Play greedy episodes with a trained agent.") { path, episodes, seed, config, set };
        command.SetAction((result, stop) => Task.FromResult(new EvaluateCommand(collaborators, console).Run(
            new EvaluateRequest(
                result.GetValue(path)!,
                result.GetValue(episodes),
                new ConfigurationSource
                {
                    File = result.GetValue(config),
                    Assignments = result.GetValue(set) ?? [],
                    Seed = result.GetValue(seed),
                }),
            stop)));
        return command;
    }

    private static Command Environments(HostCollaborators collaborators, HostConsole console)
    {
        Command command = new("envs", "List the environments with their spaces.");
        command.SetAction(_ => EnvironmentsCommand.Run(collaborators.Environments, console.Output));
        return command;
    }

    private static Command Documentation(HostConsole console)
    {
        Command configuration = new("configuration", "Print docs/configuration.md.");
        configuration.SetAction(_ => console.Output.Write(ConfigurationDocument.Render(EmbeddedHocon.Read("reference.conf"))));
        return new Command("docs", "Print generated documentation.") { Hidden = true, Subcommands = { configuration } };
    }
}
