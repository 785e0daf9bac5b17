namespace DqnAkka.Actors;

/// <summary>Numbers that grow from one start of an actor to the next, also across processes on one machine's clock.</summary>
internal static class Incarnations
{
    private static long _last;

    /// <summary>A number larger than every earlier one of this process; wall-clock ticks, so that a later process is larger too.</summary>
    public static long Next()
    {
        while (true)
        {
            long last = Volatile.Read(ref _last);
            long next = Math.Max(DateTime.UtcNow.Ticks, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>Takes note of a number that another process gave, whose clock may be ahead: what follows here is larger still.</summary>
    public static void Observe(long seen)
    {
        while (true)
        {
            long last = Volatile.Read(ref _last);
            if (last >= seen || Interlocked.CompareExchange(ref _last, seen, last) == last)
            {
                return;
            }
        }
    }
}
