using System.Buffers;
using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Proportional prioritisation (Schaul et al. 2016, §3.3): P(i) = pᵢ^α / Σ p^α with p = |δ| + ε. A slot without |δ| gets the largest
/// priority seen so far, at first 1.
/// </summary>
internal sealed class PrioritizedSelector : ISelector
{
    // Whatever α is, a mass stays far from what a float64 sum over a whole buffer could not hold, and above 0: nothing starves for ever.
    private const double SmallestMass = 1e-100;
    private const double LargestMass = 1e100;

    private readonly SumTree _tree;
    private readonly double _alpha;
    private readonly double _epsilon;
    private double _largestPriority = 1;

    public PrioritizedSelector(int capacity, double alpha, double epsilon)
    {
        if (!(alpha >= 0 && double.IsFinite(alpha)))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "the priority exponent must be finite and at least 0");
        }

        if (!(epsilon >= 0 && double.IsFinite(epsilon)))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the addition to priorities must be finite and at least 0");
        }

        _tree = new SumTree(capacity);
        _alpha = alpha;
        _epsilon = epsilon;
    }

    public double Mass => _tree.Total;

    public double MinimumMass
    {
        get
        {
            double smallest = double.PositiveInfinity;
            for (int slot = 0; slot < _tree.Capacity; slot++)
            {
                double mass = _tree[slot];
                smallest = mass > 0 ? Math.Min(smallest, mass) : smallest;
            }

            return smallest;
        }
    }

    public double LargestPriority => _largestPriority;

    public void RaiseLargestPriority(double priority)
    {
        if (!(priority >= 0 && double.IsFinite(priority)))
        {
            throw new ArgumentOutOfRangeException(nameof(priority), priority, "a priority must be finite and at least 0");
        }

        _largestPriority = Math.Max(_largestPriority, priority);
    }

    internal SumTree Tree => _tree;

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

    public void Insert(int firstSlot, int count, ReadOnlySpan<float> absoluteTdErrors)
    {
        double[] rented = ArrayPool<double>.Shared.Rent(count);
        Span<double> masses = rented.AsSpan(0, count);
        if (absoluteTdErrors.IsEmpty)
        {
            masses.Fill(MassOf(_largestPriority));
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                masses[i] = MassOf(PriorityOf(absoluteTdErrors[i]));
            }
        }

        _tree.SetRange(firstSlot, masses);
        ArrayPool<double>.Shared.Return(rented);
    }

    public void CheckMasses(ReadOnlySpan<double> masses)
    {
        for (int i = 0; i < masses.Length; i++)
        {
            if (!(masses[i] >= SmallestMass && masses[i] <= LargestMass))
            {
                throw new ArgumentException($"the mass of row {i} is {masses[i]}: a sampling mass lies between {SmallestMass} and {LargestMass}", nameof(masses));
            }
        }
    }

    public void InsertMasses(int firstSlot, ReadOnlySpan<double> masses)
    {
        _tree.SetRange(firstSlot, masses);
        foreach (double mass in masses)
        {
            // What has no |δ| is put beside the largest priority, also where that was inherited. With α = 0 all masses are alike.
            double priority = _alpha > 0 ? Math.Pow(mass, 1 / _alpha) : 0;
            _largestPriority = double.IsFinite(priority) ? Math.Max(_largestPriority, priority) : _largestPriority;
        }
    }

    public void ReadMasses(ReadOnlySpan<int> slots, Span<double> masses)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            masses[i] = _tree[slots[i]];
        }
    }

    public void Remove(int firstSlot, int count)
    {
        double[] rented = ArrayPool<double>.Shared.Rent(count);
        Span<double> masses = rented.AsSpan(0, count);
        masses.Clear();
        _tree.SetRange(firstSlot, masses);
        ArrayPool<double>.Shared.Return(rented);
    }

    public void Select(ReadOnlySpan<int> counts, Span<int> slots, Span<double> masses, RandomSource random)
    {
        if (!(_tree.Total > 0))
        {
            throw new InvalidOperationException("no slot is occupied: nothing can be drawn");
        }

        int row = 0;
        foreach (int count in counts)
        {
            double stratum = _tree.Total / count;
            for (int i = 0; i < count; i++)
            {
                int slot = _tree.Find(Math.Min((i + random.NextDouble()) * stratum, Math.BitDecrement(_tree.Total)));
                slots[row] = slot;
                masses[row++] = _tree[slot];
            }
        }
    }

    public int Update(ReadOnlySpan<int> slots, ReadOnlySpan<float> absoluteTdErrors)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            _tree[slots[i]] = MassOf(PriorityOf(absoluteTdErrors[i]));
        }

        return slots.Length;
    }

    public int Recover(IRemovalPolicy policy)
    {
        int replaced = 0;
        for (int slot = 0; slot < _tree.Capacity; slot++)
        {
            bool occupied = policy.KeyOf(slot) >= 0;
            bool valid = _tree[slot] is >= SmallestMass and <= LargestMass;
            _tree[slot] = !occupied ? 0 : valid ? _tree[slot] : MassOf(_largestPriority);
            replaced += occupied && !valid ? 1 : 0;
        }

        return replaced;
    }

    public void Dispose()
    {
    }

    private double PriorityOf(float absoluteTdError)
    {
        double priority = absoluteTdError + _epsilon;
        _largestPriority = Math.Max(_largestPriority, priority);
        return priority;
    }

    private double MassOf(double priority) => Math.Clamp(Math.Pow(priority, _alpha), SmallestMass, LargestMass);
}
