namespace DqnAkka.Bench;

/// <summary>
/// A machine whose running threads share its cores evenly, as an operating system's scheduler has them do: n threads on c cores each get
/// min(1, c/n) of a core.
/// </summary>
/// <param name="events">The clock.</param>
/// <param name="cores">c.</param>
internal sealed class SimulatedMachine(EventQueue events, int cores)
{
    // What has run since the begin, in seconds that a thread got. All get the same, so that whoever needs least is done first.
    private readonly PriorityQueue<Action, (double Due, long Number)> _running = new();
    private double _given;
    private double _countedUntil;
    private long _number;
    private long _plan;

    /// <summary>Seconds of all cores that were used so far.</summary>
    public double BusySeconds { get; private set; }

    private double Share => Math.Min(1, (double)cores / _running.Count);

    /// <summary>Runs something.</summary>
    /// <param name="seconds">What it takes on a core of its own.</param>
    /// <param name="done">Called when it has had that.</param>
    public void Run(double seconds, Action done)
    {
        Count();
        _running.Enqueue(done, (_given + seconds, _number++));
        Plan();
    }

    private void Count()
    {
        if (_running.Count > 0)
        {
            double elapsed = events.Now - _countedUntil;
            _given += elapsed * Share;
            BusySeconds += elapsed * Math.Min(cores, _running.Count);
        }

        _countedUntil = events.Now;
    }

    private void Plan()
    {
        // With every one that comes or goes the shares change, and what was planned before is void.
        long plan = ++_plan;
        if (_running.TryPeek(out _, out (double Due, long Number) next))
        {
            events.After(Math.Max(0, next.Due - _given) / Share, () =>
            {
                if (plan == _plan)
                {
                    Complete();
                }
            });
        }
    }

    private void Complete()
    {
        Count();
        if (_running.TryDequeue(out Action? done, out (double Due, long Number) was))
        {
            _given = Math.Max(_given, was.Due);
            Plan();
            done();
        }
    }
}
