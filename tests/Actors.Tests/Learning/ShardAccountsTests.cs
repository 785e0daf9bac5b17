namespace DqnAkka.Actors.Tests;

public sealed class ShardAccountsTests
{
    [Fact]
    public void Totals_add_up_over_shards_and_count_only_what_is_new()
    {
        ShardAccounts accounts = new(shards: 2);
        accounts.Apply(Make.State(0, inserts: 10, mass: 1.5));
        accounts.Apply(Make.State(1, inserts: 4, mass: 2));
        accounts.Apply(Make.State(0, inserts: 30, count: 20, mass: 4));

        Assert.Equal((34L, 34L, 24L, 6.0), (accounts.Inserts, accounts.EnvironmentSteps, accounts.Count, accounts.Mass));
        Assert.Equal((4.0, 2.0), (accounts.MassOf(0), accounts.MassOf(1)));
    }

    [Fact]
    public void A_report_that_is_older_than_the_last_is_ignored()
    {
        ShardAccounts accounts = new(shards: 1);
        accounts.Apply(Make.State(0, inserts: 10, incarnation: 2));
        accounts.Apply(Make.State(0, inserts: 9, incarnation: 2));
        accounts.Apply(Make.State(0, inserts: 100, incarnation: 1));

        Assert.Equal((10L, 10L), (accounts.Inserts, accounts.Count));
    }

    [Fact]
    public void A_shard_that_restarts_empty_shrinks_the_buffer_and_not_the_runs_totals()
    {
        ShardAccounts accounts = new(shards: 1);
        accounts.Apply(Make.State(0, inserts: 10, incarnation: 1));
        accounts.Apply(Make.State(0, inserts: 3, incarnation: 2));

        Assert.Equal((13L, 13L, 3L), (accounts.Inserts, accounts.EnvironmentSteps, accounts.Count));
        Assert.Equal(2, accounts.IncarnationOf(0));
    }

    [Fact]
    public void Of_a_checkpoint_that_knows_no_shards_only_what_comes_after_the_first_report_counts()
    {
        ShardAccounts accounts = new(shards: 1);
        accounts.Restore(inserts: 100, environmentSteps: 120, []);
        accounts.Apply(Make.State(0, inserts: 50));
        Assert.Equal((100L, 120L, 50L), (accounts.Inserts, accounts.EnvironmentSteps, accounts.Count));

        accounts.Apply(Make.State(0, inserts: 53));
        Assert.Equal((103L, 123L), (accounts.Inserts, accounts.EnvironmentSteps));
    }

    [Fact]
    public void A_learner_that_resumes_counts_what_the_living_shards_inserted_since_and_newer_ones_whole()
    {
        ShardAccounts accounts = new(shards: 3);
        accounts.Restore(inserts: 100, environmentSteps: 100, [new ShardRecord(0, 7, 60, 60), new ShardRecord(1, 8, 40, 40)]);
        Assert.Equal((7L, 8L, 0L), (accounts.IncarnationOf(0), accounts.IncarnationOf(1), accounts.IncarnationOf(2)));

        Assert.True(accounts.Apply(Make.State(0, inserts: 65, incarnation: 7)));
        Assert.False(accounts.Apply(Make.State(1, inserts: 99, incarnation: 6)));
        Assert.True(accounts.Apply(Make.State(1, inserts: 3, incarnation: 9)));
        // Not heard of before the checkpoint, so nothing of it is in the totals.
        Assert.True(accounts.Apply(Make.State(2, inserts: 20, incarnation: 5)));

        Assert.Equal((128L, 128L), (accounts.Inserts, accounts.EnvironmentSteps));
        Assert.Equal(
            [new ShardRecord(0, 7, 65, 65), new ShardRecord(1, 9, 3, 3), new ShardRecord(2, 5, 20, 20)],
            accounts.Records());
    }

    [Fact]
    public void A_silent_shard_holds_nothing_until_it_reports()
    {
        ShardAccounts accounts = new(shards: 3);
        accounts.Apply(Make.State(0, inserts: 10, mass: 5));
        accounts.Apply(Make.State(1, inserts: 10, mass: 7));

        accounts.MarkSilent([0]);

        Assert.Equal((10L, 7.0, 20L), (accounts.Count, accounts.Mass, accounts.Inserts));
        Assert.Equal([0], accounts.Silent);

        accounts.Apply(Make.State(0, inserts: 11, mass: 6));
        Assert.Equal((21L, 13.0, 21L), (accounts.Count, accounts.Mass, accounts.Inserts));
        Assert.Empty(accounts.Silent);
    }

    [Theory]
    [InlineData(40, 7, null)]
    [InlineData(39, 7, 40L)]
    [InlineData(0, 9, 40L)]
    public void A_shard_that_is_behind_the_checkpoint_is_told_once(long position, long incarnation, long? expected)
    {
        ShardAccounts accounts = new(shards: 1);
        accounts.Restore(30, 30, [new ShardRecord(0, 7, 30, 30, 40)]);
        accounts.Apply(Make.State(0, inserts: 30, incarnation: incarnation) with { Position = position });

        Assert.Equal(expected, accounts.TakePositionAhead(0));
        Assert.Null(accounts.TakePositionAhead(0));
        Assert.Equal(position, Assert.Single(accounts.Records()).Position);
    }

    [Fact]
    public void A_shard_is_unheard_of_from_the_last_report_on()
    {
        ShardAccounts accounts = new(shards: 2);
        accounts.CountSecond();
        accounts.CountSecond();
        accounts.Apply(Make.State(1, inserts: 0));
        accounts.CountSecond();

        Assert.Equal([0], accounts.Unheard(3));
        accounts.MarkSilent([0]);
        Assert.Empty(accounts.Unheard(3));
    }
}
