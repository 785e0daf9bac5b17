namespace DqnAkka.Actors.Tests;

public sealed class RequestScheduleTests
{
    private readonly RequestSchedule _schedule = new();

    [Fact]
    public void What_lacks_everything_asks_soon_and_ever_more_seldom_but_never_less_than_every_five_seconds() =>
        Assert.Equal([1, 2, 4, 8, 16, 32, 57, 82], Asks(100));

    [Fact]
    public void A_piece_puts_the_next_request_off_by_a_second()
    {
        Asks(3);
        _schedule.Progress();

        Assert.Equal([5, 10, 20], Asks(30));
    }

    [Fact]
    public void What_lacks_nothing_does_not_ask()
    {
        Assert.DoesNotContain(true, Enumerable.Range(0, 100).Select(_ => _schedule.Tick(isLacking: false)));
    }

    private int[] Asks(int ticks) => [.. Enumerable.Range(1, ticks).Where(_ => _schedule.Tick(isLacking: true))];
}
