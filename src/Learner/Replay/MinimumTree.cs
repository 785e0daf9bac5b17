using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>
/// The smallest mass over the leaves of a <see cref="SumTree"/>, in the same memory. A leaf of mass 0 is unoccupied and does not count. After
/// masses were changed there, the changed leaves are to be refreshed here. Not thread-safe.
/// </summary>
internal sealed unsafe class MinimumTree : IDisposable
{
    private const int RefreshPart = 1024;
    private readonly SumTree _sums;
    private readonly double* _leaves;
    private readonly NativeBlock _block;

    // Entry k of level l is the minimum of node k of that level of the shape; the entries are padded with +∞ to whole groups of eight.
    private readonly int[] _counts;
    private readonly nint[] _levels;

    /// <summary>Makes a tree over the leaves of another.</summary>
    /// <param name="sums">The tree with the leaves; it must live as long as this one is used.</param>
    public MinimumTree(SumTree sums)
    {
        _sums = sums;
        _leaves = sums.LeafPointer;
        _counts = TreeShape.NodesPerLevel(sums.Capacity);
        _levels = new nint[_counts.Length];
        _block = new NativeBlock(Length(_counts));
        new Span<double>(_block.Start, checked((int)Length(_counts))).Fill(double.PositiveInfinity);
        double* next = _block.Start;
        for (int level = 0; level < _counts.Length; level++)
        {
            _levels[level] = (nint)next;
            next += Padded(_counts[level]);
        }

        Rebuild();
    }

    /// <summary>The smallest mass above 0; +∞ where all are 0.</summary>
    public double Minimum { get; private set; }

    private int Root => _counts.Length - 1;

    /// <summary>Bytes of the inner nodes.</summary>
    /// <param name="capacity">Number of leaves.</param>
    public static long NodeBytes(int capacity) => Length(TreeShape.NodesPerLevel(capacity)) * sizeof(double);

    /// <summary>Takes over the masses of some leaves.</summary>
    /// <param name="leaves">The leaves, in any order; all of them exist.</param>
    public void Refresh(ReadOnlySpan<int> leaves)
    {
        int* nodes = stackalloc int[RefreshPart];
        for (int first = 0; first < leaves.Length; first += RefreshPart)
        {
            Refresh(leaves.Slice(first, Math.Min(RefreshPart, leaves.Length - first)), nodes);
        }

        Minimum = *Level(Root);
        GC.KeepAlive(this);
    }

    /// <summary>Takes over the masses of neighbouring leaves.</summary>
    /// <param name="firstLeaf">The first leaf.</param>
    /// <param name="count">Number of leaves; all of them exist.</param>
    public void RefreshRange(int firstLeaf, int count)
    {
        if (count == 0)
        {
            return;
        }

        int first = firstLeaf >> TreeShape.Shift;
        int last = (firstLeaf + count - 1) >> TreeShape.Shift;
        for (int level = 0; level <= Root; level++)
        {
            bool changed = false;
            for (int node = first; node <= last; node++)
            {
                changed |= RefreshNode(level, node);
            }

            if (!changed)
            {
                break;
            }

            first >>= TreeShape.Shift;
            last >>= TreeShape.Shift;
        }

        Minimum = *Level(Root);
        GC.KeepAlive(this);
    }

    /// <summary>Takes over all masses.</summary>
    public void Rebuild()
    {
        for (int level = 0; level <= Root; level++)
        {
            for (int node = 0; node < _counts[level]; node++)
            {
                RefreshNode(level, node);
            }
        }

        Minimum = *Level(Root);
        GC.KeepAlive(this);
    }

    /// <summary>A leaf with the smallest mass: the first such from a leaf on, going on at leaf 0 after the last.</summary>
    /// <param name="from">Where to begin, a leaf.</param>
    /// <exception cref="InvalidOperationException">All masses are 0.</exception>
    public int IndexOfMinimum(int from)
    {
        if (double.IsPositiveInfinity(Minimum))
        {
            throw new InvalidOperationException("all masses are 0: none is the smallest");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, _sums.Capacity);

        // First up from the leaf, looking only at what comes after, then from the root at all. Level −1 is the leaves.
        int position = from;
        int allowed = position & (TreeShape.Width - 1);
        for (int level = -1; level < Root; level++)
        {
            uint equal = EqualToMinimum(level, position >> TreeShape.Shift) & (uint.MaxValue << allowed);
            if (equal != 0)
            {
                int found = FirstBelow(level, (position & -TreeShape.Width) + BitOperations.TrailingZeroCount(equal));
                GC.KeepAlive(this);
                return found;
            }

            position >>= TreeShape.Shift;
            allowed = (position & (TreeShape.Width - 1)) + 1;
        }

        int first = FirstBelow(Root, 0);
        GC.KeepAlive(this);
        return first;
    }

    /// <summary>Whether every inner node is the minimum of its children.</summary>
    public bool IsConsistent()
    {
        bool consistent = true;
        for (int level = 0; level <= Root; level++)
        {
            for (int node = 0; node < _counts[level]; node++)
            {
                consistent &= !RefreshNode(level, node);
            }
        }

        return consistent && Minimum == *Level(Root);
    }

    public void Dispose() => _block.Dispose();

    private static long Length(int[] counts) => counts.Sum(Padded);

    private static long Padded(int count) => (long)TreeShape.GroupsOf(count) * TreeShape.Width;

    private static double MinimumOf(Vector512<double> values)
    {
        Vector256<double> quarter = Vector256.MinNative(values.GetLower(), values.GetUpper());
        Vector128<double> pair = Vector128.MinNative(quarter.GetLower(), quarter.GetUpper());
        return Math.Min(pair.ToScalar(), pair.GetElement(1));
    }

    private double* Level(int level) => (double*)_levels[level];

    /// <summary>The eight children of a node: masses, or minima of the level below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<double> Children(int level, int node)
    {
        if (level > 0)
        {
            return Vector512.Load(Level(level - 1) + ((long)node << TreeShape.Shift));
        }

        Vector512<double> masses = Vector512.Load(_leaves + ((long)node << TreeShape.Shift));
        return Vector512.ConditionalSelect(Vector512.Equals(masses, Vector512<double>.Zero), Vector512.Create(double.PositiveInfinity), masses);
    }

    private bool RefreshNode(int level, int node)
    {
        double minimum = MinimumOf(Children(level, node));
        double* entry = Level(level) + node;
        bool changed = *entry != minimum;
        *entry = minimum;
        return changed;
    }

    private void Refresh(ReadOnlySpan<int> leaves, int* nodes)
    {
        for (int i = 0; i < leaves.Length; i++)
        {
            nodes[i] = leaves[i];
        }

        // Only what has changed goes on: most leaves are not the smallest of their eight, hardly any of sixty-four.
        int count = leaves.Length;
        for (int level = 0; level <= Root && count > 0; level++)
        {
            int changed = 0;
            for (int i = 0; i < count; i++)
            {
                int node = nodes[i] >> TreeShape.Shift;
                nodes[changed] = node;
                changed += RefreshNode(level, node) ? 1 : 0;
            }

            count = changed;
        }
    }

    private uint EqualToMinimum(int level, int group) =>
        (uint)Vector512.Equals(Children(level + 1, group), Vector512.Create(Minimum)).ExtractMostSignificantBits();

    /// <summary>The first leaf with the smallest mass below an entry that is it.</summary>
    private int FirstBelow(int level, int position)
    {
        for (; level >= 0; level--)
        {
            position = (position << TreeShape.Shift) + BitOperations.TrailingZeroCount(EqualToMinimum(level - 1, position));
        }

        return position;
    }
}
