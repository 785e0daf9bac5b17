using System.Diagnostics;

namespace DqnAkka.Bench;

/// <summary>Calls a second of several contenders in turn, so that what else runs on the machine meets all of them.</summary>
internal static class AlternatingRates
{
    private const int Repeats = 7;
    private static readonly TimeSpan RepeatTime = TimeSpan.FromMilliseconds(200);

    /// <summary>The median rate of each.</summary>
    public static double[] Medians(params Action[] contenders)
    {
        double[][] rates = [.. contenders.Select(_ => new double[Repeats])];
        foreach (Action contender in contenders)
        {
            Rate(contender);
        }

        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                rates[i][repeat] = Rate(contenders[i]);
            }
        }

        return [.. rates.Select(all => all.Order().ElementAt(Repeats / 2))];
    }

    private static double Rate(Action contender)
    {
        long calls = 0;
        int block = 1;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < RepeatTime)
        {
            for (int i = 0; i < block; i++)
            {
                contender();
            }

            calls += block;
            // Looking at the clock must cost nothing beside calls of a tenth of a microsecond.
            block = Math.Min(2 * block, 64);
        }

        return calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
