using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Every occupied slot with the same probability. For items that leave first in, first out: the occupied slots are one range modulo the
/// capacity, which grows at its newest end and shrinks at its oldest.
/// </summary>
internal sealed class UniformSelector : ISelector
{
    private readonly int _capacity;
    private int _oldest;
    private int _count;

    /// <summary>Makes a selector without occupied slots.</summary>
    /// <param name="capacity">Number of slots, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    public UniformSelector(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    public double Mass => _count;

    public double MinimumMass => _count == 0 ? double.PositiveInfinity : 1;

    public double LargestPriority => 1;

    public void RaiseLargestPriority(double priority)
    {
    }

    public void Check(ReadOnlySpan<float> absoluteTdErrors)
    {
    }

    public void CheckMasses(ReadOnlySpan<double> masses)
    {
    }

    public void Insert(int firstSlot, int count, ReadOnlySpan<float> absoluteTdErrors)
    {
        // A selector that is empty begins wherever the first item is put.
        _oldest = _count == 0 ? firstSlot : _oldest;
        if (firstSlot != Wrap(_count) || count > _capacity)
        {
            throw new ArgumentException($"{count} items at slot {firstSlot} do not follow the newest of {_count} from slot {_oldest} on", nameof(firstSlot));
        }

        _oldest = Wrap(Math.Max(0, _count + count - _capacity));
        _count = Math.Min(_capacity, _count + count);
    }

    public void InsertMasses(int firstSlot, ReadOnlySpan<double> masses) => Insert(firstSlot, masses.Length, []);

    public void Remove(int firstSlot, int count)
    {
        if (firstSlot != _oldest || count > _count)
        {
            throw new ArgumentException($"{count} items at slot {firstSlot} are not the oldest of {_count} from slot {_oldest} on", nameof(firstSlot));
        }

        _oldest = Wrap(count);
        _count -= count;
    }

    public void ReadMasses(ReadOnlySpan<int> slots, Span<double> masses) => masses.Fill(1);

    public void Select(ReadOnlySpan<int> counts, Span<int> slots, Span<double> masses, RandomSource random)
    {
        if (_count == 0)
        {
            throw new InvalidOperationException("no slot is occupied: nothing can be drawn");
        }

        int oldest = _oldest;
        int capacity = _capacity;
        int first = 0;
        foreach (int count in counts)
        {
            double stratum = (double)_count / count;
            Span<int> set = slots.Slice(first, count);
            for (int i = 0; i < set.Length; i++)
            {
                // Rounding can lead to the end of the last stratum, which is no slot.
                int age = Math.Min((int)((i + random.NextDouble()) * stratum), _count - 1);
                int slot = oldest + age - capacity;
                set[i] = slot + (capacity & (slot >> 31));
            }

            first += count;
        }

        masses.Fill(1);
    }

    public int Update(ReadOnlySpan<int> slots, ReadOnlySpan<float> absoluteTdErrors) => 0;

    public int Recover(IRemovalPolicy policy)
    {
        Span<int> oldest = [0];
        _count = policy.Count;
        policy.ReadOldest(0, oldest[..Math.Min(1, _count)]);
        _oldest = oldest[0];
        return 0;
    }

    public void Dispose()
    {
    }

    private int Wrap(int distance) => (int)(((uint)_oldest + (uint)distance) % (uint)_capacity);
}
