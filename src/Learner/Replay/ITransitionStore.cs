using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Holds transitions in numbered slots. It knows slots only: which of them is written next is the removal policy's business, which is drawn
/// the selector's. Not thread-safe.
/// </summary>
internal interface ITransitionStore
{
    /// <summary>Where the next frame goes; 0 where nothing is shared.</summary>
    int NextFrame { get; set; }

    /// <summary>The most rows of a batch, from one on, that can be placed together, as a part of that batch or of a copy.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="firstRow">The row.</param>
    BatchPart PartOf(TransitionBatch batch, int firstRow);

    /// <summary>Makes a part's observations ready for its rows to be written.</summary>
    /// <param name="part">As <see cref="PartOf"/> gave it.</param>
    /// <param name="firstKey">The key of its first row.</param>
    /// <param name="oldestSlot">The slot of the oldest transition held, or −1 where none is: then there is room.</param>
    /// <returns>Whether there was room; otherwise some of the oldest have to leave first (<see cref="CountLeavingTogether"/>).</returns>
    bool TryPlace(BatchPart part, long firstKey, int oldestSlot);

    /// <summary>How many of the oldest must leave so that anything becomes free.</summary>
    /// <param name="slots">The slots of the oldest transitions in the order of arrival.</param>
    int CountLeavingTogether(ReadOnlySpan<int> slots);

    /// <summary>Writes rows of the part placed last into neighbouring slots.</summary>
    /// <param name="firstSlot">The first slot.</param>
    /// <param name="part">The rows.</param>
    /// <param name="firstKey">The key of the first.</param>
    void Write(int firstSlot, BatchPart part, long firstKey);

    /// <summary>Copies slots into columns.</summary>
    /// <param name="slots">Written slots, one for each row.</param>
    /// <param name="target">Receives them with their keys; masses are left alone.</param>
    void Read(ReadOnlySpan<int> slots, SampledTransitions target);

    /// <summary>Copies slots into a batch, which has in common what they have.</summary>
    /// <param name="slots">Written slots, one for each row.</param>
    TransitionBatch Read(ReadOnlySpan<int> slots);

    /// <summary>The key that was written into a slot last; −1 where none was.</summary>
    /// <param name="slot">The slot.</param>
    long KeyAt(int slot);

    /// <summary>Forgets what was written into a slot.</summary>
    /// <param name="slot">The slot.</param>
    void Clear(int slot);

    /// <summary>Begins an inspection of what a former process has left: in what condition the transition of a key is in a slot, its row and everything it refers to.</summary>
    /// <param name="nextKey">Transitions from this key on do not count: their append was not finished.</param>
    /// <returns>Takes slot and key.</returns>
    Func<int, long, SlotCondition> Inspect(long nextKey);
}

/// <summary>In what condition a transition is.</summary>
internal enum SlotCondition
{
    /// <summary>As it was written.</summary>
    Intact,

    /// <summary>Overwritten by an append that was not finished, as far as that had come.</summary>
    Overwritten,

    /// <summary>Neither: not by such an append.</summary>
    Damaged,
}

/// <summary>Neighbouring rows of a batch.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="First">The first row.</param>
/// <param name="Count">Number of rows.</param>
internal readonly record struct BatchPart(TransitionBatch Batch, int First, int Count)
{
    /// <summary>Some of the rows.</summary>
    /// <param name="skip">Rows at the beginning that are left out.</param>
    /// <param name="count">Number of rows.</param>
    public BatchPart Slice(int skip, int count) => new(Batch, First + skip, count);
}
