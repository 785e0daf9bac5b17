namespace DqnAkka.Process.Tests;

/// <summary>
/// Processes that act on networks which the vectorised kernels cover do without libtorch's 0.5 GB: from start to end they do not even open it.
/// </summary>
[Collection(OneClusterAtATime.Name)]
public sealed class NativeLibraryTests
{
    private static readonly string[] ShortTraining =
        ["--config", "cartpole", "--set", "dqn.stop.score=none", "--set", "dqn.stop.steps=3000", "--set", "dqn.evaluation.episodes=1"];

    [Fact]
    public async Task A_runner_node_opens_no_libtorch()
    {
        using TemporaryFolder folder = new();
        NativeLibraryLog log = NativeLibraryLog.In(folder);
        using TestCluster cluster = new(ShortTraining);
        TestNode seed = cluster.Seed("seed,learner,replay");
        TestNode runner = TestCluster.Node("runner") with { Environment = log.Environment };
        cluster.Start(seed);
        cluster.Start(runner);

        HostResult learner = await seed.Process!.WaitAsync();
        HostResult result = await runner.Process!.WaitAsync();

        // The only runner has made every step.
        Assert.Contains("ended: the step limit was reached (stop.steps)", learner.Lines);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Empty(log.TorchLibraries());
    }

    [Fact]
    public async Task Evaluating_and_training_open_no_libtorch_unless_they_are_told_to()
    {
        using TemporaryFolder folder = new();
        NativeLibraryLog log = NativeLibraryLog.In(folder);
        HostResult training = await RunAsync(["train", "--run-dir", "run", .. ShortTraining]);
        Assert.True(training.ExitCode == 0, training.Error);
        HostResult evaluation = await RunAsync(["eval", "run", "--episodes", "2"]);
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);
        Assert.Empty(log.TorchLibraries());

        // That the log would tell.
        HostResult told = await RunAsync(["train", "--run-dir", "told", .. ShortTraining, "--set", "dqn.runner.backend=torch"]);
        Assert.True(told.ExitCode == 0, told.Error);
        Assert.NotEmpty(log.TorchLibraries());

        async Task<HostResult> RunAsync(string[] arguments)
        {
            using HostProcess host = HostProcess.Start(folder.Root, arguments, log.Environment);
            return await host.WaitAsync();
        }
    }
}
