namespace DqnAkka.Actors.Tests;

/// <summary>A clock that stands until it is moved on.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now + _passed;

    public override long GetTimestamp() => _passed.Ticks;

    public void Advance(TimeSpan time) => _passed += time;
}
