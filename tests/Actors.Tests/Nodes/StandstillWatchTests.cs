namespace DqnAkka.Actors.Tests;

public sealed class StandstillWatchTests
{
    private readonly StandstillWatch _watch = new(Seconds(30), Seconds(30));

    [Fact]
    public void A_part_that_waits_without_progress_is_named_after_the_limit_and_again_after_the_period()
    {
        List<int> said = [];
        for (int second = 0; second <= 100; second++)
        {
            _watch.Report("runners", 7, "a policy snapshot", Seconds(second));
            if (_watch.Due(Seconds(second)) is { } text)
            {
                Assert.Equal("a policy snapshot (runners)", text);
                said.Add(second);
            }
        }

        Assert.Equal([30, 60, 90], said);
    }

    [Fact]
    public void Progress_or_nothing_to_wait_for_starts_the_time_anew()
    {
        _watch.Report("a", 1, "x", Seconds(0));
        _watch.Report("b", 1, "x", Seconds(0));
        _watch.Report("a", 2, "x", Seconds(20));
        _watch.Report("b", 1, "", Seconds(21));
        _watch.Report("b", 1, "x", Seconds(22));
        Assert.Equal("", _watch.Describe(Seconds(49)));
        Assert.Equal("x (a)", _watch.Describe(Seconds(50)));
        Assert.Equal("x (a, b)", _watch.Describe(Seconds(51)));
    }

    [Fact]
    public void Parts_that_wait_for_the_same_are_named_together_and_parts_that_are_gone_are_not()
    {
        _watch.Report("shard-1", 0, "transitions from the runners", Seconds(0));
        _watch.Report("shard-0", 0, "transitions from the runners", Seconds(0));
        _watch.Report("mirror", 0, "a policy snapshot", Seconds(0));
        Assert.Equal("a policy snapshot (mirror); transitions from the runners (shard-0, shard-1)", _watch.Due(Seconds(30)));
        _watch.Forget("mirror");
        Assert.Equal("transitions from the runners (shard-0, shard-1)", _watch.Describe(Seconds(31)));
        _watch.Forget("shard-0");
        _watch.Forget("shard-1");
        Assert.Null(_watch.Due(Seconds(61)));
    }

    [Fact]
    public void A_second_standstill_is_said_at_once()
    {
        _watch.Report("a", 1, "x", Seconds(0));
        Assert.NotNull(_watch.Due(Seconds(30)));
        _watch.Report("a", 2, "x", Seconds(31));
        Assert.Null(_watch.Due(Seconds(31)));
        Assert.Equal("x (a)", _watch.Due(Seconds(61)));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
