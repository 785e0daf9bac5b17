using System.Text.Json;

namespace DqnAkka.Process.Tests;

/// <summary>The README's commands on stored transitions.</summary>
public sealed class ReplayFileTests
{
    // Everything that was played is kept: the exploration of the beginning as well as the balance of the end.
    private static readonly string[] Whole = ["--set", "dqn.replay.capacity=200000"];

    [Fact]
    public async Task What_a_run_leaves_is_inspected_exported_and_learned_from_without_runners()
    {
        using TemporaryFolder folder = new();
        HostResult training = await HostProcess.RunAsync(
            folder.Root,
            [
                "train", "--run-dir", "run", .. Whole, "--set", "dqn.replay.durable=true", "--set", "dqn.stop.score=none", "--set", "dqn.stop.steps=60000",
                "--set", "dqn.evaluation.period=60000",
            ]);
        Assert.True(training.ExitCode == 0, training.Error);

        HostResult inspection = await HostProcess.RunAsync(folder.Root, "replay", "inspect", "run", "--json");
        Assert.True(inspection.ExitCode == 0, inspection.Error);
        long held = JsonDocument.Parse(inspection.Output).RootElement.GetProperty("all").GetProperty("transitions").GetInt64();
        Assert.InRange(held, 59_000, 62_000);

        HostResult export = await HostProcess.RunAsync(folder.Root, "replay", "export", "run", "--output", "run.parquet");
        Assert.True(export.ExitCode == 0, export.Error);
        Assert.StartsWith($"{held} transitions of 2 shards are in ", export.Output, StringComparison.Ordinal);

        HostResult import = await HostProcess.RunAsync(folder.Root, ["replay", "import", "run.parquet", "--epochs", "3", "--run-dir", "offline", .. Whole]);
        Assert.True(import.ExitCode == 0, import.Error);
        Assert.Empty(import.ErrorLines);
        // Nine runs of nine seeds reached 498 or more; a policy of chance reaches 22.
        Assert.True(EvaluationLines.Mean(import.Lines[^1]) >= 400, import.Output);

        HostResult evaluation = await HostProcess.RunAsync(folder.Root, "eval", "offline", "--episodes", "20", "--seed", "5");
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);
        Assert.True(EvaluationLines.Mean(Assert.Single(evaluation.Lines)) >= 400, evaluation.Output);
    }
}
