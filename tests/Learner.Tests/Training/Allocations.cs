namespace DqnAkka.Learner.Tests;

/// <summary>What code allocates on the managed heap each time it runs.</summary>
internal static class Allocations
{
    private const int Windows = 5;

    /// <summary>Bytes allocated by the calling thread: the least of several runs, since the runtime enlarges caches of its own now and then.</summary>
    public static long Of(Action action)
    {
        action();
        long least = long.MaxValue;
        for (int window = 0; window < Windows; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
