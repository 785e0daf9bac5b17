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
