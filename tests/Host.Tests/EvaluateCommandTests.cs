using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class EvaluateCommandTests
{
    [Fact]
    public async Task A_run_is_evaluated_in_the_environment_of_its_own_configuration()
    {
        using Host host = new();
        host.Folder.Write("run/resolved.conf", "dqn { environment.id = \"Run-v1\", evaluation.episodes = 3 }");
        host.Folder.Write("run/checkpoint/manifest.json", "{}");

        Assert.Equal(0, await host.Run("eval", host.Folder.Sub("run")));
        Assert.Equal(0, await host.Run("eval", host.Folder.Sub("run/checkpoint") + "/"));

        // Copies end after 2, 3 and 4 steps at reward 1: mean 3, sd 1.
        const string Line = "evaluation mean=3 sd=1 min=2 max=4 episodes=3\n";
        Assert.Equal((Line + Line, ""), (host.Output.ToString(), host.Error.ToString()));
        Assert.Equal("Run-v1", host.Environments.Specification!.Id);
    }

    [Fact]
    public async Task The_policy_is_computed_as_the_key_says()
    {
        FakeCheckpoints checkpoints = new();
        using Host host = new() { Checkpoints = checkpoints };
        host.Folder.Write("c/manifest.json", "{}");
        Assert.Equal(0, await host.Run("eval", host.Folder.Sub("c"), "--episodes", "1"));
        Assert.Equal(ComputeBackend.Auto, checkpoints.Runner!.Backend);
        Assert.Equal(0, await host.Run("eval", host.Folder.Sub("c"), "--episodes", "1", "--set", "dqn.runner.backend=torch"));
        Assert.Equal(ComputeBackend.Torch, checkpoints.Runner.Backend);
    }

    [Fact]
    public async Task A_single_episode_has_no_deviation()
    {
        using Host host = new();
        host.Folder.Write("c/manifest.json", "{}");
        Assert.Equal(0, await host.Run("eval", host.Folder.Sub("c"), "--episodes", "1"));
        Assert.Equal("evaluation mean=2 sd=nan min=2 max=2 episodes=1\n", host.Output.ToString());
    }

    [Theory]
    [InlineData("Zed-v0", "Zed-v0", "")]
    [InlineData("A.B, C", "CartPole-v1", "A.B, C")]
    public async Task A_checkpoint_on_its_own_names_its_environment(string name, string id, string type)
    {
        using Host host = new() { Checkpoints = new FakeCheckpoints(environmentName: name) };
        host.Folder.Write("c/manifest.json", "{}");
        Assert.Equal(0, await host.Run("eval", host.Folder.Sub("c"), "--episodes", "1"));
        Assert.Equal((id, type), (host.Environments.Specification!.Id, host.Environments.Specification.Type));
    }

    [Fact]
    public async Task Set_and_config_choose_another_environment()
    {
        using Host host = new();
        host.Folder.Write("run/resolved.conf", "dqn.environment.id = \"Run-v1\"");
        host.Folder.Write("run/checkpoint/manifest.json", "{}");
        Assert.Equal(0, await host.Run("eval", host.Folder.Sub("run"), "--episodes", "1", "--config", "acrobot"));
        Assert.Equal("Acrobot-v1", host.Environments.Specification!.Id);
        Assert.Equal(0, await host.Run("eval", host.Folder.Sub("run"), "--episodes", "1", "--set", "dqn.environment.id=Set-v1"));
        Assert.Equal("Set-v1", host.Environments.Specification!.Id);
    }

    [Fact]
    public async Task A_network_of_another_shape_is_one_line()
    {
        using Host host = new() { Checkpoints = new FakeCheckpoints(new NetworkLayout(4, 2, new NetworkOptions())) };
        string path = host.Folder.Sub("c");
        host.Folder.Write("c/manifest.json", "{}");
        Assert.Equal(2, await host.Run("eval", path));
        Assert.Equal(
            $"error: the network of {path} (4-64-64-2 relu) takes 4 components and 2 actions, but Zed-v0 has 2 and 3: name the environment that it was trained on with --set dqn.environment.id=ID, and its wrappers, if it had any, with --set dqn.environment.wrappers=[...]\n",
            host.Error.ToString());
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_one_line()
    {
        using Host host = new();
        host.Folder.Write("c/damaged", "");
        Assert.Equal(2, await host.Run("eval", host.Folder.Sub("c")));
        Assert.Equal($"error: {host.Folder.Sub("c")} is damaged\n", host.Error.ToString());
    }

    [Theory]
    [InlineData("", CheckpointChoice.Newest)]
    [InlineData("--best", CheckpointChoice.Best)]
    public async Task The_newest_is_played_or_the_best_and_what_was_passed_over_is_told(string option, CheckpointChoice expected)
    {
        using Host host = new();
        host.Folder.Write("c/skipped", "");
        string[] arguments = ["eval", host.Folder.Sub("c"), "--episodes", "3", .. option.Length > 0 ? [option] : Array.Empty<string>()];
        Assert.Equal(0, await host.Run(arguments));
        Assert.Equal(expected, host.Checkpoints.Choice);
        Assert.Equal("warning: manifest-9.json is damaged\n", host.Error.ToString());
    }

    [Fact]
    public async Task One_checkpoint_can_be_named_by_its_manifest()
    {
        using Host host = new();
        host.Folder.Write("run/resolved.conf", "dqn.environment.id = Abc-v1");
        Assert.Equal(0, await host.Run("eval", host.Folder.Write("run/checkpoint/manifest-3.json", "{}"), "--episodes", "3"));
        Assert.Equal("Abc-v1", host.Environments.Specification!.Id);
    }

    [Fact]
    public async Task A_file_in_place_of_a_folder_is_called_a_file()
    {
        using Host host = new();
        string path = host.Folder.Write("c/manifest.json", "{}");
        Assert.Equal(2, await host.Run("eval", path));
        Assert.Equal($"error: {path} is a file, and no checkpoint's manifest-N.json: give a run's folder, or the checkpoint folder in it\n", host.Error.ToString());
    }

    [Fact]
    public async Task An_interrupted_evaluation_says_so()
    {
        using Host host = new();
        host.Folder.Write("c/manifest.json", "{}");
        Assert.Equal(130, await host.Run(new CancellationToken(true), "eval", host.Folder.Sub("c")));
    }
}
