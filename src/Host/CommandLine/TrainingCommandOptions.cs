using System.CommandLine;

namespace DqnAkka.Host;

/// <summary>The options of every command that trains: where its configuration comes from.</summary>
/// <param name="config">The option <c>--config</c>.</param>
/// <param name="set">The option <c>--set</c>.</param>
/// <param name="runDirectory">What <c>--run-dir</c> is to the command.</param>
internal sealed class TrainingCommandOptions(Option<string[]> config, Option<string[]> set, string runDirectory)
{
    private readonly Option<ulong?> _seed = new("--seed") { Description = "The run's seed.", HelpName = "N" };
    private readonly Option<string?> _directory = new("--run-dir") { Description = runDirectory, HelpName = "DIR" };

    /// <summary>Gives them to a command, after the options that it has so far.</summary>
    public void AddTo(Command command)
    {
        command.Add(config);
        command.Add(set);
        command.Add(_seed);
        command.Add(_directory);
    }

    /// <summary>What the user gave.</summary>
    public ConfigurationSource Read(ParseResult result) => new()
    {
        Files = result.GetValue(config) ?? [],
        Assignments = result.GetValue(set) ?? [],
        Seed = result.GetValue(_seed),
        RunDirectory = result.GetValue(_directory),
    };
}
