using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

public sealed class RestartWindowTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void As_many_restarts_as_allowed_are_granted_and_no_more()
    {
        RestartWindow window = new(2, TimeSpan.FromMinutes(60), _time);

        Assert.True(window.TryAdd("first"));
        Assert.True(window.TryAdd("second"));
        Assert.False(window.TryAdd("third"));
        Assert.False(window.TryAdd("fourth"));

        Assert.Equal((2, "first"), (window.Count, window.FirstCause));
    }

    [Fact]
    public void A_restart_counts_for_as_long_as_the_window_and_no_longer()
    {
        RestartWindow window = new(2, TimeSpan.FromMinutes(60), _time);
        window.TryAdd("first");
        _time.Advance(TimeSpan.FromMinutes(30));
        window.TryAdd("second");
        _time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromTicks(1));
        Assert.False(window.TryAdd("too early"));

        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal((1, "second"), (window.Count, window.FirstCause));
        Assert.True(window.TryAdd("third"));
        Assert.False(window.TryAdd("fourth"));
    }

    [Fact]
    public void Where_none_is_allowed_the_first_cause_is_the_one_refused()
    {
        RestartWindow window = new(0, TimeSpan.FromMinutes(60), _time);

        Assert.False(window.TryAdd("only"));

        Assert.Equal((0, "only"), (window.Count, window.FirstCause));
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
