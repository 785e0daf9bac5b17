namespace DqnAkka.Actors.Tests;

public sealed class RepeatLimitTests
{
    private readonly FixedTime _time = new(TestAuthority.Now);

    [Fact]
    public void The_first_of_each_period_is_let_through_for_each_subject()
    {
        RepeatLimit limit = new(TimeSpan.FromMinutes(1), _time);
        Assert.True(limit.Admit("a"));
        Assert.True(limit.Admit("b"));
        Assert.False(limit.Admit("a"));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(limit.Admit("a"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limit.Admit("a"));
        Assert.False(limit.Admit("a"));
    }

    [Fact]
    public void It_remembers_so_many_and_forgets_those_whose_period_is_over()
    {
        RepeatLimit limit = new(TimeSpan.FromMinutes(1), _time);
        int admitted = Enumerable.Range(0, 5000).Count(i => limit.Admit($"{i}"));
        Assert.Equal(1024, admitted);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limit.Admit("another"));
    }
}
