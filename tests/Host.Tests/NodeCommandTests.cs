using System.Text.Json;
using DqnAkka.Actors;

namespace DqnAkka.Host.Tests;

public sealed class NodeCommandTests
{
    [Fact]
    public async Task Options_of_the_command_reach_the_node()
    {
        using Host host = new();
        int code = await host.Run(
            "node", "--roles", "runner,replay", "--port", "4060", "--hostname", "localhost", "--seed-node", "127.0.0.1:4053", "--seed-node", "[::1]:4054",
            "--seed", "9", "--config", "acrobot", "--set", "dqn.runner.count=3", "--set", "akka.loglevel=DEBUG");

        Assert.Equal(0, code);
        NodeStart start = host.Nodes.Start!;
        Assert.Equal(["replay", "runner"], start.Node.Roles);
        Assert.Equal(("localhost", 4060), (start.Node.Remote.Hostname, start.Node.Remote.Port));
        Assert.Equal(["127.0.0.1:4053", "[::1]:4054"], start.Node.Remote.SeedNodes);
        Assert.Equal((9UL, 3, "Acrobot-v1"), (start.Options.Run.Seed, start.Options.Runner.Count, start.Options.Environment.Id));
        Assert.Equal("DEBUG", start.Akka.GetString("akka.loglevel"));
        Assert.Equal("", start.Options.Run.Directory);
        Assert.Equal("Acrobot-v1", host.Environments.Specification!.Id);
    }

    [Fact]
    public async Task A_deterministic_run_is_none_of_a_cluster()
    {
        using Host host = new();
        Assert.Equal(2, await host.Run("node", "--roles", "seed", "--set", "dqn.run.deterministic=true"));
        Assert.Null(host.Nodes.Start);
        Assert.Contains(
            "error: dqn.run.deterministic = true is for train: the course of a cluster depends on its network; set it to false", Lines(host));
    }

    [Theory]
    [InlineData("seed", "akka.coordinated-shutdown.phases.service-stop.timeout", false)]
    [InlineData("runner", "akka.coordinated-shutdown.phases.service-stop.timeout", true)]
    [InlineData("seed,runner", "akka.coordinated-shutdown.phases.service-stop.timeout", true)]
    [InlineData("replay", "akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout", true)]
    public async Task Each_role_brings_its_settings(string roles, string key, bool expected)
    {
        using Host host = new();
        Assert.Equal(0, await host.Run("node", "--roles", roles, "--seed-node", "127.0.0.1:4053"));
        Assert.Equal(expected, host.Nodes.Start!.Akka.HasPath(key));
    }

    [Theory]
    [InlineData(NodeEndKind.RunEnded, StopReason.Score, 0, "")]
    [InlineData(NodeEndKind.RunEnded, StopReason.Failed, 1, "error: why\n")]
    [InlineData(NodeEndKind.Left, null, 0, "")]
    [InlineData(NodeEndKind.Refused, null, 2, "error: why\n")]
    [InlineData(NodeEndKind.Removed, null, 3, "error: why\n")]
    [InlineData(NodeEndKind.Failed, null, 1, "error: why\n")]
    public async Task The_exit_code_tells_a_supervisor_what_to_do(NodeEndKind kind, StopReason? reason, int expected, string error)
    {
        using Host host = new() { Nodes = new FakeNodeSession((_, _) => new NodeEnd(kind, error.Length > 0 ? "why" : "", reason)) };
        Assert.Equal(expected, await host.Run("node", "--roles", "seed", "--port", "0"));
        Assert.Equal(error, string.Concat(Lines(host).Where(line => line.StartsWith("error", StringComparison.Ordinal)).Select(line => line + "\n")));
    }

    [Fact]
    public async Task A_signal_lets_the_node_leave_and_is_no_failure()
    {
        using CancellationTokenSource source = new();
        using Host host = new()
        {
            Nodes = new FakeNodeSession((_, leave) =>
            {
                source.Cancel();
                return new NodeEnd(leave.IsCancellationRequested ? NodeEndKind.Left : NodeEndKind.Failed, "");
            }),
        };
        Assert.Equal(0, await host.Run(source.Token, "node", "--roles", "seed"));
    }

    [Fact]
    public async Task A_run_goes_on_in_its_folder_with_its_metrics()
    {
        using Host host = new() { Nodes = new FakeNodeSession((start, _) => Play(start)) };
        string directory = host.Folder.Sub("run");
        string[] arguments = ["node", "--roles", "seed,learner", "--port", "0", "--run-dir", directory];
        Assert.Equal(0, await host.Run(arguments));
        string metrics = Path.Combine(directory, "metrics.jsonl");
        // A process that is killed leaves half a line.
        await File.AppendAllTextAsync(metrics, "{\"type\":\"progr", TestContext.Current.CancellationToken);
        Assert.Equal(0, await host.Run(arguments));

        Assert.Equal(directory, host.Nodes.Start!.Options.Run.Directory);
        Assert.True(File.Exists(Path.Combine(directory, "returns.png")));
        string[] lines = await File.ReadAllLinesAsync(metrics, TestContext.Current.CancellationToken);
        string[] types = [.. lines.Where(line => line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!)];
        Assert.Equal(["progress", "evaluation", "summary", "progress", "evaluation", "summary"], types);
        Assert.Equal(7, lines.Length);
        Assert.Equal("evaluation step=10000 mean=487.25 sd=12.3457 min=431 max=500 episodes=100", host.Output.ToString().TrimEnd('\n').Split('\n')[^1]);
    }

    [Fact]
    public async Task Nobody_hears_of_progress_where_the_training_does_not_run()
    {
        using Host host = new() { Nodes = new FakeNodeSession((_, _) => new NodeEnd(NodeEndKind.Left, "")) };
        Assert.Equal(0, await host.Run("node", "--roles", "seed,learner", "--port", "0", "--run-dir", host.Folder.Sub("run")));
        Assert.Equal(["resolved.conf"], Directory.GetFileSystemEntries(host.Folder.Sub("run")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_folder_with_another_run_is_refused_with_the_keys_that_differ()
    {
        using Host host = new();
        string directory = host.Folder.Sub("run");
        string[] arguments = ["node", "--roles", "seed,learner", "--port", "0", "--run-dir", directory];
        Assert.Equal(0, await host.Run(arguments));
        // Until a training has begun there, nothing is lost with another configuration.
        Assert.Equal(0, await host.Run([.. arguments, "--set", "dqn.replay.shards=4"]));
        Assert.Equal(0, await host.Run(arguments));
        Directory.CreateDirectory(Path.Combine(directory, "checkpoint"));
        Assert.Equal(0, await host.Run([.. arguments, "--set", "dqn.runner.count=7", "--set", "dqn.learner.device=cpu"]));
        Assert.Equal(2, await host.Run([.. arguments, "--set", "dqn.network.hidden=[8]", "--set", "dqn.replay.shards=4"]));
        Assert.Equal(
            $"error: run directory {directory} holds a run with another configuration (dqn.network.hidden is [64, 64] there and [8] here; dqn.replay.shards is 2 there and 4 here): give the same configuration, or another folder with --run-dir",
            Lines(host)[^1]);
    }

    [Fact]
    public async Task A_run_goes_on_with_other_settings_where_that_is_forced_and_says_which()
    {
        using Host host = new() { Nodes = new FakeNodeSession((start, _) => Play(start)) };
        string directory = host.Folder.Sub("run");
        string file = Path.Combine(directory, "resolved.conf");
        string[] arguments = ["node", "--roles", "seed,learner", "--port", "0", "--run-dir", directory, "--set", "dqn.stop.steps=100000"];
        Assert.Equal(0, await host.Run(arguments));
        Directory.CreateDirectory(Path.Combine(directory, "checkpoint"));
        string[] changed = [.. arguments, "--set", "dqn.replay.samples-per-insert=16", "--set", "dqn.stop.steps=900000", "--set", "dqn.learner.learning-rate=0.01"];

        Assert.Equal(2, await host.Run(changed));
        Assert.Contains("dqn.stop.steps is 100000 there and 900000 here", Lines(host)[^1], StringComparison.Ordinal);
        Assert.EndsWith(": give the same configuration, another folder with --run-dir, or --force to go on with this one", Lines(host)[^1], StringComparison.Ordinal);
        string before = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

        Assert.Equal(0, await host.Run([.. changed, "--force"]));
        string warning = Assert.Single(Lines(host), line => line.Contains("--force demands", StringComparison.Ordinal));
        Assert.Contains(" warn ", warning, StringComparison.Ordinal);
        Assert.Contains($"the run in {directory} goes on with other settings, as --force demands: ", warning, StringComparison.Ordinal);
        Assert.Contains("dqn.learner.learning-rate from ", warning, StringComparison.Ordinal);
        Assert.Contains("dqn.replay.samples-per-insert from ", warning, StringComparison.Ordinal);
        string after = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.NotEqual(before, after);

        // From now on these are the run's settings, and the old ones are others.
        Assert.Equal(0, await host.Run(changed));
        Assert.Equal(2, await host.Run(arguments));
        Assert.Equal(after, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("dqn.replay.prioritized=true", "prioritized is false there and true here; alpha is 0 there and 0.6 here; priority-epsilon is 0 there and 1E-06 here")]
    [InlineData("dqn.learner.n-step=2", "n-step is 1 there and 2 here")]
    [InlineData("dqn.learner.gamma=0.5", "gamma is 0.99 there and 0.5 here")]
    [InlineData("dqn.replay.alpha=0.4", null)]
    [InlineData("dqn.replay.capacity=60000", null)]
    public async Task Settings_that_the_shards_files_do_not_fit_are_told_before_a_node_starts(string assignment, string? misfit)
    {
        using Host host = new() { Nodes = new FakeNodeSession((start, _) => Play(start)) };
        string directory = host.Folder.Sub("run");
        string[] arguments =
        [
            "node", "--roles", "seed,learner", "--port", "0", "--run-dir", directory,
            "--set", "dqn.replay.prioritized=false", "--set", "dqn.learner.n-step=1", "--set", "dqn.learner.gamma=0.99",
        ];
        Assert.Equal(0, await host.Run(arguments));
        Directory.CreateDirectory(Path.Combine(directory, "checkpoint"));

        Assert.Equal(2, await host.Run([.. arguments, "--set", assignment]));
        string end = misfit is null ? "--force to go on with this one" : $"--force to go on with this one, which sets the replay shards' files aside ({misfit})";
        Assert.EndsWith(end, Lines(host)[^1], StringComparison.Ordinal);

        Assert.Equal(0, await host.Run([.. arguments, "--set", assignment, "--force"]));
        string warning = Assert.Single(Lines(host), line => line.Contains("--force demands", StringComparison.Ordinal));
        string told = $"; the replay shards' files do not fit that ({misfit}) and are set aside, so the shards begin empty";
        Assert.Equal(misfit is not null, warning.EndsWith(told, StringComparison.Ordinal));
        Assert.Equal(misfit is not null, warning.Contains("set aside", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dqn.environment.max-episode-steps=77")]
    [InlineData("dqn.network.hidden=[8]")]
    [InlineData("dqn.learner.optimizer=rmsprop")]
    [InlineData("dqn.replay.shards=4")]
    public async Task What_the_state_of_a_run_is_laid_out_by_cannot_be_forced(string assignment)
    {
        using Host host = new() { Nodes = new FakeNodeSession((start, _) => Play(start)) };
        string directory = host.Folder.Sub("run");
        string[] arguments = ["node", "--roles", "seed,learner", "--port", "0", "--run-dir", directory];
        Assert.Equal(0, await host.Run(arguments));
        Directory.CreateDirectory(Path.Combine(directory, "checkpoint"));

        Assert.Equal(2, await host.Run([.. arguments, "--force", "--set", assignment, "--set", "dqn.stop.minutes=5"]));
        string key = assignment[..assignment.IndexOf('=', StringComparison.Ordinal)];
        Assert.StartsWith(
            $"error: the run in {directory} cannot go on with other values of these keys, --force or not ({key} is ", Lines(host)[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("stop.minutes", Lines(host)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_folder_lacks_or_holds_in_vain_is_told_before_a_node_starts()
    {
        using Host host = new();
        string directory = host.Folder.Sub("run");
        string checkpoint = host.Folder.Write("run/checkpoint/manifest-1.json", "{}");
        DurableRun.Write(directory);
        string[] arguments = ["node", "--roles", "seed,learner,replay", "--port", "0", "--run-dir", directory];

        Assert.Equal(0, await host.Run([.. arguments, "--set", "dqn.replay.durable=false"]));
        string[] warnings = [.. Lines(host).Where(line => line.Contains(" warn ", StringComparison.Ordinal))];
        Assert.Equal(3, warnings.Length);
        Assert.EndsWith(
            $"{directory} has a checkpoint but no resolved.conf: whether the run goes on under the settings that it had cannot be compared",
            warnings[0],
            StringComparison.Ordinal);
        Assert.EndsWith("(run-id): the run gets a new one, and its shards set their files aside, as another run's, and begin empty", warnings[1], StringComparison.Ordinal);
        Assert.EndsWith(
            $"dqn.replay.durable = false: the 2 shard files in {Path.Combine(directory, "replay")} are not used, and the shards begin empty",
            warnings[2],
            StringComparison.Ordinal);

        // Now it has a configuration; where no training has begun nothing is missing.
        host.Folder.Write("run/run-id", "00000000000000a1");
        Assert.Equal(0, await host.Run(arguments));
        File.Delete(checkpoint);
        File.Delete(host.Folder.Sub("run/run-id"));
        File.Delete(host.Folder.Sub("run/resolved.conf"));
        Assert.Equal(0, await host.Run(arguments));
        Assert.Equal(3, Lines(host).Count(line => line.Contains(" warn ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_that_is_refused_leaves_the_settings_of_a_run_alone()
    {
        using Host host = new() { Nodes = new FakeNodeSession((_, _) => new NodeEnd(NodeEndKind.Refused, "another configuration")) };
        string directory = host.Folder.Sub("run");
        string[] arguments = ["node", "--roles", "seed,learner", "--port", "0", "--run-dir", directory];
        Assert.Equal(2, await host.Run(arguments));
        Directory.CreateDirectory(Path.Combine(directory, "checkpoint"));
        string before = await File.ReadAllTextAsync(Path.Combine(directory, "resolved.conf"), TestContext.Current.CancellationToken);

        Assert.Equal(2, await host.Run([.. arguments, "--force", "--set", "dqn.stop.minutes=5"]));
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(directory, "resolved.conf"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_one_line()
    {
        using Host host = new();
        host.Folder.Write("file", "");
        Assert.Equal(2, await host.Run("node", "--roles", "seed,learner", "--run-dir", host.Folder.Sub("file/run")));
        Assert.StartsWith($"error: run directory {host.Folder.Sub("file/run")} cannot be written (", Assert.Single(Lines(host)), StringComparison.Ordinal);
        Assert.Null(host.Nodes.Start);
    }

    [Fact]
    public async Task The_configuration_of_a_node_still_trains_in_one_process()
    {
        using Host host = new();
        string file = host.Folder.Write("x.conf", "dqn { remote { hostname = \"10.1.2.3\", port = 4053, seed-nodes = [\"a:1\"] }\n health.port = 8080 }");
        Assert.Equal(0, await host.Run("train", "--config", file, "--run-dir", host.Folder.Sub("run")));
        Assert.False(host.Session.Akka.HasPath("akka.remote"));
    }

    private static string[] Lines(Host host) => host.Error.ToString().TrimEnd('\n').Split('\n');

    private static NodeEnd Play(NodeStart start)
    {
        IReadOnlyList<IProgressSink> sinks = start.OpenSinks();
        foreach (IProgressSink sink in sinks)
        {
            sink.Report(Samples.Report(1, 1_000));
            sink.Evaluated(Samples.Evaluation(5_000, 200));
            sink.Completed(Samples.Summary(StopReason.Score));
        }

        foreach (IDisposable sink in sinks.OfType<IDisposable>())
        {
            sink.Dispose();
        }

        return new NodeEnd(NodeEndKind.RunEnded, "", StopReason.Score);
    }
}
