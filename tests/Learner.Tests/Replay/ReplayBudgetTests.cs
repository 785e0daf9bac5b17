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
            "replay shard 2 needs 0.5 GB beside the 2 here that take 10.0 GB, more than the 10.0 GB that dqn.replay.memory-limit gives the shards of one process: raise the limit, start more nodes with the role replay, or lower dqn.replay.capacity",
            exception.Message);
        first.Dispose();
        first.Dispose();
        budget.Take(2, 6_000_000_000);
        Assert.Throws<ReplayMemoryException>(() => budget.Take(3, 1));
    }

    [Fact]
    public void No_limit_refuses_nothing() => new ReplayBudget(0).Take(0, long.MaxValue / 2).Dispose();
}
