using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

/// <summary>Whether shards keep files, and where, is settled before anything starts.</summary>
public sealed class DurableReplayTests
{
    [Theory]
    [InlineData("replay", "auto", true, ReplayDurability.On)]
    [InlineData("replay", "auto", false, ReplayDurability.Off)]
    [InlineData("replay", "false", true, ReplayDurability.Off)]
    [InlineData("replay", "true", true, ReplayDurability.On)]
    [InlineData("runner", "true", false, ReplayDurability.Off)]
    public async Task A_node_with_shards_and_a_folder_is_durable_unless_the_user_says_otherwise(string role, string durable, bool hasFolder, ReplayDurability expected)
    {
        using Host host = new();
        string[] folder = hasFolder ? ["--run-dir", host.Folder.Sub("run")] : [];
        Assert.Equal(0, await host.Run(["node", "--roles", role, "--seed-node", "127.0.0.1:4053", "--set", $"dqn.replay.durable={durable}", .. folder]));
        Assert.Equal(expected, host.Nodes.Start!.Options.Replay.Durable);
        Assert.Equal(role == "replay" && durable == "auto" && !hasFolder, host.Error.ToString().Contains("is lost if the process is killed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Durable_without_a_folder_is_bad_input()
    {
        using Host host = new();
        Assert.Equal(2, await host.Run("node", "--roles", "replay", "--seed-node", "127.0.0.1:4053", "--set", "dqn.replay.durable=true"));
        Assert.Contains("--run-dir", host.Error.ToString(), StringComparison.Ordinal);
        Assert.Null(host.Nodes.Start);
    }

    [Fact]
    public async Task A_folder_that_cannot_hold_files_is_named_before_the_node_starts()
    {
        using Host host = new();
        string directory = host.Folder.Sub("run");
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, ShardFiles.FolderName), "", TestContext.Current.CancellationToken);
        Assert.Equal(2, await host.Run("node", "--roles", "replay", "--seed-node", "127.0.0.1:4053", "--run-dir", directory));
        Assert.Contains(Path.Combine(directory, ShardFiles.FolderName), host.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("dqn.replay.durable = false", host.Error.ToString(), StringComparison.Ordinal);
        Assert.Null(host.Nodes.Start);
    }
}
