namespace DqnAkka.Learner;

/// <summary>
/// The item with the smallest mass leaves first. Equal ones leave in turn round the slots: where all are equal that is the order of arrival.
/// </summary>
internal sealed class LowestPriorityRemoval : IRemovalPolicy
{
    private const int None = -1;
    private readonly MinimumTree _masses;
    private readonly Dictionary<long, int> _slots;
    private readonly long[] _keys;

    // The occupied slots in the order of arrival, linked both ways.
    private readonly int[] _older;
    private readonly int[] _newer;
    private int _oldest = None;
    private int _newest = None;

    // Where the search for an unoccupied slot, and for the next smallest mass, goes on.
    private int _unoccupied;
    private int _turn;

    // Where the last reading in the order of arrival ended: so many items are older than that slot.
    private int _readItems;
    private int _readSlot = None;

    /// <summary>Makes a policy without items; its memory is reserved at once.</summary>
    /// <param name="capacity">Number of slots, at least 1.</param>
    /// <param name="masses">The masses of the slots. That of a claimed slot is set, and refreshed there, before the next claim.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    public LowestPriorityRemoval(int capacity, MinimumTree masses)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _masses = masses;
        _slots = new Dictionary<long, int>(capacity);
        _keys = new long[capacity];
        _keys.AsSpan().Fill(None);
        _older = new int[capacity];
        _newer = new int[capacity];
    }

    public int Capacity { get; }

    public int Count => _slots.Count;

    public long NextKey { get; private set; }

    public long Evicted => NextKey - Count;

    /// <summary>Bytes that a policy takes.</summary>
    /// <param name="capacity">Number of slots.</param>
    public static long Bytes(int capacity)
    {
        // A dictionary has an entry of 24 bytes and a bucket of 4 for each item.
        const int BytesPerSlot = sizeof(long) + (2 * sizeof(int)) + 24 + 4;
        return (long)capacity * BytesPerSlot;
    }

    public (int Slot, int Count) Claim(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (Count == Capacity)
        {
            int slot = _masses.IndexOfMinimum(_turn);
            _turn = (slot + 1) % Capacity;
            Remove(slot);
            Add(slot, NextKey++);
            return (slot, 1);
        }

        // Slots become unoccupied only when a former process's items are restored, so the search never has to go back.
        while (_keys[_unoccupied] != None)
        {
            _unoccupied++;
        }

        int first = _unoccupied;
        int claimed = 0;
        while (claimed < count && first + claimed < Capacity && _keys[first + claimed] == None)
        {
            Add(first + claimed, NextKey++);
            claimed++;
        }

        return (first, claimed);
    }

    public bool TryFind(long key, out int slot)
    {
        bool found = _slots.TryGetValue(key, out slot);
        slot = found ? slot : None;
        return found;
    }

    public long KeyOf(int slot) => _keys[slot];

    public void RemoveOldest(int count) =>
        throw new NotSupportedException("items leave by priority, not in the order of arrival");

    public void ReadOldest(int skip, Span<int> slots)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, Count - skip, nameof(slots));
        bool goesOn = _readSlot != None && skip >= _readItems;
        int items = goesOn ? _readItems : 0;
        int slot = goesOn ? _readSlot : _oldest;
        for (; items < skip; items++)
        {
            slot = _newer[slot];
        }

        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = slot;
            slot = _newer[slot];
        }

        _readItems = skip + slots.Length;
        _readSlot = slot;
    }

    public void Restore(long nextKey, ReadOnlySpan<long> keys)
    {
        if (keys.Length != Capacity)
        {
            throw new ArgumentException($"{Capacity} slots need as many keys, got {keys.Length}", nameof(keys));
        }

        List<(long Key, int Slot)> items = [];
        for (int slot = 0; slot < keys.Length; slot++)
        {
            if (keys[slot] < None || keys[slot] >= nextKey)
            {
                throw new ArgumentException($"slot {slot} has key {keys[slot]}, which does not come before the next key {nextKey}", nameof(keys));
            }

            if (keys[slot] != None)
            {
                items.Add((keys[slot], slot));
            }
        }

        items.Sort();
        for (int i = 1; i < items.Count; i++)
        {
            if (items[i].Key == items[i - 1].Key)
            {
                throw new ArgumentException($"slots {items[i - 1].Slot} and {items[i].Slot} have the same key {items[i].Key}", nameof(keys));
            }
        }

        _slots.Clear();
        _keys.AsSpan().Fill(None);
        (_oldest, _newest, _unoccupied, _turn, _readSlot) = (None, None, 0, 0, None);
        foreach ((long key, int slot) in items)
        {
            Add(slot, key);
        }

        NextKey = nextKey;
    }

    private void Add(int slot, long key)
    {
        _keys[slot] = key;
        _slots.Add(key, slot);
        _older[slot] = _newest;
        _newer[slot] = None;
        if (_newest == None)
        {
            _oldest = slot;
        }
        else
        {
            _newer[_newest] = slot;
        }

        _newest = slot;
        _readSlot = None;
    }

    private void Remove(int slot)
    {
        int older = _older[slot];
        int newer = _newer[slot];
        if (older == None)
        {
            _oldest = newer;
        }
        else
        {
            _newer[older] = newer;
        }

        if (newer == None)
        {
            _newest = older;
        }
        else
        {
            _older[newer] = older;
        }

        _slots.Remove(_keys[slot]);
        _keys[slot] = None;
    }
}
