using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace DqnAkka.Host;

/// <summary>The usual help, then examples of the command, then the exit codes.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private static readonly (string Command, string[] Lines)[] Examples =
    [
        ("train",
        [
            "train",
            "train --config acrobot --seed 3",
            "train --config my.conf --set dqn.learner.batch-size=128 --set \"dqn.network.hidden=[128, 128]\"",
            "train --run-dir runs/first --set dqn.stop.minutes=5",
        ]),
        ("eval",
        [
            "eval runs/first --episodes 100",
            "eval runs/first/checkpoint --seed 7",
        ]),
        ("node",
        [
            "node --roles seed,learner --port 4053 --run-dir runs/cluster",
            "node --roles replay --seed-node 127.0.0.1:4053",
            "node --roles runner --seed-node 127.0.0.1:4053 --config cartpole --set dqn.runner.count=4",
            "node --roles gradient --seed-node 127.0.0.1:4053 --set dqn.learner.mode=parameter-server --set dqn.gradient.workers=2",
        ]),
        ("status", ["status --node 127.0.0.1:4053"]),
        ("leave", ["leave --node 127.0.0.1:4053"]),
        ("export",
        [
            "export runs/first --format onnx --output first.onnx",
            "export runs/first --format safetensors --output first.safetensors --best",
        ]),
        ("replay export", ["replay export runs/first --output first.parquet"]),
        ("replay import",
        [
            "replay import first.parquet --epochs 2 --run-dir runs/offline",
            "replay import first.parquet --config my.conf --set dqn.replay.samples-per-insert=64",
        ]),
        ("replay inspect",
        [
            "replay inspect runs/first",
            "replay inspect first.parquet --json",
        ]),
        ("play",
        [
            "play --checkpoint runs/first --output agent.gif",
            "play --checkpoint runs/first --best --episodes 3 --output agent.png",
        ]),
        ("envs", ["envs"]),
        ("envs show",
        [
            "envs show CartPole-v1",
            "envs show --policy runs/first --episodes 3",
        ]),
        ("envs describe", ["envs describe CartPole-v1"]),
        ("envs check",
        [
            "envs check --config samples/GridWorld/gridworld.conf",
            "envs check \"My.Task, My.Assembly\" --set dqn.environment.path=bin/Release/net10.0",
        ]),
    ];

    private readonly HelpAction _usual = new();

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        int code = _usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        string path = PathOf(parseResult.CommandResult);
        output.WriteLine("Examples:");
        foreach (string line in Examples.Where(example => $"{example.Command} ".StartsWith(path, StringComparison.Ordinal)).SelectMany(example => example.Lines))
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine();
        output.WriteLine("Exit codes:");
        output.WriteLine($"  {ExitCode.Done}    done");
        output.WriteLine($"  {ExitCode.Failed}    the run failed");
        output.WriteLine($"  {ExitCode.BadInput}    bad input, or refused by the cluster; nothing was started");
        output.WriteLine($"  {ExitCode.Removed}    a node was removed from its cluster; start it again");
        output.WriteLine($"  {ExitCode.Interrupted}  interrupted (Ctrl-C, SIGTERM, SIGHUP); a training run wrote its checkpoint");
        return code;
    }

    /// <summary>The command as it is typed, without the program's name; a space after each word.</summary>
    private static string PathOf(CommandResult result) =>
        result is { Parent: CommandResult parent } ? $"{PathOf(parent)}{result.Command.Name} " : "";
}
