namespace DqnAkka.Learner;

/// <content>How a buffer goes on in a region that a former process has left, and with another capacity.</content>
public sealed partial class ReplayBuffer
{
    private const int CopyPart = 1024;

    /// <summary>What is to be noted beside the region, to go on from here.</summary>
    internal ReplayState State => new(NextKey, Count, Inserts, _staleEnd, EvictedEarly, _parts.Store.NextFrame, LargestPriority);

    /// <summary>
    /// Goes on with what a region holds. Of transitions that leave in the order of arrival those stay that are newer than the newest one that is
    /// not intact, so that there are no gaps; otherwise all intact ones. A region whose last append was not finished has only the oldest overwritten.
    /// </summary>
    /// <param name="state">What was noted after the last append that counts.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ArgumentException">The state is none that a buffer of this capacity can have; nothing is recovered then.</exception>
    internal ReplayRecovery Recover(ReplayState state)
    {
        if (state.Count < 0 || state.Count > Capacity || state.NextKey < state.Count || state.Inserts < 0 || state.Inserts > state.NextKey
            || state.StaleEnd < 0 || state.StaleEnd > state.NextKey || state.EvictedEarly < 0 || state.NextFrame < 0 || state.NextFrame > Plan.Frames
            || !(state.LargestPriority >= 1 && double.IsFinite(state.LargestPriority)))
        {
            throw new ArgumentException($"no replay buffer of capacity {Capacity} can be in the state {state}", nameof(state));
        }

        long[] keys = new long[Capacity];
        keys.AsSpan().Fill(-1);
        (int damaged, long firstDamaged) = _options.Removal == RemovalKind.Fifo ? FindNewest(state, keys) : FindIntact(state, keys);
        for (int slot = 0; slot < Capacity; slot++)
        {
            if (keys[slot] < 0)
            {
                _parts.Store.Clear(slot);
            }
        }

        _parts.Removal.Restore(state.NextKey, keys);
        _parts.Selector.RaiseLargestPriority(state.LargestPriority);
        int replaced = _parts.Selector.Recover(_parts.Removal);
        _parts.Store.NextFrame = state.NextFrame;
        Inserts = state.Inserts;
        EvictedEarly = state.EvictedEarly;
        _staleEnd = state.StaleEnd;
        _staleHeld = keys.Count(key => key >= 0 && key < _staleEnd);
        return new ReplayRecovery(Count, state.Count - Count, damaged, firstDamaged, replaced);
    }

    /// <summary>Changes the capacity. The newest that fit stay, with their keys and masses; of transitions that leave by priority too.</summary>
    /// <param name="capacity">Transitions held at most from now on, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1 or too large.</exception>
    /// <exception cref="OutOfMemoryException">There is not enough memory for both sizes together; nothing is changed then.</exception>
    public void Resize(int capacity)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ReplayBuffer resized = new(capacity, Format, _options, _shape);
        resized.TakeOver(this);
        _parts.Dispose();
        _parts = resized._parts;
        _staleHeld = resized._staleHeld;
        HoldsAtMost = capacity;
        EvictedEarly = resized.EvictedEarly;
    }

    /// <summary>Makes this buffer, which is new, go on as another one, of which the newest that fit are copied with their keys and masses.</summary>
    /// <param name="other">The other one, of the same form and options except for the capacity.</param>
    internal void TakeOver(ReplayBuffer other)
    {
        int kept = Math.Min(other.Count, Capacity);
        _parts.Selector.RaiseLargestPriority(other.LargestPriority);
        (Inserts, EvictedEarly, _staleEnd) = (other.Inserts, other.EvictedEarly, other._staleEnd);
        if (_options.Removal == RemovalKind.Fifo)
        {
            long[] none = new long[Capacity];
            none.AsSpan().Fill(-1);
            _parts.Removal.Restore(other.NextKey - kept, none);
            for (int row = 0; row < kept; row += CopyPart)
            {
                (TransitionBatch batch, double[] masses) = other.ReadOldest(other.Count - kept + row, Math.Min(CopyPart, kept - row));
                _ = AppendRows(batch, 0, masses, isInherited: false);
            }
        }
        else
        {
            CopyInOrder(other, kept);
        }
    }

    /// <summary>Copies the newest of a buffer whose keys have gaps into the first slots.</summary>
    private void CopyInOrder(ReplayBuffer other, int kept)
    {
        long[] keys = new long[Capacity];
        keys.AsSpan().Fill(-1);
        int[] slots = new int[kept];
        other._parts.Removal.ReadOldest(other.Count - kept, slots);
        for (int first = 0; first < kept; first += CopyPart)
        {
            (TransitionBatch batch, double[] masses) = other.ReadOldest(other.Count - kept + first, Math.Min(CopyPart, kept - first));
            _parts.Selector.InsertMasses(first, masses);
            for (int row = 0; row < batch.Count; row++)
            {
                int slot = first + row;
                keys[slot] = other._parts.Removal.KeyOf(slots[slot]);
                _parts.Store.Write(slot, new BatchPart(batch, row, 1), keys[slot]);
            }
        }

        _parts.Removal.Restore(other.NextKey, keys);
        _staleHeld = keys.Count(key => key >= 0 && key < _staleEnd);
    }

    private (int Damaged, long FirstDamaged) FindNewest(ReplayState state, long[] keys)
    {
        Func<int, long, SlotCondition> inspect = _parts.Store.Inspect(state.NextKey);
        long oldest = state.NextKey - state.Count;
        long key = state.NextKey - 1;
        while (key >= oldest && inspect((int)(key % Capacity), key) == SlotCondition.Intact)
        {
            keys[key % Capacity] = key;
            key--;
        }

        long oldestIntact = key + 1;

        // Older ones that are intact leave with the damaged one, so that there are no gaps: they are not counted as damaged.
        int damaged = 0;
        long first = -1;
        for (; key >= oldest; key--)
        {
            if (inspect((int)(key % Capacity), key) == SlotCondition.Damaged)
            {
                damaged++;
                first = key;
            }
        }

        if (Plan.IsShared)
        {
            DropLeaving(oldestIntact, state.NextKey, keys);
        }

        return (damaged, first);
    }

    /// <summary>
    /// Drops what was leaving when the process ended. It has no mass any more and is whole until its frames and its slot are overwritten.
    /// Where nothing has a mass, that is none of an append's doing.
    /// </summary>
    private void DropLeaving(long oldest, long nextKey, long[] keys)
    {
        Span<int> slot = [0];
        Span<double> mass = [0];
        long key = oldest;
        for (; key < nextKey; key++)
        {
            slot[0] = (int)(key % Capacity);
            _parts.Selector.ReadMasses(slot, mass);
            if (mass[0] != 0)
            {
                break;
            }
        }

        for (long leaving = oldest; key < nextKey && leaving < key; leaving++)
        {
            keys[leaving % Capacity] = -1;
        }
    }

    private (int Damaged, long FirstDamaged) FindIntact(ReplayState state, long[] keys)
    {
        Func<int, long, SlotCondition> inspect = _parts.Store.Inspect(state.NextKey);
        HashSet<long> found = new(Capacity);
        int damaged = 0;
        long first = -1;
        for (int slot = 0; slot < Capacity; slot++)
        {
            long key = _parts.Store.KeyAt(slot);
            if (key >= 0 && key < state.NextKey && inspect(slot, key) == SlotCondition.Intact && found.Add(key))
            {
                keys[slot] = key;
            }
            else if (key >= 0 && key < state.NextKey)
            {
                damaged++;
                first = first < 0 ? key : Math.Min(first, key);
            }
        }

        return (damaged, first);
    }
}
