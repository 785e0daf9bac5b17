namespace DqnAkka.Learner.Tests;

public sealed class ReplayBudgetTests
{
    [Fact]
    public void Shards_fit_until_the_limit_and_again_when_one_has_gone()
    {
        ReplayBudget budget = new(10_000_000_000);
        IDisposable first = budget.Take(0, 6_000_000_000);
        budget.Take(1, 4_000_000_000);
        ReplayMemoryException exception = Assert.Throws<ReplayMemoryException>(() => budget.Take(2, 500_000_000));
        Assert.Equal(
            "replay shard 2 needs 500 MB beside the 2 here that take 10.0 GB, more than the 10.0 GB that dqn.replay.memory-limit gives the shards of one process: raise the limit, start more nodes with the role replay, or lower dqn.replay.capacity",
            exception.Message);
        first.Dispose();
        first.Dispose();
        budget.Take(2, 6_000_000_000);
        Assert.Throws<ReplayMemoryException>(() => budget.Take(3, 1));
    }

    [Fact]
    public void Small_sizes_are_told_in_digits_that_differ()
    {
        ReplayBudget budget = new(3_000_000);
        budget.Take(0, 2_048_000);
        Assert.StartsWith(
            "replay shard 1 needs 2.048 MB beside the 1 here that take 2.048 MB, more than the 3 MB that ",
            Assert.Throws<ReplayMemoryException>(() => budget.Take(1, 2_048_000)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void No_limit_refuses_nothing() => new ReplayBudget(0).Take(0, long.MaxValue / 2).Dispose();
}
