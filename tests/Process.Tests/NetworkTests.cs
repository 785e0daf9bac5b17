namespace DqnAkka.Process.Tests;

/// <summary>Every kind of network from the configuration to a checkpoint that plays.</summary>
public sealed class NetworkTests
{
    // Ten steps with one of four actions right: by chance a mean of 2.5 over five episodes, with a standard deviation of 0.6.
    private const double BetterThanChance = 5;

    [Theory]
    [InlineData("minatar", 10, "Boolean", 4, "dqn.network.layer-norm=false", "dqn.stop.steps=1500")]
    [InlineData("minatar", 10, "UInt8", 4, "dqn.network.layer-norm=true", "dqn.stop.steps=1500")]
    [InlineData("impala", 12, "Float32", 4, "dqn.network.layer-norm=true", "dqn.stop.steps=1500")]
    public async Task A_network_for_images_learns_which_plane_is_bright(string kind, int side, string type, int planes, string norm, string steps)
    {
        using TemporaryFolder folder = new();
        HostResult training = await HostProcess.RunAsync(
            folder.Root,
            [.. Images(planes, side, type), "--set", $"dqn.network.kind={kind}", "--set", norm, "--set", "dqn.network.dueling=true", "--set", steps, "--set", "dqn.learner.backend=torch"]);
        Assert.True(training.ExitCode == 0, training.Error);
        Assert.True(EvaluationLines.Mean(training.Lines[^1]) > BetterThanChance, training.Output);

        HostResult evaluation = await HostProcess.RunAsync(folder.Root, "eval", "run", "--episodes", "5");
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);
        Assert.True(EvaluationLines.Mean(Assert.Single(evaluation.Lines)) > BetterThanChance, evaluation.Output);
    }

    [Fact]
    public async Task Large_images_of_bytes_choose_the_network_of_Nature()
    {
        using TemporaryFolder folder = new();
        HostResult training = await HostProcess.RunAsync(folder.Root, [.. Images(4, 84, "UInt8"), "--set", "dqn.stop.steps=260"]);
        Assert.True(training.ExitCode == 0, training.Error);
        string manifest = await File.ReadAllTextAsync(Directory.GetFiles(folder.Combine("run/checkpoint"), "manifest*.json")[0], TestContext.Current.CancellationToken);
        Assert.Contains("\"kind\": \"nature\"", manifest);
    }

    [Fact]
    public async Task An_image_that_is_too_small_for_a_network_is_one_line()
    {
        using TemporaryFolder folder = new();
        HostResult training = await HostProcess.RunAsync(folder.Root, [.. Images(2, 10, "Boolean"), "--set", "dqn.network.kind=nature"]);
        Assert.Equal(2, training.ExitCode);
        Assert.Equal(["error: dqn.network.kind = nature does not suit the environment: a network of kind nature needs images of at least 36 by 36: they are 10 by 10; use the kind auto"], training.ErrorLines);
    }

    [Fact]
    public async Task The_sample_network_of_another_assembly_is_trained_from_its_config_file_and_evaluated()
    {
        using TemporaryFolder folder = new();
        string sample = Path.Combine(TrainTests.RepositoryRoot(), "samples", "CustomNetwork");
        // The sample's own output folder depends on the configuration under test, so the test names the one that this build made.
        string assemblies = Path.Combine(sample, "bin", TrainTests.BuildConfiguration(), "net10.0");
        HostResult training = await HostProcess.RunAsync(
            folder.Root,
            "train", "--config", Path.Combine(sample, "customnetwork.conf"), "--set", $"dqn.network.path=[\"{assemblies}\"]", "--set", "dqn.stop.steps=3000", "--set", "dqn.stop.score=none", "--run-dir", "run");
        Assert.True(training.ExitCode == 0, training.Error);
        Assert.Contains("ended: the step limit was reached (stop.steps)", training.Lines);

        // The run's own configuration says where the assembly is; a checkpoint alone does not.
        HostResult evaluation = await HostProcess.RunAsync(folder.Root, "eval", "run", "--episodes", "5");
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);
        Assert.True(EvaluationLines.Mean(Assert.Single(evaluation.Lines)) > 0, evaluation.Output);
        Directory.Move(folder.Combine("run/checkpoint"), folder.Combine("alone"));
        HostResult alone = await HostProcess.RunAsync(folder.Root, "eval", "alone", "--episodes", "5");
        Assert.Equal(2, alone.ExitCode);
        Assert.StartsWith(
            "error: assembly DqnAkka.Samples.CustomNetwork of network type 'DqnAkka.Samples.ResidualNetwork, DqnAkka.Samples.CustomNetwork' was not found",
            Assert.Single(alone.ErrorLines));
    }

    private static string[] Images(int planes, int side, string type) =>
    [
        "train", "--run-dir", "run",
        "--set", "dqn.environment.type=\"DqnAkka.Process.Tests.ImageEnvironment, DqnAkka.Process.Tests\"",
        "--set", $"dqn.environment.path=[\"{AppContext.BaseDirectory}\"]",
        "--set", $"dqn.environment.kwargs.planes={planes}",
        "--set", $"dqn.environment.kwargs.side={side}",
        "--set", $"dqn.environment.kwargs.type={type}",
        "--set", "dqn.replay.min-size=200",
        "--set", "dqn.replay.capacity=2000",
        "--set", "dqn.learner.batch-size=16",
        "--set", "dqn.learner.gamma=0",
        "--set", "dqn.evaluation.episodes=5",
        "--set", "dqn.stop.score=none",
        "--set", "dqn.stop.minutes=2",
    ];
}
