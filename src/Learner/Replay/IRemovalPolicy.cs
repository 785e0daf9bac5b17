namespace DqnAkka.Learner;

/// <summary>
/// Decides which slot the next item takes, and so which item leaves for it. An item's key is its number in the order of arrival
/// (0, 1, 2, …), never used again. It knows keys and slots only. Not thread-safe.
/// </summary>
internal interface IRemovalPolicy
{
    /// <summary>Number of slots.</summary>
    int Capacity { get; }

    /// <summary>Occupied slots.</summary>
    int Count { get; }

    /// <summary>The key of the next item.</summary>
    long NextKey { get; }

    /// <summary>Items that have left, <see cref="NextKey"/> − <see cref="Count"/>.</summary>
    long Evicted { get; }

    /// <summary>
    /// Gives the next items, with keys from <see cref="NextKey"/> on, neighbouring slots; whatever lay there has left. Their masses are to be
    /// set before the next claim.
    /// </summary>
    /// <param name="count">Items that wait for a slot, at least 1.</param>
    /// <returns>The first slot, and how many items go there: at least 1, at most <paramref name="count"/>.</returns>
    (int Slot, int Count) Claim(int count);

    /// <summary>Where an item lies.</summary>
    /// <param name="key">Any number.</param>
    /// <param name="slot">The item's slot.</param>
    /// <returns>Whether the item is here; not so where it has left or never arrived.</returns>
    bool TryFind(long key, out int slot);

    /// <summary>The key of the item in a slot, or −1 where there is none.</summary>
    /// <param name="slot">A slot, 0 to <see cref="Capacity"/> − 1.</param>
    long KeyOf(int slot);

    /// <summary>Lets the oldest items leave before their slots are claimed.</summary>
    /// <param name="count">Number of items, 0 to <see cref="Count"/>.</param>
    /// <exception cref="NotSupportedException">Items do not leave in the order of arrival.</exception>
    void RemoveOldest(int count);

    /// <summary>The slots of items in the order of arrival.</summary>
    /// <param name="skip">Number of older items that are passed over. Going on where the last call ended costs nothing.</param>
    /// <param name="slots">Receives the slots; there are at least <paramref name="skip"/> + its length items.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer items.</exception>
    void ReadOldest(int skip, Span<int> slots);

    /// <summary>Goes on with the items of a former process.</summary>
    /// <param name="nextKey">The key of the next item.</param>
    /// <param name="keys">The key of the item in each slot, −1 where there is none, int64 [<see cref="Capacity"/>].</param>
    /// <exception cref="ArgumentException">This policy cannot have put the items there; nothing is changed then.</exception>
    void Restore(long nextKey, ReadOnlySpan<long> keys);
}
