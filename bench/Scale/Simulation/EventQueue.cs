namespace DqnAkka.Bench;

/// <summary>A clock that jumps from one event to the next. Events of the same moment happen in the order in which they were asked for.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (double Time, long Number)> _events = new();
    private long _number;

    /// <summary>Seconds since the begin.</summary>
    public double Now { get; private set; }

    /// <summary>Lets something happen later.</summary>
    /// <param name="seconds">After so long, at least 0.</param>
    /// <param name="what">What.</param>
    public void After(double seconds, Action what)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        _events.Enqueue(what, (Now + seconds, _number++));
    }

    /// <summary>Goes on until a condition holds.</summary>
    /// <param name="isDone">The condition.</param>
    /// <exception cref="InvalidOperationException">Nothing is left to happen before it holds: whoever was to go on waits for nobody.</exception>
    public void RunUntil(Func<bool> isDone)
    {
        while (!isDone())
        {
            if (!_events.TryDequeue(out Action? what, out (double Time, long Number) when))
            {
                throw new InvalidOperationException("the simulation stands still");
            }

            Now = when.Time;
            what();
        }
    }
}
