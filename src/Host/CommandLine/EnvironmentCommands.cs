using System.CommandLine;

namespace DqnAkka.Host;

/// <summary>The command <c>envs</c>, those under it, and <c>play</c>.</summary>
/// <param name="collaborators">What they work with.</param>
/// <param name="console">Where they write.</param>
/// <param name="configOption">Makes the option <c>--config</c>.</param>
/// <param name="setOption">Makes the option <c>--set</c>.</param>
internal sealed class EnvironmentCommands(
    HostCollaborators collaborators, HostConsole console, Func<Option<string[]>> configOption, Func<Option<string[]>> setOption)
{
    private const string NameHelp = "ID";
    private const string NameDescription = "An id that envs lists, or \"Their.Type, Their.Assembly\"; may be left out where --config or --set names one.";

    /// <summary>Builds <c>envs</c>.</summary>
    public Command Build()
    {
        Command command = new("envs", "List the environments with their spaces; show, describe or check one.") { Show(), Describe(), Check() };
        command.SetAction(_ => EnvironmentsCommand.Run(collaborators.Environments, console.Output));
        return command;
    }

    /// <summary>Builds <c>play</c>.</summary>
    public Command BuildPlay()
    {
        Option<string> checkpoint = new("--checkpoint") { Description = "A run's folder, its checkpoints', or one checkpoint's manifest-N.json.", HelpName = "CHECKPOINT", Required = true };
        Option<string> output = new("--output") { Description = "The file to write: a .gif for an animation, a .png for a strip of frames.", HelpName = "FILE", Required = true };
        Option<bool> best = new("--best") { Description = "The best checkpoint by evaluation, not the newest." };
        Option<int> episodes = new("--episodes") { Description = "Number of episodes; with --seed the same ones as eval plays.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<ulong?> seed = SeedOption();
        Option<int> fps = new("--fps") { Description = "Steps a second in the animation, at most 50.", HelpName = "N", DefaultValueFactory = _ => 30 };
        Option<string?> size = new("--size") { Description = "Size of the picture in pixels, without the bar beneath it.", HelpName = "WIDTHxHEIGHT" };
        Option<string[]> config = configOption();
        Option<string[]> set = setOption();
        Option<bool> force = new("--force") { Description = "Replace a file that is there." };
        Command command = new("play", "Record greedy episodes of a trained agent, the score on the frames. Of long episodes all of the first 500 steps are shown, every second one until 1000, every fourth until 2000, and so on.")
        {
            checkpoint, output, best, episodes, seed, fps, size, config, set, force,
        };
        command.SetAction((result, stop) => new PlayCommand(collaborators, console).RunAsync(
            new PlayRequest(
                result.GetValue(checkpoint)!,
                result.GetValue(output)!,
                result.GetValue(episodes),
                result.GetValue(fps),
                result.GetValue(size),
                new ConfigurationSource { Files = result.GetValue(config) ?? [], Assignments = result.GetValue(set) ?? [], Seed = result.GetValue(seed) },
                result.GetValue(best),
                result.GetValue(force)),
            stop));
        return command;
    }

    private static Option<ulong?> SeedOption() => new("--seed") { Description = "Seed of the episodes.", HelpName = "N" };

    private static Argument<string?> NameArgument() => new("environment") { Description = NameDescription, HelpName = NameHelp, Arity = ArgumentArity.ZeroOrOne };

    private Command Show()
    {
        Argument<string?> name = NameArgument();
        Option<string> policy = new("--policy") { Description = "random, scripted (where the environment has one), or a trained agent's run.", HelpName = "POLICY", DefaultValueFactory = _ => "random" };
        Option<int> episodes = new("--episodes") { Description = "Number of episodes.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<int> fps = new("--fps") { Description = "Steps a second in a terminal.", HelpName = "N", DefaultValueFactory = _ => 30 };
        Option<string?> size = new("--size") { Description = "Columns and rows of the picture; in a pipe, which otherwise gets one line an episode, every frame in letters of that size.", HelpName = "WIDTHxHEIGHT" };
        Option<ulong?> seed = SeedOption();
        Option<string[]> config = configOption();
        Option<string[]> set = setOption();
        Command command = new("show", "Play an environment in the terminal.") { name, policy, episodes, fps, size, seed, config, set };
        command.SetAction((result, stop) => new EnvironmentShowCommand(collaborators, console).RunAsync(
            new EnvironmentShowRequest(
                result.GetValue(name),
                result.GetValue(policy)!,
                result.GetValue(episodes),
                result.GetValue(fps),
                result.GetValue(size),
                new ConfigurationSource { Files = result.GetValue(config) ?? [], Assignments = result.GetValue(set) ?? [], Seed = result.GetValue(seed) }),
            stop));
        return command;
    }

    private Command Describe()
    {
        Argument<string> id = new("environment") { Description = "An id that envs lists.", HelpName = NameHelp };
        Command command = new("describe", "Show one environment with its spaces and arguments.") { id };
        command.SetAction(result => EnvironmentDescribeCommand.Run(collaborators.Environments, result.GetValue(id)!, console.Output));
        return command;
    }

    private Command Check()
    {
        Argument<string?> name = NameArgument();
        Option<int> steps = new("--steps") { Description = "Steps of the longest walk; the check takes some five times as many.", HelpName = "N", DefaultValueFactory = _ => 5_000 };
        Option<ulong?> seed = SeedOption();
        Option<string[]> config = configOption();
        Option<string[]> set = setOption();
        Command command = new("check", "Step an environment with random actions and report where it breaks the contract; exit code 1 where it does.") { name, steps, seed, config, set };
        command.SetAction((result, stop) => Task.FromResult(new EnvironmentCheckCommand(collaborators.Environments, console).Run(
            new EnvironmentCheckRequest(
                result.GetValue(name),
                new ConfigurationSource { Files = result.GetValue(config) ?? [], Assignments = result.GetValue(set) ?? [], Seed = result.GetValue(seed) },
                result.GetValue(steps)),
            stop)));
        return command;
    }
}
