using System.Globalization;
using System.Text.Json;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class ReplayInspectCommandTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_and_its_exported_file_show_the_same(bool isExported)
    {
        using Host host = new();
        using Host other = new();
        DurableRun.Write(host.Folder.Path);
        string output = host.Folder.Sub("out.parquet");
        Assert.Equal(0, await other.Run("replay", "export", host.Folder.Path, "--output", output));

        int code = await host.Run("replay", "inspect", isExported ? output : host.Folder.Path, "--json");

        Assert.Equal((0, ""), (code, host.Error.ToString()));
        JsonElement document = JsonDocument.Parse(host.Output.ToString()).RootElement;
        Assert.Equal("CartPole-v1", document.GetProperty("environment").GetString());
        JsonElement[] shards = [.. document.GetProperty("shards").EnumerateArray()];
        Assert.Equal([(150L, 50L, 100L, 1_000L, 100L), (100L, 0L, 100L, 1_001L, 100L)], shards.Select(shard => (
            Long(shard, "inserted"), Long(shard, "evicted"), Long(shard, "capacity"), Long(shard, "incarnation"), Long(shard.GetProperty("survey"), "transitions"))));
        JsonElement all = document.GetProperty("all");
        Assert.Equal((200L, 20L, 4L), (Long(all, "transitions"), Long(all, "terminated"), Long(all, "truncated")));
        JsonElement returns = all.GetProperty("returns");
        Assert.Equal((0.0, 149.0, 74.5), (Number(returns, "min"), Number(returns, "max"), Number(returns, "mean")));
        // Of both shards the ages are 0 to 99.
        Assert.Equal([16L, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 8], Counts(all, "ages"));
        Assert.Equal(200, Counts(all, "priorities").Sum());
        // (1 + number)^0.6 goes from 1 to 20.2.
        Assert.Equal(1, Number(all.GetProperty("priorities")[0], "from"));
        Assert.Equal(32, Number(all.GetProperty("priorities")[4], "below"));
    }

    [Fact]
    public async Task The_tables_have_a_row_for_each_shard_and_one_for_all()
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path);

        Assert.Equal(0, await host.Run("replay", "inspect", host.Folder.Path));

        string[] lines = host.Output.ToString().Split('\n');
        Assert.Equal("CartPole-v1: observations 2 × Float32, 3 actions, n-step 1, gamma 0.99", lines[0]);
        Assert.StartsWith("shard  transitions  capacity  inserted  inherited  evicted  mass", lines[2], StringComparison.Ordinal);
        Assert.Matches("^0 +100 +100 +150 +0 +50 +\\S+ +99\\.5 +10 % +2 % +[0-9]+ +1000 +whole$", lines[3]);
        Assert.Matches("^1 +100 +100 +100 +0 +0 +", lines[4]);
        Assert.Matches("^all +200 +200 +250 +0 +50 +\\S+ +74\\.5 +10 % +2 % +[0-9]+ +–$", lines[5]);
        Assert.Contains("1-step returns: min 0, mean 74.5, max 149, sd 38.19", host.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("0     8      16           ####", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("shard-1.set-aside")]
    public async Task A_single_file_of_a_shard_can_be_looked_at_and_taken_away(string? aside)
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        string path = ShardFiles.Find(host.Folder.Path)[1];
        if (aside is not null)
        {
            string moved = Path.Combine(Path.GetDirectoryName(path)!, aside);
            File.Move(path, moved);
            path = moved;
        }

        Assert.Equal((0, ""), (await host.Run("replay", "inspect", path), host.Error.ToString()));
        Assert.Matches("^1 +100 +100 +100 +0 +0 +.* whole$", host.Output.ToString().Split('\n')[3]);

        string output = host.Folder.Sub("out.parquet");
        Assert.Equal((0, ""), (await host.Run("replay", "export", path, "--output", output), host.Error.ToString()));
        using ParquetReplayFile file = ParquetReplayFile.Open(output);
        Assert.Equal((100L, 1), (file.Count, Assert.Single(file.Shards).Description.Shard));
    }

    [Fact]
    public async Task A_file_that_is_not_whole_says_so()
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        string path = ShardFiles.Find(host.Folder.Path)[1];
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        // Where transition 42 has its observation.
        int place = bytes.AsSpan().IndexOf(BitConverter.GetBytes(0.042f));
        bytes[place] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (await host.Run("replay", "inspect", host.Folder.Path), host.Error.ToString()));

        string[] lines = host.Output.ToString().Split('\n');
        Assert.EndsWith(" whole", lines[3], StringComparison.Ordinal);
        string[] cells = lines[4].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.EndsWith($" {100 - int.Parse(cells[1], CultureInfo.InvariantCulture)} left out, 1 of them damaged", lines[4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "whole")]
    [InlineData(3, 0, "3 left out, which were being replaced")]
    [InlineData(3, 2, "3 left out, 2 of them damaged")]
    public void What_is_left_out_is_told_with_its_reason(int dropped, int damaged, string state) => Assert.Equal(state, RunReplay.StateOf(dropped, damaged));

    [Fact]
    public async Task A_single_file_that_is_damaged_is_named()
    {
        using Host host = new();
        string path = host.Folder.Write("shard-0.set-aside", "what is this");

        Assert.Equal(2, await host.Run("replay", "inspect", path));

        Assert.StartsWith($"error: {path} is too short for a file of a replay shard: this shard cannot be read", host.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 2)]
    [InlineData(1, 2, 2)]
    public async Task A_shard_that_has_no_file_is_named(int lost, int configured, int count)
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        File.Delete(ShardFiles.Find(host.Folder.Path)[lost]);
        if (configured > 0)
        {
            host.Folder.Write("resolved.conf", $"dqn {{ environment.id = \"CartPole-v1\", replay.shards = {configured} }}");
        }

        Assert.Equal(0, await host.Run("replay", "inspect", host.Folder.Path));
        Assert.Contains($"shard {lost} of {count} has no file here", host.Output.ToString().Split('\n'));
        Assert.Equal("", host.Error.ToString());

        host.Output.GetStringBuilder().Clear();
        Assert.Equal(0, await host.Run("replay", "inspect", host.Folder.Path, "--json"));
        JsonElement missing = JsonDocument.Parse(host.Output.ToString()).RootElement.GetProperty("missingShards");
        Assert.Equal([lost], missing.EnumerateArray().Select(index => index.GetInt32()));

        Assert.Equal(0, await host.Run("replay", "export", host.Folder.Path, "--output", host.Folder.Sub("out.parquet")));
        Assert.Equal($"warning: shard {lost} of {count} has no file here: what is exported lacks its transitions\n", host.Error.ToString());
    }

    private static long Long(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static long[] Counts(JsonElement survey, string name) => [.. survey.GetProperty(name).EnumerateArray().Select(bin => Long(bin, "transitions"))];
}
