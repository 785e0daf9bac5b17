namespace DqnAkka.Learner;

/// <summary>
/// Tells what an append that was not finished has written from what is damaged. It writes one row after the other, each into the slot of
/// its key: before each of its rows there is another one, back to the first.
/// </summary>
/// <param name="keyAt">The key in a slot.</param>
/// <param name="capacity">Slots.</param>
/// <param name="nextKey">The first key of the append.</param>
internal sealed class UnfinishedRows(Func<int, long> keyAt, int capacity, long nextKey)
{
    /// <summary>The first key of the append.</summary>
    public long NextKey => nextKey;

    /// <summary>Whether the row in a slot is one of the append's.</summary>
    public bool Has(int slot)
    {
        long key = keyAt(slot);
        return key % capacity == slot && HasComeTo(key);
    }

    /// <summary>Whether all rows before a key are written.</summary>
    public bool HasComeTo(long key)
    {
        if (key <= nextKey)
        {
            return key == nextKey;
        }

        // A batch that is longer than the buffer goes round: then a later one of its rows is there.
        int slot = (int)((key - 1) % capacity);
        long before = keyAt(slot);
        return before >= key - 1 && before % capacity == slot;
    }
}
