namespace DqnAkka.Actors.Tests;

public sealed class ClockComparisonTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly ClockComparison _clocks = new();

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.5, 0)]
    [InlineData(1.0, 0)]
    [InlineData(4.0, 3)]
    [InlineData(-3.0, -3)]
    public void Only_what_the_round_trip_does_not_explain_is_a_difference(double remote, double expected)
    {
        _clocks.Asked("a:1", At(0));
        Assert.Equal(TimeSpan.FromSeconds(expected), _clocks.Answered("a:1", At(remote).Ticks, At(1)));
    }

    [Fact]
    public void An_answer_may_be_to_any_question_of_late()
    {
        _clocks.Asked("a:1", At(0));
        _clocks.Asked("a:1", At(1));
        Assert.Equal(TimeSpan.Zero, _clocks.Answered("a:1", At(0.5).Ticks, At(1.5)));
    }

    [Fact]
    public void Questions_that_were_lost_long_ago_do_not_hide_a_difference()
    {
        foreach (int second in Enumerable.Range(0, 60))
        {
            _clocks.Asked("a:1", At(second));
        }

        TimeSpan ahead = _clocks.Answered("a:1", At(30).Ticks, At(59));
        Assert.InRange(ahead.TotalSeconds, -29, -23);
    }

    [Fact]
    public void Nonsense_is_no_difference()
    {
        Assert.Equal(TimeSpan.Zero, _clocks.Answered("never:1", At(0).Ticks, At(100)));
        _clocks.Asked("a:1", At(0));
        Assert.Equal(TimeSpan.Zero, _clocks.Answered("a:1", long.MinValue, At(1)));
    }

    [Fact]
    public void The_warning_names_both_nodes_and_the_difference() => Assert.Equal(
        "the clocks of a:1 and b:2 differ: b:2 is 4000 s behind; training tolerates that, but their logs do not line up: set both clocks (NTP)",
        ClockComparison.Describe("a:1", "b:2", TimeSpan.FromSeconds(-4000)));

    private static DateTime At(double seconds) => Start.AddSeconds(seconds);
}
