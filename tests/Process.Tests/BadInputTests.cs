namespace DqnAkka.Process.Tests;

/// <summary>Bad input: one clear line, a non-zero exit code, nothing started.</summary>
public sealed class BadInputTests
{
    private static readonly string TestAssemblies = $"dqn.environment.path=[\"{AppContext.BaseDirectory}\"]";

    public static TheoryData<string[], string[]> Cases() => new()
    {
        { ["--set", "dqn.learner.batchsize=3"], ["dqn.learner.batchsize", "dqn.learner.batch-size"] },
        { ["--set", "dqn.learner.batch-size=many"], ["dqn.learner.batch-size", "many", "integer"] },
        { ["--set", "dqn.replay.capacity=-5"], ["dqn.replay.capacity", "-5"] },
        { ["--set", "dqn.replay.capacity=2000", "--set", "dqn.learner.batch-size=5000"], ["dqn.learner.batch-size", "5000", "dqn.replay.capacity"] },
        { ["--set", "dqn.environment.id=CartPol-v1"], ["CartPol-v1", "CartPole-v1"] },
        {
            ["--set", "dqn.environment.type=\"DqnAkka.Process.Tests.ContinuousEnvironment, DqnAkka.Process.Tests\"", "--set", TestAssemblies],
            ["DQN needs discrete actions", "Box"]
        },
        { ["--config", "missing.conf"], ["missing.conf"] },
        { ["--set", "dqn.learner.device=\"cuda:7\""], ["dqn.learner.device = cuda:7 is not there: there ", "cpu"] },
        { ["--run-dir", "file/run"], ["file/run"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Train_names_the_thing_and_the_value_in_one_line(string[] arguments, string[] words)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("file"), "not a folder", TestContext.Current.CancellationToken);
        HostResult result = await HostProcess.RunAsync(folder.Root, ["train", .. arguments]);

        Assert.Equal(2, result.ExitCode);
        string line = Assert.Single(result.ErrorLines);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder.Combine("runs")));
    }

    [Theory]
    [InlineData("throw", "the valve is stuck")]
    [InlineData("nan", "NaN")]
    public async Task An_environment_that_always_breaks_ends_the_run_with_its_own_message(string fault, string message)
    {
        using TemporaryFolder folder = new();
        HostResult result = await HostProcess.RunAsync(folder.Root, FaultyRun(fault, ""));

        Assert.Equal(1, result.ExitCode);
        string line = Assert.Single(result.ErrorLines);
        Assert.Contains(message, line, StringComparison.Ordinal);
        Assert.Contains("dqn.runner.max-restarts", line, StringComparison.Ordinal);
        Assert.Equal(3, result.Lines.Count(output => output.StartsWith("notice runner 0 restarts", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_loss_that_stays_infinite_ends_the_run_with_one_line_and_no_restart()
    {
        using TemporaryFolder folder = new();
        HostResult result = await HostProcess.RunAsync(folder.Root, [.. FaultyRun("reward", ""), "--set", "dqn.learner.loss=squared-error"]);

        Assert.Equal(1, result.ExitCode);
        string line = Assert.Single(result.ErrorLines);
        Assert.StartsWith("error: the loss or its gradient was not finite 10 times in a row after update 0 (dqn.learner.max-skipped-updates = 10): ", line, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Lines, output => output.Contains("restarts from its checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_is_in_use_ends_the_run_with_one_line()
    {
        using TemporaryFolder folder = new();
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        HostResult result = await HostProcess.RunAsync(folder.Root, "train", "--set", $"akka.remote.dot-netty.tcp.port={port}");

        Assert.Equal(1, result.ExitCode);
        string line = Assert.Single(result.ErrorLines);
        Assert.Contains("could not start", line, StringComparison.Ordinal);
        Assert.Contains($"{port}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environment_that_breaks_once_is_restarted_and_counted_and_the_run_goes_on()
    {
        using TemporaryFolder folder = new();
        HostResult result = await HostProcess.RunAsync(folder.Root, FaultyRun("throw", folder.Combine("marker")));

        Assert.True(result.ExitCode == 0, result.Error);
        string notice = Assert.Single(result.Lines, output => output.StartsWith("notice runner 0 restarts", StringComparison.Ordinal));
        Assert.Contains("the valve is stuck", notice, StringComparison.Ordinal);
        Assert.Contains("ended: the step limit was reached (stop.steps)", result.Lines);
    }

    [Fact]
    public async Task A_checkpoint_that_is_damaged_or_of_another_shape_is_refused()
    {
        using TemporaryFolder folder = new();
        HostResult training = await HostProcess.RunAsync(
            folder.Root, "train", "--run-dir", "run", "--set", "dqn.stop.steps=3000", "--set", "dqn.stop.score=none");
        Assert.True(training.ExitCode == 0, training.Error);

        HostResult other = await HostProcess.RunAsync(folder.Root, "eval", "run", "--set", "dqn.environment.id=Acrobot-v1");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("Acrobot-v1", Assert.Single(other.ErrorLines), StringComparison.Ordinal);

        string policy = Assert.Single(Directory.GetFiles(folder.Combine("run", "checkpoint"), "policy-*.safetensors"));
        byte[] bytes = await File.ReadAllBytesAsync(policy, TestContext.Current.CancellationToken);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(policy, bytes, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(folder, Path.GetFileName(policy));

        await File.WriteAllBytesAsync(policy, bytes[..^7], TestContext.Current.CancellationToken);
        await AssertRefusedAsync(folder, Path.GetFileName(policy));

        File.Delete(policy);
        await AssertRefusedAsync(folder, Path.GetFileName(policy));
    }

    private static async Task AssertRefusedAsync(TemporaryFolder folder, string name)
    {
        HostResult result = await HostProcess.RunAsync(folder.Root, "eval", "run");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(name, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Lines);
    }

    private static string[] FaultyRun(string fault, string marker) =>
    [
        "train",
        "--set", "dqn.environment.type=\"DqnAkka.Process.Tests.FaultyEnvironment, DqnAkka.Process.Tests\"",
        "--set", TestAssemblies,
        "--set", $"dqn.environment.kwargs.fault={fault}",
        "--set", $"dqn.environment.kwargs.once-marker=\"{marker}\"",
        "--set", "dqn.runner.count=1",
        "--set", "dqn.evaluation.period=1000000",
        "--set", "dqn.evaluation.episodes=1",
        "--set", "dqn.stop.steps=20000",
        "--set", "dqn.stop.score=none",
    ];
}
