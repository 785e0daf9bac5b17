namespace DqnAkka.Environments.Tests;

/// <summary>What a piece of work allocates on the thread that does it.</summary>
internal static class Allocation
{
    private const int Rounds = 8;

    /// <summary>
    /// The least of several rounds, in bytes. What the work itself allocates it allocates in each of them; the runtime adds a little in some,
    /// where it compiles anew.
    /// </summary>
    public static long Of(Action work)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
