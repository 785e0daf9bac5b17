namespace DqnAkka.Process.Tests;

/// <summary>A deterministic run of the real program, stopped in every way that there is.</summary>
public sealed class DeterministicTests
{
    private static readonly string[] Settings =
    [
        "--set", "dqn.run.deterministic=true",
        "--set", "dqn.replay.prioritized=true",
        "--set", "dqn.replay.capacity=5000",
        "--set", "dqn.stop.score=none",
        "--set", "dqn.stop.steps=24000",
        "--set", "dqn.checkpoint.period=700",
        "--set", "dqn.evaluation.period=4000",
        "--set", "dqn.evaluation.episodes=5",
    ];

    [Fact]
    public async Task Killed_interrupted_and_resumed_it_ends_as_it_would_have_without()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent by kill(2)");
        using TemporaryFolder folder = new();
        HostResult whole = await HostProcess.RunAsync(folder.Root, ["train", "--run-dir", "whole", .. Settings]);
        Assert.True(whole.ExitCode == 0, whole.Error);

        using (HostProcess first = HostProcess.Start(folder.Root, ["train", "--run-dir", "stopped", .. Settings]))
        {
            await first.WaitForOutputAsync("evaluation step=8");
            first.Kill();
            await first.WaitAsync();
        }

        using (HostProcess second = HostProcess.Start(folder.Root, "train", "--resume", "stopped"))
        {
            await second.WaitForOutputAsync("evaluation step=16");
            second.Interrupt();
            HostResult interrupted = await second.WaitAsync();
            Assert.Equal(130, interrupted.ExitCode);
            Assert.DoesNotContain("starts empty", interrupted.Output, StringComparison.Ordinal);
        }

        HostResult last = await HostProcess.RunAsync(folder.Root, "train", "--resume", "stopped");
        Assert.True(last.ExitCode == 0, last.Error);
        Assert.Matches("^checkpoint hash [0-9a-f]{64}$", HashLine(whole));
        Assert.Equal(HashLine(whole), HashLine(last));
        Assert.Equal(whole.Lines[^1], last.Lines[^1]);
        Assert.Equal(Metrics(folder, "whole"), Metrics(folder, "stopped"));

        HostResult again = await HostProcess.RunAsync(folder.Root, "train", "--resume", "stopped");
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("dqn.stop.steps = 24000 ends it there", Assert.Single(again.ErrorLines), StringComparison.Ordinal);
    }

    private static string HashLine(HostResult result) => Assert.Single(result.Lines, line => line.StartsWith("checkpoint hash ", StringComparison.Ordinal));

    private static byte[] Metrics(TemporaryFolder folder, string run) => File.ReadAllBytes(folder.Combine(run, "metrics.jsonl"));
}
