namespace DqnAkka.Actors.Tests;

public sealed class InsertAllowancesTests
{
    private const int Fragment = 10;
    private readonly ShardAccounts _accounts = new(shards: 2);
    private readonly InsertAllowances _allowances;
    private long _allowed = 100;

    public InsertAllowancesTests() => _allowances = new InsertAllowances(_accounts, Fragment, tolerance: 50);

    [Fact]
    public void Nothing_is_promised_before_every_shard_has_said_that_it_acts_on_nothing_else()
    {
        long first = _allowances.Take(0).Number;
        Report(0, inserts: 30, number: first);
        // A predecessor's allowance is in force here.
        Report(1, inserts: 20, number: first - 1);
        Assert.Equal([0L, 0L], Share());

        Report(1, inserts: 25, number: first);
        // 100 − 30 − 25 = 45 are left, two whole fragments for each.
        Assert.Equal([50L, 45L], Share());
    }

    [Fact]
    public void A_shard_that_stays_silent_is_not_waited_for_and_what_it_was_promised_stays_promised()
    {
        Report(0, 0);
        _accounts.MarkSilent([1]);
        Assert.Equal([100L, 0L], Share());

        Report(1, 0);
        _allowed = 200;
        Assert.Equal([100L, 100L], Share());
        _accounts.MarkSilent([1]);
        Report(0, inserts: 100, wanted: Fragment);
        // All else is used up: only now is what the silent one holds given to the other, a fragment at a time.
        Assert.Equal([110L, 100L], Share());
        Report(0, inserts: 100, granted: 110, wanted: Fragment);
        Assert.Equal([110L, 100L], Share());
    }

    [Fact]
    public void Shards_in_want_are_served_whole_fragments_in_turn()
    {
        Report(0, 0);
        Report(1, 0);
        _allowed = 5;
        Share();
        Report(0, 0, wanted: Fragment);
        Report(1, 0, wanted: Fragment);
        _allowed = 19;
        Assert.Equal([10L, 0L], Share());
        Report(0, inserts: 10, wanted: Fragment);
        Assert.Equal([10L, 0L], Share());
        _allowed = 20;
        Assert.Equal([10L, 10L], Share());
        _allowed = 30;
        Report(1, inserts: 10, wanted: Fragment);
        Assert.Equal([20L, 10L], Share());
    }

    [Fact]
    public void What_a_shard_does_not_use_is_taken_back_for_another_and_given_only_when_that_is_confirmed()
    {
        Report(0, 0);
        Report(1, 0);
        _allowed = 40;
        Assert.Equal([20L, 20L], Share());
        Report(1, inserts: 20, wanted: Fragment);

        Assert.Equal([0L, 20L], Share());
        (_, long number, bool isLowered) = _allowances.Take(0);
        Assert.True(isLowered);
        // It had granted one fragment before it heard.
        Report(0, inserts: 0, granted: 10, number: number - 1);
        Assert.Equal([0L, 20L], Share());
        Report(0, inserts: 0, granted: 10, number: number);
        Assert.Equal([0L, 30L], Share());
    }

    [Fact]
    public void What_an_incarnation_was_promised_is_free_when_the_next_begins()
    {
        Report(0, 0);
        Report(1, 0);
        Assert.Equal([50L, 50L], Share());

        _accounts.Apply(Make.State(0, inserts: 0, incarnation: 2));
        Assert.Equal([50L, 50L], Share());
        _accounts.Apply(Make.State(0, inserts: 10, incarnation: 3));
        Assert.Equal([50L, 50L], Share());
    }

    [Fact]
    public void No_limit_is_none_for_anybody_and_does_not_overflow()
    {
        _allowed = long.MaxValue;
        _accounts.Restore(inserts: 10, environmentSteps: 10, []);
        Report(0, inserts: 50_000);
        Report(1, inserts: 90_000);

        Assert.All(Share(), value => Assert.True(value > long.MaxValue / 16));
        _accounts.Apply(Make.State(0, inserts: 0, incarnation: 2));
        Assert.All(Share(), value => Assert.True(value > long.MaxValue / 16));
    }

    [Fact]
    public void A_fragment_longer_than_the_tolerance_is_let_past_when_nothing_else_is_underway()
    {
        Report(0, 0, wanted: 60);
        Report(1, 0);
        _allowed = 55;
        Share();
        (_, long number, _) = _allowances.Take(1);
        Report(1, inserts: 0, number: number);
        Report(0, inserts: 0, wanted: 60, number: _allowances.Take(0).Number);

        Assert.Equal(60, Share()[0]);
        Report(0, inserts: 60, wanted: 60);
        Assert.Equal(60, Share()[0]);
    }

    private void Report(int shard, long inserts, long? granted = null, int wanted = 0, long? number = null) => _accounts.Apply(
        Make.State(shard, inserts) with { Granted = granted ?? inserts, Wanted = wanted, AllowanceNumber = number ?? _allowances.Take(shard).Number });

    private long[] Share()
    {
        _allowances.Share(new InsertBudget(_allowed, long.MaxValue, Lacking: 0, _ => true));
        return [_allowances.Take(0).Inserts, _allowances.Take(1).Inserts];
    }
}
