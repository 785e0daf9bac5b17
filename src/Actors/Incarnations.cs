namespace DqnAkka.Actors;

/// <summary>
/// Numbers that grow from one start of an actor to the next, also across processes on one machine's clock; across machines once the
/// larger number was seen (as Lamport's clocks do).
/// </summary>
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

    /// <summary>Lets every later <see cref="Next"/> be larger than a number that came from elsewhere.</summary>
    /// <param name="seen">The number.</param>
    public static void Observe(long seen)
    {
        long last = Volatile.Read(ref _last);
        while (last < seen)
        {
            long found = Interlocked.CompareExchange(ref _last, seen, last);
            if (found == last)
            {
                return;
            }

            last = found;
        }
    }
}
