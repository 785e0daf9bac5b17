using System.Numerics;

namespace DqnAkka.Learner;

/// <summary>Which float64 values a mass can have.</summary>
internal static class MassRange
{
    /// <summary>The first value that is NaN or outside [<paramref name="lowest"/>, <paramref name="highest"/>], or −1 where there is none.</summary>
    /// <param name="masses">The values.</param>
    /// <param name="lowest">The lowest that is right.</param>
    /// <param name="highest">The highest that is right.</param>
    public static int IndexOfOutside(ReadOnlySpan<double> masses, double lowest, double highest)
    {
        Vector<double> lowests = new(lowest);
        Vector<double> highests = new(highest);
        int i = 0;
        for (; i + Vector<double>.Count <= masses.Length; i += Vector<double>.Count)
        {
            Vector<double> values = new(masses[i..]);
            if (!Vector.GreaterThanOrEqualAll(values, lowests) || !Vector.LessThanOrEqualAll(values, highests))
            {
                break;
            }
        }

        // The rest, or where the first that is wrong is among the next.
        for (; i < masses.Length; i++)
        {
            if (!(masses[i] >= lowest && masses[i] <= highest))
            {
                return i;
            }
        }

        return -1;
    }
}
