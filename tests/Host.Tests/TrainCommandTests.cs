using DqnAkka.Actors;
using DqnAkka.Environments;

namespace DqnAkka.Host.Tests;

public sealed class TrainCommandTests
{
    [Fact]
    public async Task A_run_leaves_its_configuration_metrics_and_curve_and_ends_on_the_final_evaluation()
    {
        FakeSession session = new((sinks, _) => Play(sinks, StopReason.Score));
        using Host host = new() { Session = session };
        string directory = host.Folder.Sub("run");

        int code = await host.Run("train", "--run-dir", directory, "--seed", "9", "--set", "akka.loglevel=INFO");

        Assert.Equal((0, ""), (code, host.Error.ToString()));
        Assert.Equal(["lock", "metrics.jsonl", "resolved.conf", "returns.png"], Directory.GetFiles(directory).Select(Path.GetFileName).Order());
        string[] lines = host.Output.ToString().TrimEnd('\n').Split('\n');
        string resolved = await File.ReadAllTextAsync(Path.Combine(directory, "resolved.conf"), TestContext.Current.CancellationToken);
        Assert.StartsWith(resolved + $"run directory {directory}\n", host.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal("evaluation step=10000 mean=487.25 sd=12.3457 min=431 max=500 episodes=100", lines[^1]);
        Assert.Equal((directory, 9UL), (session.Options!.Run.Directory, session.Options.Run.Seed));
        Assert.Equal("INFO", session.Akka.GetString("akka.loglevel"));
        Assert.Equal("CartPole-v1", host.Environments.Specification!.Id);
    }

    [Fact]
    public async Task A_stored_configuration_starts_the_same_run_again()
    {
        FakeSession session = new((sinks, _) => Play(sinks, StopReason.Steps));
        using Host host = new() { Session = session };
        Assert.Equal(0, await host.Run("train", "--run-dir", host.Folder.Sub("a"), "--set", "dqn.learner.gamma=0.5"));
        TrainingOptions first = session.Options!;
        Assert.Equal(0, await host.Run("train", "--config", host.Folder.Sub("a/resolved.conf"), "--run-dir", host.Folder.Sub("b")));
        Assert.Equal(first.Learner, session.Options!.Learner);
        Assert.Equal(first.Stop, session.Options.Stop);
    }

    [Theory]
    [InlineData(StopReason.Steps, 0, "")]
    [InlineData(StopReason.Minutes, 0, "")]
    [InlineData(StopReason.Interrupted, 130, "")]
    [InlineData(StopReason.Failed, 1, "error: the environment broke\n")]
    public async Task The_exit_code_says_how_the_run_ended(StopReason reason, int expected, string error)
    {
        using Host host = new() { Session = new FakeSession((sinks, _) => Play(sinks, reason)) };
        int code = await host.Run("train", "--run-dir", host.Folder.Sub("run"));
        Assert.Equal((expected, error), (code, host.Error.ToString()));
    }

    [Fact]
    public async Task An_interrupt_reaches_the_session()
    {
        using CancellationTokenSource source = new();
        using Host host = new()
        {
            Session = new FakeSession((sinks, stop) =>
            {
                source.Cancel();
                return Play(sinks, stop.IsCancellationRequested ? StopReason.Interrupted : StopReason.Steps);
            }),
        };
        Assert.Equal(130, await host.Run(source.Token, "train", "--run-dir", host.Folder.Sub("run")));
    }

    [Fact]
    public async Task An_environment_that_cannot_be_made_leaves_no_folder()
    {
        using Host host = new() { Environments = new FakeEnvironments(_ => throw new EnvironmentException("no environment Foo: did you mean Fob?")) };
        int code = await host.Run("train", "--run-dir", host.Folder.Sub("run"));
        Assert.Equal((2, "error: no environment Foo: did you mean Fob?\n"), (code, host.Error.ToString()));
        Assert.False(Directory.Exists(host.Folder.Sub("run")));
    }

    [Fact]
    public async Task A_folder_with_files_is_never_written_over()
    {
        using Host host = new();
        host.Folder.Write("run/resolved.conf", "dqn {}");
        int code = await host.Run("train", "--run-dir", host.Folder.Sub("run"));
        Assert.Equal(2, code);
        Assert.Equal(
            $"error: run directory {host.Folder.Sub("run")} is not empty (it holds resolved.conf): give a new one with --run-dir, or delete it\n",
            host.Error.ToString());
        Assert.Equal("dqn {}", await File.ReadAllTextAsync(host.Folder.Sub("run/resolved.conf"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Of_a_folder_with_a_run_the_ways_to_go_on_are_named(bool hasReplay, bool hasCheckpoint)
    {
        using Host host = new();
        string run = host.Folder.Sub("run");
        Assert.Equal(0, await host.Run("train", "--run-dir", run));
        if (hasReplay)
        {
            DurableRun.Write(run);
        }

        if (hasCheckpoint)
        {
            host.Folder.Write("run/checkpoint/manifest-1.json", "{}");
        }

        Assert.Equal(2, await host.Run("train", "--run-dir", run));

        string command = hasCheckpoint
            ? $"train --resume {run}"
            : $"node --roles seed,learner,replay,runner --run-dir {run} --config {Path.Combine(run, "resolved.conf")}";
        string export = hasReplay ? $"take what it played with replay export {run} --output FILE, " : "";
        Assert.Equal(
            $"error: run directory {run} holds a run: go on with it by {command}, {export}or give a new one with --run-dir\n",
            host.Error.ToString());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_one_line()
    {
        using Host host = new();
        host.Folder.Write("file", "");
        string directory = host.Folder.Sub("file/run");
        int code = await host.Run("train", "--run-dir", directory);
        Assert.Equal(2, code);
        Assert.StartsWith($"error: run directory {directory} cannot be written (", host.Error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("): give another with --run-dir\n", host.Error.ToString(), StringComparison.Ordinal);
        Assert.Single(host.Error.ToString().TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_folder_is_named_after_experiment_and_time_and_a_second_one_in_that_second_gets_a_number()
    {
        using TemporaryFolder folder = new();
        DateTime time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        string name = Path.GetRelativePath("runs", folder.Sub("cartpole"));
        Assert.Equal(folder.Sub("cartpole-20260102-030405"), RunDirectory.Create("", name, time).Path);
        Assert.Equal(folder.Sub("cartpole-20260102-030405-2"), RunDirectory.Create("", name, time).Path);
    }

    private static RunSummary Play(IReadOnlyList<IProgressSink> sinks, StopReason reason)
    {
        RunSummary summary = Samples.Summary(reason);
        foreach (IProgressSink sink in sinks)
        {
            sink.Report(Samples.Report(1, 1_000));
            sink.Report(Samples.Report(6, 6_000));
            sink.Evaluated(Samples.Evaluation(5_000, 200));
            sink.Notice("runner 1 was restarted");
            sink.Completed(summary);
        }

        return summary;
    }
}
