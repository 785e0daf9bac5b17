using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// A tree over float64 masses in which every inner node is the sum of its children (Schaul et al. 2016, appendix B.2.1), eight to a node.
/// Setting leaves and finding the leaf at a point of the cumulative mass take O(log capacity) each and allocate nothing. Batches go level by
/// level, so that the memory latencies of many leaves overlap. Not thread-safe.
/// </summary>
/// <remarks>
/// A changed leaf recomputes its ancestors from their children. Adding differences instead would let rounding errors pile up
/// until the total no longer fits the leaves.
/// </remarks>
public sealed unsafe class SumTree : IDisposable
{
    /// <summary>The most leaves a tree can have, 2²⁹.</summary>
    public const int MaximumCapacity = TreeShape.MaximumCapacity;

    // So many cache lines can be underway from memory at once; more only wait for each other.
    private const int FindPart = 16;

    private readonly NativeBlock? _ownLeaves;
    private readonly double* _leaves;
    private readonly SumTreeLevels _levels;
    private bool _isDisposed;

    /// <summary>Makes a tree of zero masses.</summary>
    /// <param name="capacity">Number of leaves, 1 to <see cref="MaximumCapacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is outside that range.</exception>
    public SumTree(int capacity)
        : this(capacity, null)
    {
    }

    /// <summary>Makes a tree over leaves in the caller's memory. Unless they are zero, <see cref="Rebuild"/> comes next.</summary>
    /// <param name="capacity">Number of leaves, 1 to <see cref="MaximumCapacity"/>.</param>
    /// <param name="leaves">
    /// <see cref="LeafBytes"/> bytes at a multiple of 64, which the caller keeps alive as long as the tree; none for memory of the tree's own.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is outside that range.</exception>
    internal SumTree(int capacity, double* leaves)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaximumCapacity);
        Capacity = capacity;
        MaximumMass = double.MaxValue / 2 / capacity;
        _ownLeaves = leaves is null ? new NativeBlock(LeafBytes(capacity) / sizeof(double)) : null;
        _leaves = _ownLeaves is null ? leaves : _ownLeaves.Start;
        _levels = new SumTreeLevels(capacity, _leaves);
    }

    /// <summary>Number of leaves.</summary>
    public int Capacity { get; }

    /// <summary>The largest mass a leaf can have, so that the total stays finite.</summary>
    public double MaximumMass { get; }

    /// <summary>The sum of all masses.</summary>
    public double Total => _levels.Total;

    /// <summary>The masses, for whoever changes many and then calls <see cref="Rebuild"/>.</summary>
    internal Span<double> Leaves => new(_leaves, Capacity);

    /// <summary>Where the leaves lie.</summary>
    internal double* LeafPointer => _leaves;

    /// <summary>The mass of one leaf, finite and not negative.</summary>
    /// <param name="leaf">The leaf, 0 to <see cref="Capacity"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf, or the mass is NaN, negative, infinite or above <see cref="MaximumMass"/>.</exception>
    public double this[int leaf]
    {
        get
        {
            if ((uint)leaf >= (uint)Capacity)
            {
                throw NoLeaf(leaf);
            }

            ObjectDisposedException.ThrowIf(_isDisposed, this);
            double mass = _leaves[leaf];
            GC.KeepAlive(this);
            return mass;
        }

        set => SetRange(leaf, [value]);
    }

    /// <summary>Bytes of the leaves, in whole nodes.</summary>
    /// <param name="capacity">Number of leaves.</param>
    internal static long LeafBytes(int capacity) => (long)TreeShape.GroupsOf(capacity) * TreeShape.Width * sizeof(double);

    /// <summary>Bytes of the inner nodes.</summary>
    /// <param name="capacity">Number of leaves.</param>
    internal static long NodeBytes(int capacity) => SumTreeLevels.Bytes(capacity);

    /// <summary>Sets the masses of some leaves. Of a repeated leaf the last counts.</summary>
    /// <param name="leaves">The leaves, in any order.</param>
    /// <param name="masses">The mass of each, as long as <paramref name="leaves"/>; nothing is set where one of them is refused.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf, or a mass is refused as by the indexer.</exception>
    public void Set(ReadOnlySpan<int> leaves, ReadOnlySpan<double> masses)
    {
        if (leaves.Length != masses.Length)
        {
            throw new ArgumentException($"{leaves.Length} leaves need as many masses, got {masses.Length}", nameof(masses));
        }

        foreach (int leaf in leaves)
        {
            if ((uint)leaf >= (uint)Capacity)
            {
                throw NoLeaf(leaf);
            }
        }

        CheckMasses(masses);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        for (int i = 0; i < leaves.Length; i++)
        {
            _leaves[leaves[i]] = WithoutSign(masses[i]);
        }

        _levels.Refresh(leaves);
        GC.KeepAlive(this);
    }

    /// <summary>Sets the masses of neighbouring leaves in O(count + log capacity).</summary>
    /// <param name="firstLeaf">The first leaf.</param>
    /// <param name="masses">Their masses, float64; nothing is set where one of them is refused.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tree, or a mass is refused as by the indexer.</exception>
    public void SetRange(int firstLeaf, ReadOnlySpan<double> masses)
    {
        if (masses.IsEmpty)
        {
            return;
        }

        if ((uint)firstLeaf >= (uint)Capacity)
        {
            throw NoLeaf(firstLeaf);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(masses.Length, Capacity - firstLeaf, nameof(masses));
        CheckMasses(masses);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        for (int i = 0; i < masses.Length; i++)
        {
            _leaves[firstLeaf + i] = WithoutSign(masses[i]);
        }

        _levels.RefreshRange(firstLeaf, firstLeaf + masses.Length - 1);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// The leaf whose interval of the cumulative mass holds <paramref name="target"/>: Σ_{j&lt;leaf} m ≤ target &lt; Σ_{j≤leaf} m, up to rounding.
    /// A leaf of zero mass is never returned.
    /// </summary>
    /// <param name="target">A point of the cumulative mass, 0 ≤ target &lt; <see cref="Total"/>.</param>
    /// <returns>The leaf.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The target is outside that range; so is every target while the total is 0.</exception>
    public int Find(double target)
    {
        int leaf = 0;
        Find([target], new Span<int>(ref leaf));
        return leaf;
    }

    /// <summary>The leaves at some points of the cumulative mass, each as <see cref="Find(double)"/> gives it.</summary>
    /// <param name="targets">The points.</param>
    /// <param name="leaves">Receives the leaf of each, as long as <paramref name="targets"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is outside its range.</exception>
    public void Find(ReadOnlySpan<double> targets, Span<int> leaves)
    {
        if (leaves.Length != targets.Length)
        {
            throw new ArgumentException($"{targets.Length} targets need as many places for leaves, got {leaves.Length}", nameof(leaves));
        }

        foreach (double target in targets)
        {
            if (!(target >= 0 && target < Total))
            {
                throw new ArgumentOutOfRangeException(nameof(targets), target, $"the target must be at least 0 and below the total mass {Total}");
            }
        }

        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Span<double> points = stackalloc double[FindPart];
        for (int first = 0; first < targets.Length; first += FindPart)
        {
            int count = Math.Min(FindPart, targets.Length - first);
            targets.Slice(first, count).CopyTo(points);
            _levels.FindGroups(points[..count], leaves.Slice(first, count));
            _levels.FindLeaves(points[..count], leaves.Slice(first, count));
        }

        GC.KeepAlive(this);
    }

    /// <summary>Draws n leaves; draw i is the leaf at a uniform point of [i · <see cref="Total"/> / n, (i + 1) · <see cref="Total"/> / n).</summary>
    /// <param name="random">Where randomness comes from; one number a draw.</param>
    /// <param name="leaves">Receives the leaves, in ascending order; its length is n.</param>
    /// <param name="masses">Receives the mass of each, as long as <paramref name="leaves"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="InvalidOperationException">The total is 0: there is nothing to draw.</exception>
    public void SampleStratified(RandomSource random, Span<int> leaves, Span<double> masses)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (leaves.Length != masses.Length)
        {
            throw new ArgumentException($"{leaves.Length} leaves need as many places for masses, got {masses.Length}", nameof(masses));
        }

        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!(Total > 0))
        {
            throw new InvalidOperationException("all masses are 0: there is no leaf to draw");
        }

        double stratum = Total / leaves.Length;
        for (int first = 0; first < leaves.Length; first += FindPart)
        {
            int count = Math.Min(FindPart, leaves.Length - first);
            Span<double> points = masses.Slice(first, count);
            for (int i = 0; i < points.Length; i++)
            {
                points[i] = (first + i + random.NextDouble()) * stratum;
            }

            _levels.FindGroups(points, leaves.Slice(first, count));

            // The leaves of the part before have come from memory by now.
            _levels.FindLeaves(masses[Math.Max(0, first - FindPart)..first], leaves[Math.Max(0, first - FindPart)..first]);
        }

        int last = Math.Max(0, leaves.Length - 1) / FindPart * FindPart;
        _levels.FindLeaves(masses[last..], leaves[last..]);
        GC.KeepAlive(this);
    }

    /// <summary>Recomputes all sums from the leaves, which must be masses (<see cref="Leaves"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A leaf is refused as by the indexer; the tree is of no use then.</exception>
    public void Rebuild()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        CheckMasses(Leaves);
        new Span<double>(_leaves + Capacity, (TreeShape.GroupsOf(Capacity) * TreeShape.Width) - Capacity).Clear();
        _levels.RefreshRange(0, Capacity - 1);
        GC.KeepAlive(this);
    }

    /// <summary>Gives the memory back. The tree cannot be used any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _levels.Dispose();
        _ownLeaves?.Dispose();
    }

    /// <summary>Whether every sum is, bit for bit, that of its parts, and every unused leaf 0.</summary>
    internal bool IsConsistent()
    {
        bool unusedAreZero = !new Span<double>(_leaves + Capacity, (TreeShape.GroupsOf(Capacity) * TreeShape.Width) - Capacity).ContainsAnyExcept(0.0);
        bool consistent = unusedAreZero && _levels.IsConsistent() && double.IsFinite(Total);
        GC.KeepAlive(this);
        return consistent;
    }

    // −0 counts as 0 but would print and compare with a sign.
    private static double WithoutSign(double mass) => mass + 0.0;

    private void CheckMasses(ReadOnlySpan<double> masses)
    {
        int wrong = MassRange.IndexOfOutside(masses, 0, MaximumMass);
        if (wrong >= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(masses), masses[wrong], $"a mass must lie between 0 and {MaximumMass}");
        }
    }

    private ArgumentOutOfRangeException NoLeaf(int leaf) => new(nameof(leaf), leaf, $"the tree has leaves 0 to {Capacity - 1}");
}
