namespace DqnAkka.Environments;

/// <summary>Seeds for environments in Python.</summary>
internal static class BridgeSeeds
{
    // Gymnasium takes any size, but environments hand seeds on to generators that take 32 bits, or 31.
    private const int Bits = 31;

    /// <summary>One seed for each copy.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="firstIndex">The index of the first copy.</param>
    /// <param name="attempt">Processes before this one: its episodes must not be those of its predecessors.</param>
    /// <param name="seeds">Receives the seeds, 0 to 2³¹ − 1.</param>
    public static void Fill(ulong seed, ulong firstIndex, int attempt, Span<long> seeds)
    {
        for (int i = 0; i < seeds.Length; i++)
        {
            RandomSource random = new(seed, firstIndex + (ulong)i);
            for (int skipped = 0; skipped < attempt; skipped++)
            {
                random.NextUInt64();
            }

            seeds[i] = (long)(random.NextUInt64() >> (64 - Bits));
        }
    }
}
