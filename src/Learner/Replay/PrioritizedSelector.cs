using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Proportional prioritisation (Schaul et al. 2016, §3.3): P(i) = pᵢ^α / Σ p^α with p = |δ| + ε. A slot without |δ| gets the largest
/// priority seen so far, at first 1. This is the only place where α is applied.
/// </summary>
internal sealed unsafe class PrioritizedSelector : ISelector
{
    // Whatever α is, a mass stays far from what a float64 sum over a whole buffer could not hold, and above 0: nothing starves for ever.
    /// <summary>The smallest mass.</summary>
    public const double SmallestMass = 1e-100;

    /// <summary>The largest mass.</summary>
    public const double LargestMass = 1e100;

    // Of longer columns a part at a time is worked on: what a part needs lies on the stack.
    private const int Part = 512;

    private readonly SumTree _tree;
    private readonly MinimumTree _minimum;
    private readonly double _alpha;
    private readonly double _epsilon;
    private double _largestPriority = 1;

    /// <summary>Makes a selector without occupied slots, with memory of its own.</summary>
    /// <param name="capacity">Number of slots, 1 to <see cref="SumTree.MaximumCapacity"/>.</param>
    /// <param name="alpha">α, finite and at least 0: 0 is uniform.</param>
    /// <param name="epsilon">ε, finite and at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public PrioritizedSelector(int capacity, double alpha, double epsilon)
        : this(capacity, alpha, epsilon, null)
    {
    }

    /// <summary>Makes a selector whose masses lie in the caller's memory. Unless they are zero, <see cref="Recover"/> comes next.</summary>
    /// <param name="capacity">Number of slots, 1 to <see cref="SumTree.MaximumCapacity"/>.</param>
    /// <param name="alpha">α, finite and at least 0: 0 is uniform.</param>
    /// <param name="epsilon">ε, finite and at least 0.</param>
    /// <param name="masses"><see cref="MassBytes"/> bytes at a multiple of 64, which the caller keeps alive as long as the selector.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public PrioritizedSelector(int capacity, double alpha, double epsilon, double* masses)
    {
        if (!(alpha >= 0 && double.IsFinite(alpha)))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "the priority exponent must be finite and at least 0");
        }

        if (!(epsilon >= 0 && double.IsFinite(epsilon)))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the addition to priorities must be finite and at least 0");
        }

        _tree = new SumTree(capacity, masses);
        _minimum = new MinimumTree(_tree);
        _alpha = alpha;
        _epsilon = epsilon;
    }

    public double Mass => _tree.Total;

    public double MinimumMass => _minimum.Minimum;

    public double LargestPriority => _largestPriority;

    /// <summary>The sums, for tests.</summary>
    internal SumTree Tree => _tree;

    /// <summary>The smallest mass, for removal by it.</summary>
    internal MinimumTree Minimum => _minimum;

    /// <summary>Bytes of the masses, in whole cache lines.</summary>
    /// <param name="capacity">Number of slots.</param>
    public static long MassBytes(int capacity) => SumTree.LeafBytes(capacity);

    /// <summary>Bytes that a selector takes beside the masses.</summary>
    /// <param name="capacity">Number of slots.</param>
    public static long NodeBytes(int capacity) => SumTree.NodeBytes(capacity) + MinimumTree.NodeBytes(capacity);

    public void RaiseLargestPriority(double priority)
    {
        if (!(priority >= 0 && double.IsFinite(priority)))
        {
            throw new ArgumentOutOfRangeException(nameof(priority), priority, "a priority must be finite and at least 0");
        }

        _largestPriority = Math.Max(_largestPriority, priority);
    }

    public void Check(ReadOnlySpan<float> absoluteTdErrors)
    {
        for (int i = 0; i < absoluteTdErrors.Length; i++)
        {
            if (!(absoluteTdErrors[i] >= 0 && float.IsFinite(absoluteTdErrors[i])))
            {
                throw new ArgumentException($"|δ| of row {i} is {absoluteTdErrors[i]}: a priority needs a finite |δ| of at least 0", nameof(absoluteTdErrors));
            }
        }
    }

    public void CheckMasses(ReadOnlySpan<double> masses)
    {
        int wrong = MassRange.IndexOfOutside(masses, SmallestMass, LargestMass);
        if (wrong >= 0)
        {
            throw new ArgumentException($"the mass of row {wrong} is {masses[wrong]}: a sampling mass lies between {SmallestMass} and {LargestMass}", nameof(masses));
        }
    }

    public void Insert(int firstSlot, int count, ReadOnlySpan<float> absoluteTdErrors)
    {
        Span<double> masses = stackalloc double[Part];
        masses = masses[..Math.Min(Part, count)];
        masses.Fill(absoluteTdErrors.IsEmpty ? MassOf(_largestPriority) : 0);
        for (int first = 0; first < count; first += Part)
        {
            Span<double> part = masses[..Math.Min(Part, count - first)];
            if (!absoluteTdErrors.IsEmpty)
            {
                FillMasses(absoluteTdErrors.Slice(first, part.Length), part);
            }

            _tree.SetRange(firstSlot + first, part);
        }

        _minimum.RefreshRange(firstSlot, count);
    }

    public void InsertMasses(int firstSlot, ReadOnlySpan<double> masses)
    {
        _tree.SetRange(firstSlot, masses);
        _minimum.RefreshRange(firstSlot, masses.Length);
        double largest = 0;
        foreach (double mass in masses)
        {
            largest = Math.Max(largest, mass);
        }

        RaiseToMass(largest);
    }

    public void Remove(int firstSlot, int count)
    {
        Span<double> nothing = stackalloc double[Part];
        nothing.Clear();
        for (int first = 0; first < count; first += Part)
        {
            _tree.SetRange(firstSlot + first, nothing[..Math.Min(Part, count - first)]);
        }

        _minimum.RefreshRange(firstSlot, count);
    }

    public void ReadMasses(ReadOnlySpan<int> slots, Span<double> masses)
    {
        ReadOnlySpan<double> leaves = _tree.Leaves;
        for (int i = 0; i < slots.Length; i++)
        {
            masses[i] = leaves[slots[i]];
        }

        GC.KeepAlive(_tree);
    }

    public void Select(ReadOnlySpan<int> counts, Span<int> slots, Span<double> masses, RandomSource random)
    {
        int first = 0;
        foreach (int count in counts)
        {
            _tree.SampleStratified(random, slots.Slice(first, count), masses.Slice(first, count));
            first += count;
        }
    }

    public int Update(ReadOnlySpan<int> slots, ReadOnlySpan<float> absoluteTdErrors)
    {
        Span<double> masses = stackalloc double[Part];
        for (int first = 0; first < slots.Length; first += Part)
        {
            int count = Math.Min(Part, slots.Length - first);
            ReadOnlySpan<int> part = slots.Slice(first, count);
            FillMasses(absoluteTdErrors.Slice(first, count), masses[..count]);
            _tree.Set(part, masses[..count]);
            _minimum.Refresh(part);
        }

        return slots.Length;
    }

    public int Recover(IRemovalPolicy policy)
    {
        Span<double> masses = _tree.Leaves;
        int replaced = 0;
        double largest = 0;
        for (int slot = 0; slot < masses.Length; slot++)
        {
            bool occupied = policy.KeyOf(slot) >= 0;
            bool valid = masses[slot] is >= SmallestMass and <= LargestMass;
            replaced += occupied && !valid ? 1 : 0;
            masses[slot] = occupied && valid ? masses[slot] : 0;
            largest = Math.Max(largest, masses[slot]);
        }

        RaiseToMass(largest);
        largest = MassOf(_largestPriority);
        for (int slot = 0; slot < masses.Length; slot++)
        {
            masses[slot] = masses[slot] == 0 && policy.KeyOf(slot) >= 0 ? largest : masses[slot];
        }

        _tree.Rebuild();
        _minimum.Rebuild();
        return replaced;
    }

    public void Dispose()
    {
        _minimum.Dispose();
        _tree.Dispose();
    }

    // What has no |δ| is put beside the largest priority, also where that was inherited. With α = 0 all masses are alike.
    private void RaiseToMass(double mass)
    {
        double priority = _alpha > 0 && mass > 1 ? Math.Pow(mass, 1 / _alpha) : 0;
        _largestPriority = double.IsFinite(priority) ? Math.Max(_largestPriority, priority) : _largestPriority;
    }

    private void FillMasses(ReadOnlySpan<float> absoluteTdErrors, Span<double> masses)
    {
        double largest = _largestPriority;
        for (int i = 0; i < masses.Length; i++)
        {
            double priority = absoluteTdErrors[i] + _epsilon;
            masses[i] = priority;
            largest = Math.Max(largest, priority);
        }

        _largestPriority = largest;
        Power.Raise(masses, _alpha);
        for (int i = 0; i < masses.Length; i++)
        {
            masses[i] = Math.Clamp(masses[i], SmallestMass, LargestMass);
        }
    }

    private double MassOf(double priority)
    {
        Span<double> mass = [priority];
        Power.Raise(mass, _alpha);
        return Math.Clamp(mass[0], SmallestMass, LargestMass);
    }
}
