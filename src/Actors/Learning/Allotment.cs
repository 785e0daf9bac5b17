using DqnAkka.Environments;

namespace DqnAkka.Actors;

/// <summary>
/// Shares the draws of a batch out over the shards by their sampling masses: systematic sampling. One uniform offset puts B points at equal
/// distances on the line of all masses, and each shard draws as many transitions as points lie on its part.
/// </summary>
/// <remarks>
/// Each point is uniform within its stratum, the B-th part of the line, so a shard's expected count is exactly B times its share of the mass,
/// and its count is never off by one or more. As each shard draws its own in proportion to its masses, transition i of shard s is expected
/// B · (M_s / M) · (m_i / M_s) = B · m_i / M times in a batch, as in one buffer that holds everything.
/// </remarks>
internal static class Allotment
{
    /// <summary>Allots several batches, each for itself.</summary>
    /// <param name="masses">Sum of the sampling masses of each shard, at least 0 and finite, not all 0.</param>
    /// <param name="size">Draws in one batch, B.</param>
    /// <param name="batches">Number of batches.</param>
    /// <param name="random">Where the offsets come from.</param>
    /// <returns>Draws by shard and batch; null for a shard of which none is drawn.</returns>
    public static int[]?[] Of(ReadOnlySpan<double> masses, int size, int batches, RandomSource random)
    {
        int[]?[] counts = new int[]?[masses.Length];
        int[] batchCounts = new int[masses.Length];
        for (int batch = 0; batch < batches; batch++)
        {
            Count(masses, size, random.NextDouble(), batchCounts);
            for (int shard = 0; shard < masses.Length; shard++)
            {
                if (batchCounts[shard] > 0)
                {
                    (counts[shard] ??= new int[batches])[batch] = batchCounts[shard];
                }
            }
        }

        return counts;
    }

    /// <summary>Allots one batch.</summary>
    /// <param name="masses">As in <see cref="Of"/>.</param>
    /// <param name="size">Draws in the batch, B.</param>
    /// <param name="offset">Where in its stratum each point lies, in [0, 1).</param>
    /// <param name="counts">Receives the number of draws of each shard.</param>
    public static void Count(ReadOnlySpan<double> masses, int size, double offset, Span<int> counts)
    {
        int last = masses.LastIndexOfAnyExcept(0.0);
        double total = 0;
        foreach (double mass in masses)
        {
            total += mass;
        }

        counts.Clear();
        double sum = 0;
        int before = 0;
        for (int shard = 0; shard < last; shard++)
        {
            sum += masses[shard];
            int upTo = (int)Math.Clamp(Math.Ceiling((sum / total * size) - offset), before, size);
            counts[shard] = upTo - before;
            before = upTo;
        }

        // Whatever rounding did to the sums: what is left is the last one's.
        counts[last] = size - before;
    }
}
