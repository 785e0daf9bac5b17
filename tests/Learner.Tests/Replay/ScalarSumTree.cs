namespace DqnAkka.Learner.Tests;

/// <summary>The sums and descents of a <see cref="SumTree"/> in plain scalar code: what every processor must agree with, bit for bit.</summary>
internal sealed class ScalarSumTree
{
    private const int Width = 8;

    // Masses by level, the leaves first; the last level is the total.
    private readonly List<double[]> _levels = [];

    public ScalarSumTree(double[] leaves)
    {
        double[] level = leaves;
        do
        {
            level = [.. level, .. new double[((level.Length + Width - 1) / Width * Width) - level.Length]];
            _levels.Add(level);
            level = [.. level.Chunk(Width).Select(Sum)];
        }
        while (level.Length > 1 || _levels.Count < 2);
        _levels.Add(level);
    }

    public double Total => _levels[^1][0];

    public int Find(double target)
    {
        int node = 0;
        for (int level = _levels.Count - 2; level >= 0; level--)
        {
            double[] masses = _levels[level][(node * Width)..((node + 1) * Width)];
            int child = level > 0 ? Child(masses, ref target) : Leaf(masses, target);
            node = (node * Width) + child;
        }

        return node;
    }

    private static double Sum(double[] masses) => masses.Aggregate((sum, mass) => sum + mass);

    private static int Child(double[] masses, ref double target)
    {
        double total = Sum(masses);
        double begin = 0;
        double chosen = 0;
        int child = 0;
        for (int i = 1; i < Width; i++)
        {
            begin += masses[i - 1];
            if (begin <= target && begin != total)
            {
                chosen = begin;
                child = i;
            }
        }

        target -= chosen;
        return child;
    }

    private static int Leaf(double[] masses, double target)
    {
        int leaf = 0;
        double end = masses[0];
        while (leaf < Width - 1 && end <= target)
        {
            end += masses[++leaf];
        }

        while (masses[leaf] == 0)
        {
            leaf--;
        }

        return leaf;
    }
}
