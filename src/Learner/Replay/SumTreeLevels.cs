namespace DqnAkka.Learner;

/// <summary>
/// The inner nodes of a <see cref="SumTree"/> over leaves in its memory. Nothing is checked here. Batches go level by level: the nodes of one
/// level do not depend on each other, so that the processor waits for many cache lines at once instead of one after the other.
/// </summary>
internal sealed unsafe class SumTreeLevels : IDisposable
{
    // Of a longer batch a part at a time is worked on: what a part needs lies on the stack.
    private const int RefreshPart = 1024;

    private readonly double* _leaves;
    private readonly NativeBlock _block;

    // Level 0 has no nodes of its own: the masses of its groups are the leaves. The last level is the root.
    private readonly int[] _counts;
    private readonly nint[] _levels;

    /// <summary>Reserves the nodes of a tree whose leaves are zero.</summary>
    /// <param name="capacity">Number of leaves.</param>
    /// <param name="leaves">The leaves, in whole groups.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not that of a tree.</exception>
    public SumTreeLevels(int capacity, double* leaves)
    {
        _leaves = leaves;
        _counts = TreeShape.NodesPerLevel(capacity);
        _levels = new nint[_counts.Length];
        _block = new NativeBlock(Length(_counts));
        double* next = _block.Start;
        for (int level = 1; level < _counts.Length; level++)
        {
            _levels[level] = (nint)next;
            next += (long)_counts[level] * SumTreeNode.Length;
        }
    }

    /// <summary>The sum of all leaves.</summary>
    public double Total { get; private set; }

    private int Root => _counts.Length - 1;

    /// <summary>Bytes of the inner nodes.</summary>
    /// <param name="capacity">Number of leaves.</param>
    public static long Bytes(int capacity) => Length(TreeShape.NodesPerLevel(capacity)) * sizeof(double);

    /// <summary>Recomputes the ancestors of some leaves.</summary>
    /// <param name="leaves">The leaves, in any order.</param>
    public void Refresh(ReadOnlySpan<int> leaves)
    {
        int* nodes = stackalloc int[RefreshPart];
        for (int first = 0; first < leaves.Length; first += RefreshPart)
        {
            Refresh(leaves.Slice(first, Math.Min(RefreshPart, leaves.Length - first)), nodes);
        }
    }

    /// <summary>Recomputes the ancestors of neighbouring leaves.</summary>
    /// <param name="firstLeaf">The first leaf.</param>
    /// <param name="lastLeaf">The last leaf.</param>
    public void RefreshRange(int firstLeaf, int lastLeaf)
    {
        int first = firstLeaf >> TreeShape.Shift;
        int last = lastLeaf >> TreeShape.Shift;
        double* parents = Level(1);
        for (int group = first; group <= last; group++)
        {
            *MassOf(parents, group) = SumTreeNode.Sum(_leaves + ((long)group << TreeShape.Shift));
        }

        for (int level = 1; level < Root; level++)
        {
            first >>= TreeShape.Shift;
            last >>= TreeShape.Shift;
            RefreshNodes(level, first, last);
        }

        Total = SumTreeNode.Refresh(Level(Root));
    }

    /// <summary>Descends to the groups of leaves that hold some points of the cumulative mass, and begins to load them. There is mass.</summary>
    /// <param name="points">The points, at least 0; become those within the groups.</param>
    /// <param name="groups">Receives the group of each.</param>
    public void FindGroups(Span<double> points, Span<int> groups)
    {
        groups.Clear();
        for (int level = Root; level > 0; level--)
        {
            double* nodes = Level(level);
            double* children = level > 1 ? Level(level - 1) + TreeShape.Width : _leaves;
            int childLength = level > 1 ? SumTreeNode.Length : TreeShape.Width;
            for (int i = 0; i < groups.Length; i++)
            {
                int node = groups[i];
                int child = (node << TreeShape.Shift) + SumTreeNode.Descend(nodes + ((long)node * SumTreeNode.Length), ref points[i]);
                SumTreeNode.Prefetch(children + ((long)child * childLength));
                groups[i] = child;
            }
        }
    }

    /// <summary>Finds the leaves within their groups.</summary>
    /// <param name="points">The points that <see cref="FindGroups"/> left; become the masses of the leaves.</param>
    /// <param name="groups">The groups that <see cref="FindGroups"/> gave; become the leaves.</param>
    public void FindLeaves(Span<double> points, Span<int> groups)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            double* masses = _leaves + ((long)groups[i] << TreeShape.Shift);
            int leaf = SumTreeNode.FindLeaf(masses, points[i]);
            points[i] = masses[leaf];
            groups[i] = (groups[i] << TreeShape.Shift) + leaf;
        }
    }

    /// <summary>Whether every inner node is, bit for bit, what its children say.</summary>
    public bool IsConsistent()
    {
        bool consistent = true;
        double* copy = stackalloc double[SumTreeNode.Length];
        for (int level = 1; level <= Root; level++)
        {
            for (int node = 0; node < _counts[level - 1]; node++)
            {
                double* child = level > 1 ? Level(level - 1) + ((long)node * SumTreeNode.Length) : null;
                double sum = level > 1 ? SumTreeNode.Sum(child) : SumTreeNode.Sum(_leaves + ((long)node << TreeShape.Shift));
                consistent &= BitConverter.DoubleToInt64Bits(sum) == BitConverter.DoubleToInt64Bits(*MassOf(Level(level), node));
                if (level > 1 && sum > 0)
                {
                    new Span<double>(child, SumTreeNode.Length).CopyTo(new Span<double>(copy, SumTreeNode.Length));
                    SumTreeNode.Refresh(copy);
                    consistent &= new Span<double>(child, SumTreeNode.Length).SequenceEqual(new Span<double>(copy, SumTreeNode.Length));
                }
            }
        }

        return consistent && SumTreeNode.Sum(Level(Root)) == Total;
    }

    public void Dispose() => _block.Dispose();

    private static long Length(int[] counts) => counts.Skip(1).Sum(count => (long)count * SumTreeNode.Length);

    // The mass of a node lies in its parent's.
    private static double* MassOf(double* parents, int node) =>
        parents + ((long)(node >> TreeShape.Shift) * SumTreeNode.Length) + (node & (TreeShape.Width - 1));

    private double* Level(int level) => (double*)_levels[level];

    private void Refresh(ReadOnlySpan<int> leaves, int* nodes)
    {
        double* masses = _leaves;
        double* parents = Level(1);
        for (int i = 0; i < leaves.Length; i++)
        {
            int group = leaves[i] >> TreeShape.Shift;
            nodes[i] = group;
            *MassOf(parents, group) = SumTreeNode.Sum(masses + ((long)group << TreeShape.Shift));
        }

        for (int level = 1; level < Root; level++)
        {
            if (_counts[level] <= leaves.Length)
            {
                // Most nodes up here have several of the leaves below them: once each is less work.
                RefreshNodes(level, 0, _counts[level] - 1);
                continue;
            }

            double* children = Level(level);
            parents = Level(level + 1);
            for (int i = 0; i < leaves.Length; i++)
            {
                int node = nodes[i] >> TreeShape.Shift;
                nodes[i] = node;
                *MassOf(parents, node) = SumTreeNode.Refresh(children + ((long)node * SumTreeNode.Length));
            }
        }

        Total = SumTreeNode.Refresh(Level(Root));
    }

    private void RefreshNodes(int level, int first, int last)
    {
        double* children = Level(level);
        double* parents = Level(level + 1);
        for (int node = first; node <= last; node++)
        {
            *MassOf(parents, node) = SumTreeNode.Refresh(children + ((long)node * SumTreeNode.Length));
        }
    }
}
