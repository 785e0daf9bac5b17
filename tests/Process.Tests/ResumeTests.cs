using System.Text.Json;

namespace DqnAkka.Process.Tests;

/// <summary>A run that was killed goes on with <c>train --resume</c>.</summary>
public sealed class ResumeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_run_goes_on_where_its_newest_checkpoint_was(bool isDurable)
    {
        using TemporaryFolder folder = new();
        string run = folder.Combine("run");
        using (HostProcess host = HostProcess.Start(
            folder.Root,
            "train",
            "--run-dir", run,
            "--set", "dqn.checkpoint.period=200",
            "--set", "dqn.stop.steps=100000000",
            "--set", "dqn.stop.score=none",
            "--set", $"dqn.replay.durable={(isDurable ? "true" : "false")}"))
        {
            await host.WaitForOutputAsync("evaluation step=");
            HostResult second = await HostProcess.RunAsync(folder.Root, "train", "--resume", run);
            Assert.Equal(2, second.ExitCode);
            Assert.Contains("is being trained by another process", Assert.Single(second.ErrorLines), StringComparison.Ordinal);
            host.Kill();
            await host.WaitAsync();
        }

        long steps = Counters(run).GetProperty("steps").GetInt64();
        HostResult resumed = await HostProcess.RunAsync(folder.Root, "train", "--resume", run, "--set", $"dqn.stop.steps={steps + 10_000}");

        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Contains("ended: the step limit was reached (stop.steps)", resumed.Lines);
        Assert.Contains(resumed.Lines, line => line.StartsWith($"resumed at step {steps}, update ", StringComparison.Ordinal));
        Assert.Equal(isDurable ? 0 : 1, resumed.Lines.Count(line => line.StartsWith("the replay buffer starts empty", StringComparison.Ordinal)));
        JsonElement counters = Counters(run);
        Assert.True(counters.GetProperty("steps").GetInt64() >= steps + 10_000);
        Assert.Equal(1, counters.GetProperty("resumptions").GetInt64());

        // The samples-per-insert limiter holds over both parts together: nothing was warmed up or made up for.
        double ratio = (double)counters.GetProperty("samples").GetInt64() / counters.GetProperty("inserts").GetInt64();
        Assert.InRange(ratio, 10, 40);

        string[] metrics = await File.ReadAllLinesAsync(Path.Combine(run, "metrics.jsonl"), TestContext.Current.CancellationToken);
        double elapsed = 0;
        foreach (JsonElement line in metrics.Where(line => line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement))
        {
            Assert.NotEqual(JsonValueKind.Undefined, line.GetProperty("type").ValueKind);
            elapsed = line.TryGetProperty("elapsed_seconds", out JsonElement seconds) ? seconds.GetDouble() : elapsed;
        }

        Assert.True(elapsed >= counters.GetProperty("elapsed-milliseconds").GetInt64() / 1000.0 - 1);

        HostResult again = await HostProcess.RunAsync(folder.Root, "train", "--resume", run);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("ends it there: give it more", Assert.Single(again.ErrorLines), StringComparison.Ordinal);
        HostResult best = await HostProcess.RunAsync(folder.Root, "eval", run, "--best", "--episodes", "5");
        Assert.True(best.ExitCode == 0, best.Error);
    }

    private static JsonElement Counters(string run)
    {
        string newest = Directory.GetFiles(Path.Combine(run, "checkpoint"), "manifest-*.json")
            .MaxBy(path => long.Parse(Path.GetFileNameWithoutExtension(path)["manifest-".Length..], System.Globalization.CultureInfo.InvariantCulture))!;
        return JsonDocument.Parse(File.ReadAllText(newest)).RootElement.GetProperty("counters");
    }
}
