using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace DqnAkka.Process.Tests;

/// <summary>The program with an environment of Gymnasium's, or where Python has none the tests' stand-in for it.</summary>
public sealed class GymnasiumTests
{
    private static readonly string[] Candidates =
        Environment.GetEnvironmentVariable("DQN_PYTHON") is { Length: > 0 } chosen ? [chosen] : ["python3", "/usr/bin/python3"];

    [Fact]
    public async Task CartPole_trains_through_the_bridge_and_is_evaluated_without_a_configuration()
    {
        (string python, Dictionary<string, string> variables) = Require();
        using TemporaryFolder folder = new();
        using HostProcess training = HostProcess.Start(folder.Root, [.. Train(python), "--set", "dqn.stop.steps=4000", "--run-dir", "run"], variables);
        HostResult result = await training.WaitAsync();
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("ended: the step limit was reached (stop.steps)", result.Lines);
        Assert.True(EvaluationLines.Mean(result.Lines[^1]) > 0, result.Output);

        // Beside the checkpoint stands no configuration: the name in it says that it is Gymnasium's.
        Directory.Move(folder.Combine("run", "checkpoint"), folder.Combine("alone"));
        string[] evaluate = ["eval", "alone", "--episodes", "3", "--set", $"dqn.environment.python={python}"];
        using HostProcess evaluation = HostProcess.Start(folder.Root, evaluate, variables);
        result = await evaluation.WaitAsync();
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.True(EvaluationLines.Mean(Assert.Single(result.Lines)) > 0, result.Output);
    }

    [Fact]
    public async Task A_training_goes_on_when_a_child_is_killed_and_a_killed_training_leaves_no_child()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "children are found in /proc");
        (string python, Dictionary<string, string> variables) = Require();
        using TemporaryFolder folder = new();
        string[] arguments = [.. Train(python), "--set", "dqn.stop.steps=0", "--set", "dqn.stop.minutes=3", "--set", "dqn.runner.count=2", "--run-dir", "run"];
        using HostProcess training = HostProcess.Start(folder.Root, arguments, variables);
        await training.WaitForOutputAsync("progress ");
        // A runner's: the evaluation's come later and go again.
        using (System.Diagnostics.Process victim = System.Diagnostics.Process.GetProcessById(ChildrenOf(training.Id).Min()))
        {
            victim.Kill();
        }

        await training.WaitForOutputAsync("environments begin anew (environment restart 1)");
        string metrics = folder.Combine("run", "metrics.jsonl");
        await WaitUntilAsync(() => Restarts(metrics) == 1, "the metrics to count the restart");

        int[] children = ChildrenOf(training.Id);
        Assert.True(children.Length >= 2, $"{children.Length} children");
        training.Kill();
        await training.WaitAsync();
        await WaitUntilAsync(() => children.All(child => !Directory.Exists($"/proc/{child}")), "the children to end");
    }

    private static string[] Train(string python) =>
    [
        "train", "--set", "dqn.environment.type=gymnasium", "--set", "dqn.environment.id=CartPole-v1", "--set", $"dqn.environment.python={python}",
        "--set", "dqn.evaluation.episodes=5",
    ];

    private static (string Python, Dictionary<string, string> Variables) Require()
    {
        string? python = Array.Find(Candidates, candidate => Succeeds(candidate, "import numpy"));
        Assert.SkipWhen(python is null, $"no Python with numpy was found among {string.Join(", ", Candidates)}: install numpy, or set DQN_PYTHON");
        string standIn = Path.Combine(AppContext.BaseDirectory, "python", "standin");
        return (python!, Succeeds(python!, "import gymnasium") ? [] : new Dictionary<string, string> { ["PYTHONPATH"] = standIn });
    }

    private static bool Succeeds(string python, string statement)
    {
        ProcessStartInfo start = new(python) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(statement);
        try
        {
            using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static int[] ChildrenOf(int parent) =>
    [
        .. from folder in Directory.GetDirectories("/proc")
           where int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _) && ParentOf(folder) == parent
           select int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture),
    ];

    private static int ParentOf(string folder)
    {
        try
        {
            string line = File.ReadLines(Path.Combine(folder, "status")).First(line => line.StartsWith("PPid:", StringComparison.Ordinal));
            return int.Parse(line["PPid:".Length..], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return -1;
        }
    }

    private static int Restarts(string metrics)
    {
        using StreamReader reader = new(new FileStream(metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string? last = reader.ReadToEnd().Split('\n').LastOrDefault(line => line.Contains("\"environment_restarts\"", StringComparison.Ordinal) && line.EndsWith('}'));
        return last is null ? -1 : JsonDocument.Parse(last).RootElement.GetProperty("environment_restarts").GetInt32();
    }

    private static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); !condition(); await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"waited in vain for {what}");
        }
    }
}
