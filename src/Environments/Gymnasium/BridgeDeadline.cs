using System.Diagnostics;

namespace DqnAkka.Environments;

/// <summary>
/// Ends a process that does not answer in time. A read from a pipe cannot be given up, but it ends when the process at the other end does.
/// To arm and to disarm costs a clock reading and allocates nothing: one timer looks now and then whether a deadline has passed.
/// </summary>
internal sealed class BridgeDeadline : IDisposable
{
    private const long None = long.MaxValue;
    private const long Passed = 0;
    private readonly Action _kill;
    private readonly Timer _timer;
    private long _due = None;
    private long _scheduled = None;

    /// <summary>Makes a deadline that is not armed.</summary>
    /// <param name="kill">Ends the process; called at most once for each arming, on another thread.</param>
    public BridgeDeadline(Action kill)
    {
        _kill = kill;
        _timer = new Timer(static state => ((BridgeDeadline)state!).Look(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Begins to wait.</summary>
    /// <param name="limit">How long.</param>
    public void Arm(TimeSpan limit)
    {
        long due = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        Interlocked.Exchange(ref _due, due);
        if (due < Interlocked.Read(ref _scheduled))
        {
            Schedule(due);
        }
    }

    /// <summary>Ends the waiting.</summary>
    /// <returns>Whether it was in time; otherwise the process was ended.</returns>
    public bool Disarm() => Interlocked.Exchange(ref _due, None) != Passed;

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // Cleared before the deadline is read: who arms meanwhile schedules, or is seen here.
        Interlocked.Exchange(ref _scheduled, None);
        long due = Interlocked.Read(ref _due);
        if (due is None or Passed)
        {
            return;
        }

        if (due > Stopwatch.GetTimestamp())
        {
            Schedule(due);
        }
        else if (Interlocked.CompareExchange(ref _due, Passed, due) == due)
        {
            _kill();
        }
    }

    private void Schedule(long due)
    {
        Interlocked.Exchange(ref _scheduled, due);
        double milliseconds = Math.Ceiling((due - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency);
        try
        {
            _timer.Change((long)Math.Clamp(milliseconds, 1, int.MaxValue), Timeout.Infinite);
        }
        catch (ObjectDisposedException)
        {
            // The process is being disposed of, and nobody waits for it.
        }
    }
}
