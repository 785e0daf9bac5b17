using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DqnAkka.Learner;

/// <summary>
/// The arithmetic of one node of a <see cref="SumTree"/>. A group of leaves is their eight masses. An inner node is the eight masses of its
/// children, and eight thresholds: where each child begins, so that a descent needs no sums. Sums go from left to right, one after the
/// other: rounded so, a cumulative sum never falls, and a child without mass ends exactly where it begins. Vectors only compare, hence the
/// results are the same bits on every processor.
/// </summary>
internal static unsafe class SumTreeNode
{
    /// <summary>Doubles of an inner node: the masses and thresholds of its children.</summary>
    public const int Length = 2 * TreeShape.Width;

    /// <summary>The sum of eight masses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(double* masses) =>
        masses[0] + masses[1] + masses[2] + masses[3] + masses[4] + masses[5] + masses[6] + masses[7];

    /// <summary>Recomputes the thresholds of an inner node from the masses of its children.</summary>
    /// <returns>Their sum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Refresh(double* node)
    {
        double begin1 = node[0];
        double begin2 = begin1 + node[1];
        double begin3 = begin2 + node[2];
        double begin4 = begin3 + node[3];
        double begin5 = begin4 + node[4];
        double begin6 = begin5 + node[5];
        double begin7 = begin6 + node[6];
        double total = begin7 + node[7];

        // Children that begin at the end are empty; an infinite threshold keeps a target out of them that rounding has carried past the end.
        // In a node without any mass that is every child: nothing descends into it.
        Vector512<double> begins = Vector512.Create(0, begin1, begin2, begin3, begin4, begin5, begin6, begin7);
        Vector512<double> isEnd = Vector512.Equals(begins, Vector512.Create(total));
        Vector512.ConditionalSelect(isEnd, Vector512.Create(double.PositiveInfinity), begins).Store(node + TreeShape.Width);
        return total;
    }

    /// <summary>Descends from an inner node with mass to the child that holds a target, which has mass.</summary>
    /// <param name="node">The inner node.</param>
    /// <param name="target">A point of the node's cumulative mass, at least 0; becomes that of the child.</param>
    /// <returns>The child, 0 to 7.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Descend(double* node, ref double target)
    {
        double* begins = node + TreeShape.Width;
        int child = CountAtMost(Vector512.Load(begins), target) - 1;
        target -= begins[child];
        return child;
    }

    /// <summary>Finds the leaf of a group with mass that holds a target; it has mass.</summary>
    /// <param name="masses">The masses of the group.</param>
    /// <param name="target">A point of the group's cumulative mass, at least 0.</param>
    /// <returns>The leaf, 0 to 7.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindLeaf(double* masses, double target)
    {
        double end0 = masses[0];
        double end1 = end0 + masses[1];
        double end2 = end1 + masses[2];
        double end3 = end2 + masses[3];
        double end4 = end3 + masses[4];
        double end5 = end4 + masses[5];
        double end6 = end5 + masses[6];
        int leaf = CountAtMost(Vector512.Create(end0, end1, end2, end3, end4, end5, end6, double.PositiveInfinity), target);

        // Only a target that rounding has carried past the end meets an empty leaf: the last one with mass is meant.
        while (!(masses[leaf] > 0))
        {
            leaf--;
        }

        return leaf;
    }

    /// <summary>Begins to load a cache line that is needed soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(double* line)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(line);
        }
    }

    private static int CountAtMost(Vector512<double> values, double bound) =>
        BitOperations.PopCount((uint)Vector512.LessThanOrEqual(values, Vector512.Create(bound)).ExtractMostSignificantBits());
}
