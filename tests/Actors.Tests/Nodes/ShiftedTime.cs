namespace DqnAkka.Actors.Tests;

/// <summary>A machine whose clock is wrong, and a steady clock that a test can advance.</summary>
internal sealed class ShiftedTime(TimeSpan skew) : TimeProvider
{
    private long _advanced;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _advanced);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _advanced, (long)(time.TotalSeconds * TimestampFrequency));
}
