using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class SizeTests
{
    private static readonly ObservationFormat Floats = new(ObservationType.Float32, 4);
    private static readonly ObservationFormat Bytes = new(ObservationType.UInt8, 400);

    // Four floats: a cache line for each transition, two shards of 500.
    [Fact]
    public void A_buffer_that_just_fits_has_a_limit_from_then_on()
    {
        TrainingOptions options = Options(new ReplayOptions { Capacity = 1_000 });
        Assert.Equal(64_000, ReplayMemory.Require(options, Floats, 2, 64_000).Replay.MemoryLimit);
        Assert.Equal(70_000, ReplayMemory.Require(Options(options.Replay with { MemoryLimit = 70_000 }), Floats, 2, 1).Replay.MemoryLimit);
        Assert.Throws<UserErrorException>(() => ReplayMemory.Require(options, Floats, 2, 63_999));
    }

    [Fact]
    public void A_buffer_beyond_the_memory_is_one_line_with_the_arithmetic_and_a_capacity_that_fits()
    {
        TrainingOptions options = Options(new ReplayOptions { Capacity = 1_000_000 });
        Assert.Equal(
            ["replay memory: 500000 transitions × 64 bytes (one row with both observations of 16) = 32 MB for each shard, times dqn.replay.shards = 2 = 64 MB, more than the 40 MB that this process may use (dqn.replay.memory-limit = auto): give dqn.replay.capacity = 625000 or less, or raise the limit"],
            Refused(options, Floats, 2, 40_000_000));
        ReplayMemory.Require(Options(options.Replay with { Capacity = 625_000 }), Floats, 2, 40_000_000);
    }

    [Fact]
    public void A_node_of_a_cluster_needs_room_for_one_shard()
    {
        TrainingOptions options = Options(new ReplayOptions { Capacity = 1_000_000, Prioritized = true, MemoryLimit = 100_000_000 });
        string line = Assert.Single(Refused(options, Bytes, 1, 1));
        Assert.StartsWith("replay memory: 500000 transitions × 500.", line, StringComparison.Ordinal);
        Assert.Contains(" bytes (row 32, 1.13 frames of 416) + ", line, StringComparison.Ordinal);
        Assert.Contains("MB for priorities = ", line, StringComparison.Ordinal);
        Assert.Contains("MB for each shard, times at least 1 of dqn.replay.shards = 2 here = ", line, StringComparison.Ordinal);
        Assert.Contains(", more than dqn.replay.memory-limit = 100 MB allows: give dqn.replay.capacity = ", line, StringComparison.Ordinal);
        int fits = int.Parse(line.Split("dqn.replay.capacity = ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        ReplayMemory.Require(Options(options.Replay with { Capacity = fits }), Bytes, 1, 1);
        Assert.Throws<UserErrorException>(() => ReplayMemory.Require(Options(options.Replay with { Capacity = fits + 2 }), Bytes, 1, 1));
    }

    [Fact]
    public void What_not_even_one_transition_fits_into_is_one_line() => Assert.EndsWith(
        "more than dqn.replay.memory-limit = 100 bytes allows: raise the limit or use an environment with smaller observations",
        Assert.Single(Refused(Options(new ReplayOptions { MemoryLimit = 100 }), Bytes, 2, 1)),
        StringComparison.Ordinal);

    [Fact]
    public void More_frames_than_can_be_numbered_are_one_line()
    {
        TrainingOptions options = Options(new ReplayOptions { Capacity = int.MaxValue, Shards = 1 });
        Assert.Equal(
            ["dqn.replay.capacity = 2147483647 is more transitions of 400 × UInt8 than dqn.replay.shards = 1 can number: give more shards or a smaller capacity"],
            Refused(options, Bytes, 1, long.MaxValue));
        ReplayMemory.Require(Options(options.Replay with { Shards = 3 }), Bytes, 3, long.MaxValue);
    }

    [Fact]
    public async Task A_buffer_that_cannot_fit_leaves_no_folder()
    {
        using Host host = new() { Environments = new FakeEnvironments(_ => new CountingVector(1, size: 100_000)) };
        int code = await host.Run("train", "--run-dir", host.Folder.Sub("run"), "--set", "dqn.replay.capacity=1e9");
        Assert.Equal(2, code);
        Assert.StartsWith("error: replay memory: 500000000 transitions × ", host.Error.ToString(), StringComparison.Ordinal);
        Assert.Single(host.Error.ToString().TrimEnd('\n').Split('\n'));
        Assert.False(Directory.Exists(host.Folder.Sub("run")));
    }

    [Theory]
    [InlineData("auto", 0, "auto")]
    [InlineData("8GiB", 8L << 30, "8GiB")]
    [InlineData("1.5 g", 3L << 29, "1536MiB")]
    [InlineData("500MB", 500_000_000, "500MB")]
    [InlineData("64k", 65_536, "64KiB")]
    [InlineData("12345 B", 12_345, "12345B")]
    public void Sizes_are_read_as_hocon_writes_them(string text, long bytes, string rendered)
    {
        ResolvedConfiguration configuration = new ConfigurationSource { Assignments = [$"dqn.replay.memory-limit={text}"] }.Resolve();
        Assert.Equal(bytes, configuration.Options.Replay.MemoryLimit);
        Assert.Contains($"memory-limit = {rendered}", configuration.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8QiB", "is no size")]
    [InlineData("-1GB", "is no size")]
    [InlineData("much", "is no size")]
    [InlineData("100", "is no size")]
    [InlineData("8gb", "is no size, as capital and small letters differ (did you mean 8GB?)")]
    [InlineData("1.5 KB", "is no size, as capital and small letters differ (did you mean 1.5kB?)")]
    [InlineData("8gib", "is no size, as capital and small letters differ (did you mean 8GiB?)")]
    [InlineData("0", "is no size")]
    [InlineData("0GB", "is out of range")]
    [InlineData("100000000TiB", "is out of range")]
    public void What_is_no_size_is_refused(string text, string complaint)
    {
        UserErrorException exception = Assert.Throws<UserErrorException>(
            () => new ConfigurationSource { Assignments = [$"dqn.replay.memory-limit={text}"] }.Resolve());
        Assert.Contains($"{complaint}: give a number above 0 with a unit, as 8GiB or 500MB, or auto", Assert.Single(exception.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Removal_by_priority_needs_priorities()
    {
        UserErrorException exception = Assert.Throws<UserErrorException>(
            () => new ConfigurationSource { Assignments = ["dqn.replay.removal=lowest-priority", "dqn.replay.prioritized=false"] }.Resolve());
        Assert.Contains("dqn.replay.removal = lowest-priority", Assert.Single(exception.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_too_large_to_train_is_one_line()
    {
        using Host host = new();
        Assert.Equal(2, await host.Run("train", "--run-dir", host.Folder.Sub("run"), "--set", "dqn.network.hidden=[65536, 4096]"));
        Assert.Equal(
            "error: dqn.network.hidden = [65536, 4096] is too large: the network has 268648451 parameters, at most 134217727 can be trained: give fewer or smaller hidden layers\n",
            host.Error.ToString());
    }

    [Fact]
    public async Task A_network_that_cannot_fit_is_one_line_and_leaves_no_folder()
    {
        using Host host = new();
        int code = await host.Run("train", "--run-dir", host.Folder.Sub("run"), "--set", "dqn.network.hidden=[65536, 65536]");
        Assert.Equal(2, code);
        Assert.Equal(
            "error: dqn.network.hidden = [65536, 65536] is too large: the network has 4295426051 parameters, more than the 2147483591 that one array holds, padding included: give fewer or smaller hidden layers\n",
            host.Error.ToString());
        Assert.False(Directory.Exists(host.Folder.Sub("run")));
    }

    private static TrainingOptions Options(ReplayOptions replay) =>
        new() { Environment = new EnvironmentSpecification { Id = "any" }, Replay = replay };

    private static IReadOnlyList<string> Refused(TrainingOptions options, ObservationFormat format, int shards, long available) =>
        Assert.Throws<UserErrorException>(() => ReplayMemory.Require(options, format, shards, available)).Lines;
}
