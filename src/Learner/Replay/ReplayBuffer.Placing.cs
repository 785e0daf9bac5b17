namespace DqnAkka.Learner;

/// <content>How transitions come in and others leave for them.</content>
public sealed partial class ReplayBuffer
{
    private const int LeavingPart = 256;

    /// <summary>Appends the rows of a batch from one on, with masses where there are some, otherwise with the batch's |δ|.</summary>
    private void AppendRows(TransitionBatch batch, int skip, ReadOnlySpan<double> masses)
    {
        int row = skip;
        while (row < batch.Count)
        {
            BatchPart part = _parts.Store.PartOf(batch, row);
            Place(part);
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
    }

    /// <summary>Makes room for a part's frames. What leaves for its rows anyway leaves before, and what leaves on top of that leaves early.</summary>
    private void Place(BatchPart part)
    {
        if (!Plan.IsShared)
        {
            _parts.Store.TryPlace(part, NextKey, -1);
            return;
        }

        int leaving = (int)Math.Clamp((long)Count + part.Count - Capacity, 0, Count);
        Leave(leaving);
        bool ranOut = false;
        Span<int> slots = stackalloc int[LeavingPart];
        while (!_parts.Store.TryPlace(part, NextKey, OldestSlot()))
        {
            Span<int> oldest = slots[..Math.Min(LeavingPart, Count)];
            _parts.Removal.ReadOldest(0, oldest);
            int together = _parts.Store.CountLeavingTogether(oldest);
            Leave(together);
            EvictedEarly += together;
            ranOut = true;
        }

        HoldsAtMost = ranOut ? Math.Min(Capacity, Count + part.Count) : HoldsAtMost;
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
