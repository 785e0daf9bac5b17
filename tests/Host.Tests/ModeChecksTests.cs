using System.Text.RegularExpressions;
using DqnAkka.Actors;

namespace DqnAkka.Host.Tests;

public sealed class ModeChecksTests
{
    private const string ServerMode = "dqn.learner.mode=parameter-server";

    [Theory]
    [InlineData("parameter-server", "single", "the role parameter-server holds ranges of the parameters, which dqn.learner.mode = single has none of: give every node dqn.learner.mode = parameter-server, or leave the role out")]
    [InlineData("gradient", "data-parallel", "the role gradient computes gradients for a parameter server, which dqn.learner.mode = data-parallel has none of: give every node dqn.learner.mode = parameter-server, or leave the role out")]
    [InlineData("runner,gradient", "single", "the role gradient computes gradients for a parameter server, which dqn.learner.mode = single has none of: give every node dqn.learner.mode = parameter-server, or leave the role out")]
    public async Task A_role_without_a_part_in_the_mode_is_one_line(string roles, string mode, string expected)
    {
        using Host host = new();
        Assert.Equal(2, await host.Run("node", "--roles", roles, "--seed-node", "127.0.0.1:4053", "--set", $"dqn.learner.mode={mode}"));
        Assert.Equal($"error: {expected}\n", host.Error.ToString());
        Assert.Null(host.Nodes.Start);
    }

    [Fact]
    public async Task A_node_of_the_parameter_server_gets_its_options()
    {
        using Host host = new();
        int code = await host.Run(
            "node", "--roles", "gradient,parameter-server", "--seed-node", "127.0.0.1:4053", "--set", ServerMode, "--set", "dqn.gradient.workers=3",
            "--set", "dqn.parameter-server.shards=4", "--set", "dqn.parameter-server.compression=top-k", "--set", "dqn.parameter-server.top-k-share=0.25",
            "--set", "dqn.learner.optimizer=adagrad");
        Assert.Equal(0, code);
        NodeStart start = host.Nodes.Start!;
        Assert.Equal([ClusterRoles.ParameterServer, ClusterRoles.Gradient], start.Node.Roles);
        Assert.Equal((Learner.LearnerMode.ParameterServer, Learner.OptimizerKind.AdaGrad), (start.Options.Learner.Mode, start.Options.Learner.Optimizer));
        Assert.Equal((3, 4, 0.25), (start.Options.Gradient.Workers, start.Options.ParameterServer.Shards, start.Options.ParameterServer.TopKShare));
        Assert.True(start.Akka.HasPath("akka.coordinated-shutdown.phases.service-stop.timeout"));
        Assert.True(start.Akka.HasPath("akka.cluster.sharding.updating-state-timeout"));
    }

    [Theory]
    [InlineData("gradient", ServerMode, true)]
    [InlineData("parameter-server", ServerMode, false)]
    [InlineData("runner", ServerMode, false)]
    [InlineData("learner", ServerMode, false)]
    [InlineData("learner", "dqn.learner.mode=data-parallel", true)]
    [InlineData("learner", "dqn.learner.mode=single", true)]
    public async Task Only_a_node_that_computes_steps_chooses_a_device(string roles, string mode, bool expected)
    {
        using Host host = new();
        Assert.Equal(0, await host.Run(
            "node", "--roles", roles, "--seed-node", "127.0.0.1:4053", "--run-dir", host.Folder.Sub("run"), "--set", mode, "--set", "dqn.learner.device=cpu"));
        Assert.Equal(expected, host.Error.ToString().Contains("learner device cpu: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gradient", ServerMode)]
    [InlineData("learner", "dqn.learner.mode=single")]
    public async Task A_device_that_is_not_there_is_the_users_mistake(string roles, string mode)
    {
        using Host host = new();
        Assert.Equal(2, await host.Run(
            "node", "--roles", roles, "--seed-node", "127.0.0.1:4053", "--run-dir", host.Folder.Sub("run"), "--set", mode, "--set", "dqn.learner.device=cuda:97"));
        Assert.StartsWith("error: dqn.learner.device = cuda:97 is not there: ", Assert.Single(host.Error.ToString().TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Null(host.Nodes.Start);
    }

    [Theory]
    [InlineData("train --run-dir {0}")]
    [InlineData("node --roles parameter-server --seed-node 127.0.0.1:4053")]
    [InlineData("node --roles seed,learner --run-dir {0}")]
    public async Task More_ranges_than_the_network_has_room_for_are_refused_before_anything_starts(string line)
    {
        using Host host = new();
        string[] arguments = [.. line.Split(' ').Select(argument => argument == "{0}" ? host.Folder.Sub("run") : argument)];
        Assert.Equal(2, await host.Run([.. arguments, "--set", ServerMode, "--set", "dqn.network.hidden=[8]", "--set", "dqn.parameter-server.shards=1000"]));
        // 2 · 8 + 8 weights and biases, then 8 · 3 + 3.
        Assert.Matches(
            @"^error: dqn\.parameter-server\.shards = 1000 are more ranges than .+ can be cut into \(51 parameters, 16 and more in each\): give at most [0-9]+\n$",
            host.Error.ToString());
        Match most = Regex.Match(host.Error.ToString(), "at most ([0-9]+)");
        Assert.Equal(0, await host.Run([.. arguments, "--set", ServerMode, "--set", "dqn.network.hidden=[8]", "--set", $"dqn.parameter-server.shards={most.Groups[1].Value}"]));
    }

    [Fact]
    public async Task A_training_in_one_process_waits_for_no_more_workers_than_it_has()
    {
        using Host host = new();
        string[] synchronous = ["--set", ServerMode, "--set", "dqn.parameter-server.synchronous=true", "--set", "dqn.parameter-server.gradients-per-update=3"];
        Assert.Equal(2, await host.Run(["train", "--run-dir", host.Folder.Sub("run"), .. synchronous, "--set", "dqn.gradient.workers=2"]));
        Assert.Equal(
            "error: dqn.parameter-server.gradients-per-update = 3 are more than dqn.gradient.workers = 2 will ever give, and train is one process: give more workers, or fewer gradients\n",
            host.Error.ToString());
        Assert.Equal(0, await host.Run(["node", "--roles", "gradient", "--seed-node", "127.0.0.1:4053", .. synchronous]));
    }

    [Fact]
    public async Task Replicas_on_other_nodes_are_none_of_a_training_in_one_process()
    {
        using Host host = new();
        Assert.Equal(2, await host.Run("train", "--run-dir", host.Folder.Sub("run"), "--set", "dqn.learner.mode=data-parallel", "--set", "dqn.learner.replicas=3"));
        Assert.Equal(
            "error: dqn.learner.replicas = 3 is for node: train is one process; give dqn.learner.devices = [cpu, cpu] for replicas within it, or dqn.learner.replicas = 1\n",
            host.Error.ToString());
        Assert.False(Directory.Exists(host.Folder.Sub("run")));
        Assert.Equal(0, await host.Run(
            "node", "--roles", "seed,learner", "--run-dir", host.Folder.Sub("run"), "--set", "dqn.learner.mode=data-parallel", "--set", "dqn.learner.replicas=3"));
        Assert.Equal(3, host.Nodes.Start!.Options.Learner.Replicas);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("node --roles seed,learner")]
    public async Task One_of_several_devices_that_is_not_there_is_named(string command)
    {
        using Host host = new();
        Assert.Equal(2, await host.Run(
        [
            .. command.Split(' '), "--run-dir", host.Folder.Sub("run"), "--set", "dqn.learner.mode=data-parallel", "--set", "dqn.learner.devices=[cpu, \"cuda:97\"]",
        ]));
        Assert.StartsWith("error: dqn.learner.devices[1] = cuda:97 is not there: ", Assert.Single(host.Error.ToString().TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Null(host.Nodes.Start);
        Assert.False(Directory.Exists(host.Folder.Sub("run")));
    }

    [Fact]
    public async Task A_training_in_one_process_takes_devices()
    {
        using Host host = new();
        Assert.Equal(0, await host.Run(
            "train", "--run-dir", host.Folder.Sub("run"), "--set", "dqn.learner.mode=data-parallel", "--set", "dqn.learner.devices=[cpu, cpu]"));
        Assert.Equal(["cpu", "cpu"], host.Session.Options!.Learner.Devices);
        Assert.Contains("learner devices cpu, cpu: ", host.Output.ToString(), StringComparison.Ordinal);
    }
}
