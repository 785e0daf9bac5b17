namespace DqnAkka.Actors.Tests;

public sealed class ShardAccountsTests
{
    [Fact]
    public void Totals_add_up_over_shards_and_count_only_what_is_new()
    {
        ShardAccounts accounts = new(shards: 2);
        accounts.Apply(Make.State(0, inserts: 10, mass: 1.5), countHeld: true);
        accounts.Apply(Make.State(1, inserts: 4, mass: 2), countHeld: true);
        accounts.Apply(Make.State(0, inserts: 30, count: 20, mass: 4), countHeld: true);

        Assert.Equal((34L, 34L, 24L, 6.0), (accounts.Inserts, accounts.EnvironmentSteps, accounts.Count, accounts.Mass));
        Assert.Equal((4.0, 2.0), (accounts.MassOf(0), accounts.MassOf(1)));
    }

    [Fact]
    public void A_report_that_is_older_than_the_last_is_ignored()
    {
        ShardAccounts accounts = new(shards: 1);
        accounts.Apply(Make.State(0, inserts: 10, incarnation: 2), countHeld: true);
        accounts.Apply(Make.State(0, inserts: 9, incarnation: 2), countHeld: true);
        accounts.Apply(Make.State(0, inserts: 100, incarnation: 1), countHeld: true);

        Assert.Equal((10L, 10L), (accounts.Inserts, accounts.Count));
    }

    [Fact]
    public void A_shard_that_restarts_empty_shrinks_the_buffer_and_not_the_runs_totals()
    {
        ShardAccounts accounts = new(shards: 1);
        accounts.Apply(Make.State(0, inserts: 10, incarnation: 1), countHeld: true);
        accounts.Apply(Make.State(0, inserts: 3, incarnation: 2), countHeld: true);

        Assert.Equal((13L, 13L, 3L), (accounts.Inserts, accounts.EnvironmentSteps, accounts.Count));
        Assert.Equal(2, accounts.IncarnationOf(0));
    }

    [Fact]
    public void A_learner_that_resumes_counts_what_comes_after_the_first_report()
    {
        ShardAccounts accounts = new(shards: 1);
        accounts.Restore(inserts: 100, environmentSteps: 120);
        accounts.Apply(Make.State(0, inserts: 50), countHeld: false);
        Assert.Equal((100L, 120L, 50L), (accounts.Inserts, accounts.EnvironmentSteps, accounts.Count));

        accounts.Apply(Make.State(0, inserts: 53), countHeld: false);
        Assert.Equal((103L, 123L), (accounts.Inserts, accounts.EnvironmentSteps));
    }

    [Fact]
    public void What_is_still_allowed_is_shared_out_whole_above_what_each_shard_has()
    {
        ShardAccounts accounts = new(shards: 3);
        accounts.Apply(Make.State(1, inserts: 10), countHeld: true);

        Assert.Equal([4L, 13L, 3L], Enumerable.Range(0, 3).Select(shard => accounts.Allowance(shard, allowed: 20)));
        Assert.Equal([0L, 10L, 0L], Enumerable.Range(0, 3).Select(shard => accounts.Allowance(shard, allowed: 5)));
    }

    [Fact]
    public void No_limit_stays_no_limit_without_overflow()
    {
        ShardAccounts accounts = new(shards: 1);
        accounts.Apply(Make.State(0, inserts: 10), countHeld: true);

        Assert.Equal(long.MaxValue, accounts.Allowance(0, long.MaxValue));
    }
}
