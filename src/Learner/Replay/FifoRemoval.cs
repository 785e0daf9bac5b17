namespace DqnAkka.Learner;

/// <summary>First in, first out: the item with key k lies in slot k mod capacity until it is the oldest and its slot is needed.</summary>
internal sealed class FifoRemoval : IRemovalPolicy
{
    // Slot of the oldest item, and of the next one; equal where the buffer is empty or full.
    private int _oldestSlot;
    private int _nextSlot;

    /// <summary>Makes a policy without items.</summary>
    /// <param name="capacity">Number of slots, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    public FifoRemoval(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
    }

    public int Capacity { get; }

    public int Count { get; private set; }

    public long NextKey { get; private set; }

    public long Evicted => NextKey - Count;

    public (int Slot, int Count) Claim(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int slot = _nextSlot;
        int claimed = Math.Min(count, Capacity - slot);
        RemoveOldest(Math.Max(0, claimed - (Capacity - Count)));
        _nextSlot = Wrap(slot, claimed);
        Count += claimed;
        NextKey += claimed;
        return (slot, claimed);
    }

    public bool TryFind(long key, out int slot)
    {
        // The distance of a key that has left is negative, and so larger than any count as an unsigned number.
        ulong age = (ulong)(key - Evicted);
        bool found = age < (ulong)Count;
        slot = found ? Wrap(_oldestSlot, (int)age) : -1;
        return found;
    }

    public long KeyOf(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, Capacity);
        int age = slot - _oldestSlot;
        age = age < 0 ? age + Capacity : age;
        return age < Count ? Evicted + age : -1;
    }

    public void RemoveOldest(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _oldestSlot = Wrap(_oldestSlot, count);
        Count -= count;
    }

    public void ReadOldest(int skip, Span<int> slots)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, Count - skip, nameof(slots));
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = Wrap(_oldestSlot, skip + i);
        }
    }

    public void Restore(long nextKey, ReadOnlySpan<long> keys)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nextKey);
        if (keys.Length != Capacity)
        {
            throw new ArgumentException($"{Capacity} slots need as many keys, got {keys.Length}", nameof(keys));
        }

        int count = keys.Length - keys.Count(-1L);
        long oldest = nextKey - count;
        for (long key = oldest; key < nextKey; key++)
        {
            if (key < 0 || keys[(int)(key % Capacity)] != key)
            {
                throw new ArgumentException($"the {count} items are not the newest before key {nextKey}: key {key} is not in its slot", nameof(keys));
            }
        }

        Count = count;
        NextKey = nextKey;
        _nextSlot = (int)(nextKey % Capacity);
        _oldestSlot = (int)(oldest % Capacity);
    }

    private int Wrap(int slot, int distance)
    {
        uint sum = (uint)slot + (uint)distance;
        return (int)(sum >= (uint)Capacity ? sum - (uint)Capacity : sum);
    }
}
