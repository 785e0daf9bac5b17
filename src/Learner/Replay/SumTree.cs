using System.Numerics;

namespace DqnAkka.Learner;

/// <summary>
/// A binary tree over float64 masses in which every inner node is the sum of its two children (Schaul et al. 2016, appendix B.2.1).
/// Setting a leaf and finding the leaf at a cumulative mass take O(log capacity). Not thread-safe.
/// </summary>
/// <remarks>
/// A changed leaf recomputes its ancestors from their children. Adding differences instead would let rounding errors pile up
/// until the total no longer fits the leaves.
/// </remarks>
public sealed class SumTree
{
    /// <summary>The most leaves a tree can have, 2²⁹.</summary>
    public const int MaximumCapacity = 1 << 29;

    // The root is node 1, the children of node i are 2i and 2i + 1, leaf j is node _leafOffset + j.
    private readonly double[] _nodes;
    private readonly int _leafOffset;

    /// <summary>Makes a tree of zero masses.</summary>
    /// <param name="capacity">Number of leaves, 1 to <see cref="MaximumCapacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is outside that range.</exception>
    public SumTree(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaximumCapacity);
        Capacity = capacity;
        _leafOffset = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        _nodes = new double[2 * _leafOffset];
        MaximumMass = double.MaxValue / _leafOffset;
    }

    /// <summary>Number of leaves.</summary>
    public int Capacity { get; }

    /// <summary>The largest mass a leaf can have, so that the total stays finite.</summary>
    public double MaximumMass { get; }

    /// <summary>The sum of all masses.</summary>
    public double Total => _nodes[1];

    /// <summary>The mass of one leaf, finite and not negative.</summary>
    /// <param name="leaf">The leaf, 0 to <see cref="Capacity"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf, or the mass is NaN, negative, infinite or above <see cref="MaximumMass"/>.</exception>
    public double this[int leaf]
    {
        get
        {
            CheckLeaf(leaf);
            return _nodes[_leafOffset + leaf];
        }

        set
        {
            CheckLeaf(leaf);
            CheckMass(value);
            double[] nodes = _nodes;
            int node = _leafOffset + leaf;
            double sum = value;
            nodes[node] = sum;
            while (node > 1)
            {
                sum += nodes[node ^ 1];
                node >>= 1;
                nodes[node] = sum;
            }
        }
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

        CheckLeaf(firstLeaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(masses.Length, Capacity - firstLeaf, nameof(masses));
        foreach (double mass in masses)
        {
            CheckMass(mass);
        }

        int first = _leafOffset + firstLeaf;
        int last = first + masses.Length - 1;
        masses.CopyTo(_nodes.AsSpan(first));
        while (first > 1)
        {
            first >>= 1;
            last >>= 1;
            for (int node = first; node <= last; node++)
            {
                _nodes[node] = _nodes[2 * node] + _nodes[(2 * node) + 1];
            }
        }
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
        if (!(target >= 0 && target < Total))
        {
            throw new ArgumentOutOfRangeException(nameof(target), target, $"the target must be at least 0 and below the total mass {Total}");
        }

        double[] nodes = _nodes;
        int node = 1;
        while (node < _leafOffset)
        {
            node *= 2;
            double left = nodes[node];

            // Subtractions round, so the target can end up at or past the sum of a subtree: the second condition keeps it out of empty ones.
            if (target >= left && nodes[node + 1] > 0)
            {
                target -= left;
                node++;
            }
        }

        return node - _leafOffset;
    }

    /// <summary>Whether every inner node is, bit for bit, the sum of its children, and every unused leaf 0.</summary>
    internal bool IsConsistent()
    {
        for (int node = 1; node < _leafOffset; node++)
        {
            if (_nodes[node] != _nodes[2 * node] + _nodes[(2 * node) + 1])
            {
                return false;
            }
        }

        return double.IsFinite(Total) && !_nodes.AsSpan(_leafOffset + Capacity).ContainsAnyExcept(0.0) && !_nodes.Any(double.IsNegative);
    }

    private void CheckLeaf(int leaf)
    {
        if ((uint)leaf >= (uint)Capacity)
        {
            throw new ArgumentOutOfRangeException(nameof(leaf), leaf, $"the tree has leaves 0 to {Capacity - 1}");
        }
    }

    private void CheckMass(double mass)
    {
        if (!(mass >= 0 && mass <= MaximumMass))
        {
            throw new ArgumentOutOfRangeException(nameof(mass), mass, $"a mass must lie between 0 and {MaximumMass}");
        }
    }
}
