using System.Diagnostics;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class ReplayExportCommandTests
{
    [Theory]
    [InlineData(RemovalKind.Fifo)]
    [InlineData(RemovalKind.LowestPriority)]
    public async Task What_the_shards_hold_is_in_the_file_in_the_order_of_arrival(RemovalKind removal)
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path, removal);
        string output = host.Folder.Sub("out.parquet");

        int code = await host.Run("replay", "export", host.Folder.Path, "--output", output);

        Assert.Equal((0, ""), (code, host.Error.ToString()));
        Assert.Equal($"200 transitions of 2 shards are in {output}, {new FileInfo(output).Length} bytes\n", host.Output.ToString());
        Assert.False(File.Exists(output + ".tmp"));
        using ParquetReplayFile file = ParquetReplayFile.Open(output);
        Assert.Equal(
            new ReplayDescription
            {
                Observation = DurableRun.Format,
                Environment = "CartPole-v1",
                ActionCount = 3,
                Gamma = 0.99,
                IsPrioritized = true,
                Alpha = 0.6,
                PriorityEpsilon = 1e-6,
                Steps = 250,
            },
            file.Description);
        // By priority, too, the oldest leave here: they have the smallest errors.
        long[][] keys = [.. Enumerable.Range(0, 2).Select(shard => Enumerable.Range(shard == 0 ? 50 : 0, 100).Select(key => (long)key).ToArray())];
        for (int shard = 0; shard < 2; shard++)
        {
            ReplayRows rows = Assert.Single(file.Shards[shard].Read(1_000));
            Assert.Equal(keys[shard], rows.Keys);
            Assert.Equal(keys[shard].Select(key => (float)key), rows.Transitions.Returns);
            Assert.Equal(keys[shard].Select(key => key % 10 == 9 ? 0 : 0.99f), rows.Transitions.Discounts);
            Assert.All(keys[shard].Zip(rows.Masses), pair => Assert.Equal(Math.Pow(1 + pair.First + 1e-6, 0.6), pair.Second, 1e-9));
        }

        Assert.Equal((150L, 100L), (file.Shards[0].Description.Inserts, file.Shards[1].Description.Inserts));
        Assert.Equal([50L, 0L], file.Shards.Select(shard => shard.Description.Evicted));
    }

    [Fact]
    public async Task The_runs_own_configuration_names_seed_and_algorithm()
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        host.Folder.Write("resolved.conf", "dqn { environment.id = \"CartPole-v1\", run.seed = 77, learner.algorithm = double-dqn }");

        Assert.Equal((0, ""), (await host.Run("replay", "export", host.Folder.Path, "--output", host.Folder.Sub("out.parquet")), host.Error.ToString()));

        using ParquetReplayFile file = ParquetReplayFile.Open(host.Folder.Sub("out.parquet"));
        Assert.Equal((77UL, "double-dqn"), (file.Description.Seed!.Value, file.Description.Algorithm));
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_by_force()
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        string output = host.Folder.Write("out.parquet", "precious");

        Assert.Equal(2, await host.Run("replay", "export", host.Folder.Path, "--output", output));
        Assert.Equal($"error: --output {output} exists: give another name, or --force to replace it\n", host.Error.ToString());
        Assert.Equal("precious", await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));

        Assert.Equal(0, await host.Run("replay", "export", host.Folder.Path, "--output", output, "--force"));
        using ParquetReplayFile file = ParquetReplayFile.Open(output);
        Assert.Equal(200, file.Count);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task What_is_no_regular_file_is_never_replaced(bool isLinked, bool isForced)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are no files there");
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        string pipe = host.Folder.Sub("pipe");
        using (Process make = Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, make.ExitCode);
        }

        string output = isLinked ? host.Folder.Sub("link") : pipe;
        if (isLinked)
        {
            File.CreateSymbolicLink(output, pipe);
        }

        string[] force = isForced ? ["--force"] : [];
        Assert.Equal(2, await host.Run(["replay", "export", host.Folder.Path, "--output", output, .. force]));

        Assert.Equal($"error: --output {output} is no regular file: give another --output\n", host.Error.ToString());
        Assert.False(FileKind.IsRegular(output));
        Assert.True(FileKind.IsRegular(ShardFiles.Find(host.Folder.Path)[0]));
        Assert.False(File.Exists(output + ".tmp"));
    }

    [Fact]
    public async Task Files_that_a_node_has_open_are_left_alone()
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        using ShardMemory memory = DurableRun.Open(host.Folder.Path, 1);

        Assert.Equal(1, await host.Run("replay", "export", host.Folder.Path, "--output", host.Folder.Sub("out.parquet")));
        Assert.Equal($"error: {memory.Path} is in use by another process: export when the node has ended\n", host.Error.ToString());
        Assert.Equal(1, await host.Run("replay", "inspect", host.Folder.Path));
        Assert.False(File.Exists(host.Folder.Sub("out.parquet")));
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        string damaged = ShardFiles.Find(host.Folder.Path)[0];
        await File.WriteAllTextAsync(damaged, "what is this", TestContext.Current.CancellationToken);

        Assert.Equal(2, await host.Run("replay", "export", host.Folder.Path, "--output", host.Folder.Sub("out.parquet")));

        Assert.StartsWith($"error: {damaged} is too short for a file of a replay shard: ", host.Error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(host.Folder.Sub("out.parquet")));
    }

    [Fact]
    public async Task A_folder_without_files_and_an_output_without_a_folder_are_named()
    {
        using Host host = new();

        Assert.Equal(2, await host.Run("replay", "export", host.Folder.Path, "--output", host.Folder.Sub("out.parquet")));
        Assert.Equal(2, await host.Run("replay", "export", host.Folder.Sub("none"), "--output", host.Folder.Sub("out.parquet")));
        Assert.Equal(2, await host.Run("replay", "export", host.Folder.Path, "--output", host.Folder.Sub("none/out.parquet")));
        Assert.Equal(2, await host.Run("replay", "export", host.Folder.Path, "--output", host.Folder.Path));

        string[] lines = host.Error.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(
            [
                $"error: {host.Folder.Path} holds no replay files (replay/shard-<i>-<incarnation>.replay): give the folder of a run that was trained with dqn.replay.durable = true",
                $"error: {host.Folder.Sub("none")} does not exist: give a run's folder",
                $"error: --output {host.Folder.Sub("none/out.parquet")} lies in no folder that exists: make it first",
                $"error: --output {host.Folder.Path} is a folder: name a file",
            ],
            lines);
    }

    [Fact]
    public async Task A_disk_that_is_full_ends_it_in_one_line_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's");
        using Host host = new();
        DurableRun.Write(host.Folder.Path);
        string output = host.Folder.Sub("out.parquet");
        File.CreateSymbolicLink($"{output}.tmp", "/dev/full");

        Assert.Equal(1, await host.Run("replay", "export", host.Folder.Path, "--output", output));

        string line = Assert.Single(host.Error.ToString().TrimEnd('\n').Split('\n'));
        Assert.StartsWith($"error: {output} cannot be written (", line, StringComparison.Ordinal);
        Assert.Equal([], Directory.GetFiles(host.Folder.Path));
    }
}
