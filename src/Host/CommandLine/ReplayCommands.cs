using System.CommandLine;

namespace DqnAkka.Host;

/// <summary>The commands under <c>replay</c>.</summary>
internal static class ReplayCommands
{
    /// <summary>Builds them.</summary>
    /// <param name="collaborators">What they work with.</param>
    /// <param name="console">Where they write.</param>
    /// <param name="options">The options of the one that trains.</param>
    public static Command Build(HostCollaborators collaborators, HostConsole console, TrainingCommandOptions options) =>
        new("replay", "Export, import and inspect replay memory.")
        {
            Export(console),
            Import(collaborators, console, options),
            Inspect(console),
        };

    private static Command Export(HostConsole console)
    {
        Argument<string> run = new("run") { Description = "A run's folder, or a file of one of its shards.", HelpName = "RUN" };
        Option<string> output = new("--output") { Description = "The file to write.", HelpName = "FILE", Required = true };
        Option<bool> force = new("--force") { Description = "Replace a file that is there." };
        Command command = new("export", "Write the transitions of a run's durable shards to an Apache Parquet file (docs/replay-files.md).") { run, output, force };
        command.SetAction((result, stop) =>
            new ReplayExportCommand(console).RunAsync(result.GetValue(run)!, result.GetValue(output)!, result.GetValue(force), stop));
        return command;
    }

    private static Command Import(HostCollaborators collaborators, HostConsole console, TrainingCommandOptions options)
    {
        Argument<string> file = new("file") { Description = "An exported file, or another Parquet file with such columns.", HelpName = "FILE" };
        Option<int> epochs = new("--epochs") { Description = "How often the file is gone through.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Command command = new("import", "Train an agent from a file, without runners; the environment only evaluates.") { file, epochs };
        options.AddTo(command);
        command.SetAction((result, stop) => new ReplayImportCommand(collaborators, console).RunAsync(
            new ReplayImportRequest(result.GetValue(file)!, result.GetValue(epochs), options.Read(result)), stop));
        return command;
    }

    private static Command Inspect(HostConsole console)
    {
        Argument<string> path = new("path") { Description = "A run's folder, a file of one of its shards, or an exported file.", HelpName = "RUN|FILE" };
        Option<bool> json = new("--json") { Description = "One JSON object, for scripts." };
        Command command = new("inspect", "Show sizes, priorities, ages and returns of stored transitions.") { path, json };
        command.SetAction((result, stop) =>
            Task.FromResult(new ReplayInspectCommand(console).Run(result.GetValue(path)!, result.GetValue(json), stop)));
        return command;
    }
}
