using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class SizeTests
{
    // D = 4: 11 numbers of 4 bytes.
    [Fact]
    public void A_buffer_just_below_the_memory_fits() => ReplayMemory.Require(new ReplayOptions { Capacity = 1_000 }, 4, 44_001);

    [Theory]
    [InlineData(false, "dqn.replay.capacity = 1000000 needs 0.044 GB for transitions of 44 bytes, more than the 0.04 GB available: give less than 909091")]
    [InlineData(true, "dqn.replay.capacity = 1000000 needs 0.06 GB for transitions of 60 bytes, more than the 0.04 GB available: give less than 666667")]
    public void A_buffer_beyond_the_memory_is_one_line_with_its_size(bool prioritized, string expected)
    {
        ReplayOptions replay = new() { Capacity = 1_000_000, Prioritized = prioritized };
        UserErrorException exception = Assert.Throws<UserErrorException>(() => ReplayMemory.Require(replay, 4, 40_000_000));
        Assert.Equal([expected], exception.Lines);
    }

    [Fact]
    public void A_shard_beyond_one_array_is_one_line_that_says_how_many_shards_it_takes()
    {
        ReplayOptions replay = new() { Capacity = 2_000_000_000, Shards = 2 };
        UserErrorException exception = Assert.Throws<UserErrorException>(() => ReplayMemory.Require(replay, 4, long.MaxValue));

        // Array.MaxLength = 2147483591 numbers, 11 a row.
        Assert.Equal(
            ["dqn.replay.capacity = 2000000000 needs 88.0 GB for transitions of 44 bytes, but each of dqn.replay.shards = 2 holds at most 195225781 of them: give at least 11 shards or a smaller capacity"],
            exception.Lines);
        ReplayMemory.Require(replay with { Shards = 11 }, 4, long.MaxValue);
    }

    [Fact]
    public async Task A_buffer_that_cannot_fit_leaves_no_folder()
    {
        using Host host = new() { Environments = new FakeEnvironments(_ => new CountingVector(1, size: 100_000)) };
        int code = await host.Run("train", "--run-dir", host.Folder.Sub("run"), "--set", "dqn.replay.capacity=2000000000");
        Assert.Equal(2, code);
        Assert.StartsWith("error: dqn.replay.capacity = 2000000000 needs 1600024.0 GB for transitions of 800012 bytes, more than", host.Error.ToString(), StringComparison.Ordinal);
        Assert.Single(host.Error.ToString().TrimEnd('\n').Split('\n'));
        Assert.False(Directory.Exists(host.Folder.Sub("run")));
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
}
