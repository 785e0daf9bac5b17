namespace DqnAkka.Learner;

/// <summary>The storage of a replay buffer: columns of a fixed number of slots, written in order and read by slot.</summary>
internal sealed class TransitionRing
{
    private readonly int _observationSize;
    private readonly float[] _observations;
    private readonly int[] _actions;
    private readonly float[] _returns;
    private readonly float[] _discounts;
    private readonly float[] _nextObservations;

    public TransitionRing(int capacity, int observationSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        long components = (long)capacity * observationSize;
        if (components > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity),
                capacity,
                $"one buffer holds at most {Array.MaxLength / observationSize} transitions of {observationSize} components; use more shards or a smaller capacity");
        }

        _observationSize = observationSize;
        _observations = new float[components];
        _actions = new int[capacity];
        _returns = new float[capacity];
        _discounts = new float[capacity];
        _nextObservations = new float[components];
    }

    /// <summary>Writes rows of a batch into neighbouring slots.</summary>
    public void Write(int firstSlot, TransitionBatch batch, int firstRow, int count)
    {
        int size = _observationSize;
        batch.Observations.AsSpan(firstRow * size, count * size).CopyTo(_observations.AsSpan(firstSlot * size));
        batch.Actions.AsSpan(firstRow, count).CopyTo(_actions.AsSpan(firstSlot));
        batch.Returns.AsSpan(firstRow, count).CopyTo(_returns.AsSpan(firstSlot));
        batch.Discounts.AsSpan(firstRow, count).CopyTo(_discounts.AsSpan(firstSlot));
        batch.NextObservations.AsSpan(firstRow * size, count * size).CopyTo(_nextObservations.AsSpan(firstSlot * size));
    }

    /// <summary>Copies slots into a new batch, in the order asked for.</summary>
    public TransitionBatch Read(ReadOnlySpan<int> slots)
    {
        int count = slots.Length;
        int[] actions = GC.AllocateUninitializedArray<int>(count);
        float[] returns = GC.AllocateUninitializedArray<float>(count);
        float[] discounts = GC.AllocateUninitializedArray<float>(count);
        for (int i = 0; i < count; i++)
        {
            int slot = slots[i];
            actions[i] = _actions[slot];
            returns[i] = _returns[slot];
            discounts[i] = _discounts[slot];
        }

        return new TransitionBatch(_observationSize, GatherRows(_observations, slots), actions, returns, discounts, GatherRows(_nextObservations, slots), []);
    }

    private float[] GatherRows(float[] source, ReadOnlySpan<int> slots)
    {
        int size = _observationSize;
        float[] rows = GC.AllocateUninitializedArray<float>(slots.Length * size);
        for (int i = 0; i < slots.Length; i++)
        {
            source.AsSpan(slots[i] * size, size).CopyTo(rows.AsSpan(i * size, size));
        }

        return rows;
    }
}
