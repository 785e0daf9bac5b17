namespace DqnAkka.Learner;

/// <content>How transitions come in and others leave for them.</content>
public sealed partial class ReplayBuffer
{
    private const int LeavingPart = 256;

    /// <summary>Appends the rows of a batch from one on, with masses where there are some, otherwise with the batch's |δ|.</summary>
    /// <returns>How many: all of them, unless they are inherited and frames run out.</returns>
    private int AppendRows(TransitionBatch batch, int skip, ReadOnlySpan<double> masses, bool isInherited)
    {
        long first = NextKey;
        int row = skip;
        while (row < batch.Count)
        {
            BatchPart part = _parts.Store.PartOf(batch, row);
            if (!TryPlace(part, isInherited))
            {
                // The later half may still fit.
                row += (batch.Count - row + 1) / 2;
                continue;
            }

            for (int done = 0; done < part.Count;)
            {
                long key = NextKey;
                bool isFull = Count == Capacity;
                (int slot, int count) = _parts.Removal.Claim(part.Count - done);
                ForgetStale(slot, isFull ? count : 0);
                _parts.Store.Write(slot, part.Slice(done, count), key);
                if (masses.IsEmpty)
                {
                    _parts.Selector.Insert(slot, count, batch.AbsoluteTdErrors.Length == 0 ? [] : batch.AbsoluteTdErrors.AsSpan(row + done, count));
                }
                else
                {
                    _parts.Selector.InsertMasses(slot, masses.Slice(row + done, count));
                }

                done += count;
            }

            row += part.Count;
        }

        return (int)(NextKey - first);
    }

    /// <summary>Makes room for a part's frames. What leaves for its rows anyway leaves before, and what leaves on top of that leaves early.</summary>
    /// <returns>Whether there is room; not where the part is inherited and something would have to leave for it that is not.</returns>
    private bool TryPlace(BatchPart part, bool isInherited)
    {
        if (!Plan.IsShared)
        {
            return _parts.Store.TryPlace(part, NextKey, -1);
        }

        int leaving = (int)Math.Clamp((long)Count + part.Count - Capacity, 0, Count);
        Leave(leaving);
        bool ranOut = false;
        Span<int> slots = stackalloc int[LeavingPart];
        while (!_parts.Store.TryPlace(part, NextKey, OldestSlot()))
        {
            if (isInherited && Stale == 0 && Evicted < _firstInherited)
            {
                HoldsAtMost = Count;
                return false;
            }

            Span<int> oldest = slots[..Math.Min(LeavingPart, Count)];
            _parts.Removal.ReadOldest(0, oldest);
            int together = _parts.Store.CountLeavingTogether(oldest);
            Leave(together);
            EvictedEarly += together;
            ranOut = true;
        }

        HoldsAtMost = ranOut ? Math.Min(Capacity, Count + part.Count) : HoldsAtMost;
        return true;
    }

    private int OldestSlot()
    {
        Span<int> oldest = [-1];
        _parts.Removal.ReadOldest(0, oldest[..Math.Min(1, Count)]);
        return oldest[0];
    }

    private void Leave(int count)
    {
        while (count > 0)
        {
            int slot = OldestSlot();
            int run = Math.Min(count, Capacity - slot);
            _parts.Selector.Remove(slot, run);
            _parts.Removal.RemoveOldest(run);
            count -= run;
        }
    }

    // Where transitions leave by priority, stale ones are counted as they are overwritten; in the order of arrival their keys tell.
    private void ForgetStale(int slot, int count)
    {
        for (int i = 0; _staleHeld > 0 && i < count; i++)
        {
            _staleHeld -= _parts.Store.KeyAt(slot + i) < _staleEnd ? 1 : 0;
        }
    }
}
