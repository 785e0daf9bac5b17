using System.Text.Json;

namespace DqnAkka.Process.Tests;

/// <summary>The README's first command and what it leaves behind.</summary>
public sealed class TrainTests
{
    private static readonly byte[] PngSignature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    [Fact]
    public async Task Train_without_arguments_solves_CartPole_and_eval_confirms_it()
    {
        using TemporaryFolder folder = new();
        HostResult training = await HostProcess.RunAsync(folder.Root, "train");

        Assert.True(training.ExitCode == 0, training.Error);
        Assert.Empty(training.ErrorLines);
        Assert.True(EvaluationLines.Mean(training.Lines[^1]) >= 475, training.Output);
        Assert.Contains(training.Lines, line => line.StartsWith("learner busy ", StringComparison.Ordinal));

        string run = Assert.Single(Directory.GetDirectories(folder.Combine("runs")));
        Assert.StartsWith("cartpole-", Path.GetFileName(run), StringComparison.Ordinal);
        Assert.Equal(PngSignature, (await File.ReadAllBytesAsync(Path.Combine(run, "returns.png"), TestContext.Current.CancellationToken))[..8]);
        Assert.True(File.Exists(Path.Combine(run, "resolved.conf")));
        string[] metrics = await File.ReadAllLinesAsync(Path.Combine(run, "metrics.jsonl"), TestContext.Current.CancellationToken);
        List<string?> types = [.. metrics.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString())];
        Assert.Contains("progress", types);
        Assert.Contains("evaluation", types);
        Assert.Equal("summary", types[^1]);

        HostResult evaluation = await HostProcess.RunAsync(folder.Root, "eval", run, "--episodes", "100", "--seed", "77");
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);
        Assert.True(EvaluationLines.Mean(Assert.Single(evaluation.Lines)) >= 475, evaluation.Output);
    }

    [Fact]
    public async Task The_sample_environment_of_another_assembly_is_learned_from_its_config_file()
    {
        using TemporaryFolder folder = new();
        string sample = Path.Combine(RepositoryRoot(), "samples", "GridWorld", "gridworld.conf");
        // The sample's own output folder depends on the configuration under test, so the test names the one that this build made.
        string assemblies = Path.Combine(RepositoryRoot(), "samples", "GridWorld", "bin", BuildConfiguration(), "net10.0");
        HostResult result = await HostProcess.RunAsync(
            folder.Root, "train", "--config", sample, "--set", $"dqn.environment.path=[\"{assemblies}\"]", "--set", "dqn.stop.minutes=2");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("ended: the score was reached (stop.score)", result.Lines);
        Assert.True(EvaluationLines.Mean(result.Lines[^1]) >= -7.5, result.Output);
    }

    [Fact]
    public async Task The_libtorch_backend_loads_and_trains_through_the_same_pipeline()
    {
        using TemporaryFolder folder = new();
        HostResult result = await HostProcess.RunAsync(
            folder.Root, "train", "--set", "dqn.learner.backend=torch", "--set", "dqn.stop.steps=6000", "--set", "dqn.stop.score=none", "--run-dir", "run");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("ended: the step limit was reached (stop.steps)", result.Lines);
        Assert.True(EvaluationLines.Mean(result.Lines[^1]) > 0, result.Output);
        Assert.True(File.Exists(folder.Combine("run", "checkpoint", "manifest-1.json")));
    }

    [Fact]
    public async Task Prioritised_n_step_dueling_training_runs_through_the_pipeline()
    {
        using TemporaryFolder folder = new();
        HostResult result = await HostProcess.RunAsync(
            folder.Root,
            "train",
            "--set", "dqn.replay.prioritized=true",
            "--set", "dqn.learner.n-step=3",
            "--set", "dqn.network.dueling=true",
            "--set", "dqn.learner.polyak-tau=0.01",
            "--set", "dqn.learner.optimizer=rmsprop",
            "--set", "dqn.replay.shards=3",
            "--set", "dqn.runner.count=1",
            "--set", "dqn.stop.steps=8000",
            "--set", "dqn.stop.score=none",
            "--run-dir", "run");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain(result.Lines, line => line.StartsWith("notice", StringComparison.Ordinal));
        Assert.True(EvaluationLines.Mean(result.Lines[^1]) > 0, result.Output);
    }

    [Fact]
    public async Task Ctrl_C_writes_a_checkpoint_and_says_so_by_its_exit_code()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent by kill(2)");
        using TemporaryFolder folder = new();
        using HostProcess host = HostProcess.Start(folder.Root, "train", "--set", "dqn.stop.score=none", "--set", "dqn.stop.steps=0", "--run-dir", "run");
        await host.WaitForOutputAsync("evaluation step=");
        host.Interrupt();
        HostResult result = await host.WaitAsync();

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("ended: interrupted", result.Output, StringComparison.Ordinal);
        HostResult evaluation = await HostProcess.RunAsync(folder.Root, "eval", "run", "--episodes", "5");
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DqnAkka.sln")))
        {
            folder = folder.Parent;
        }

        return Assert.IsType<DirectoryInfo>(folder).FullName;
    }

    private static string BuildConfiguration() => Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
}
