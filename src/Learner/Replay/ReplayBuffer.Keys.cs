namespace DqnAkka.Learner;

/// <content>Keys in the order of arrival.</content>
public sealed partial class ReplayBuffer
{
    /// <summary>Copies the keys of what is held out in the order of arrival, the oldest first; beside <see cref="ReadOldest"/>.</summary>
    /// <param name="skip">Number of older transitions that are passed over.</param>
    /// <param name="keys">Receives a key for each of the next ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">So many are not held.</exception>
    public void ReadOldestKeys(int skip, Span<long> keys)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Length, Count - skip, nameof(keys));
        int[] slots = new int[keys.Length];
        _parts.Removal.ReadOldest(skip, slots);
        for (int i = 0; i < slots.Length; i++)
        {
            keys[i] = _parts.Removal.KeyOf(slots[i]);
        }
    }
}
