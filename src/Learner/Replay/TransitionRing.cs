namespace DqnAkka.Learner;

/// <summary>The storage of a replay buffer: a fixed number of slots, written in order and read by slot. A transition lies in one piece, so that a random read costs one or two cache lines instead of one for each column.</summary>
internal sealed class TransitionRing
{
    // Of one row: s, s′, Rⁿ, γⁿ, and the action's bits.
    private const int ScalarsPerRow = 3;
    private readonly int _observationSize;
    private readonly int _stride;
    private readonly float[] _rows;

    /// <summary>Allocates the rows.</summary>
    /// <param name="capacity">Number of slots.</param>
    /// <param name="observationSize">Components of one observation, D.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or more components than one array takes.</exception>
    public TransitionRing(int capacity, int observationSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        _observationSize = observationSize;
        long stride = (2L * observationSize) + ScalarsPerRow;
        if (capacity * stride > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity),
                capacity,
                $"one buffer holds at most {Array.MaxLength / stride} transitions of {observationSize} components; use more shards or a smaller capacity");
        }

        _stride = (int)stride;
        _rows = new float[capacity * stride];
    }

    /// <summary>Copies rows of a batch into consecutive slots.</summary>
    /// <param name="firstSlot">The first slot.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="firstRow">The first row of the batch.</param>
    /// <param name="count">Number of rows; they fit before the ring's end.</param>
    public void Write(int firstSlot, TransitionBatch batch, int firstRow, int count)
    {
        int size = _observationSize;
        for (int i = 0; i < count; i++)
        {
            int source = firstRow + i;
            Span<float> row = _rows.AsSpan((firstSlot + i) * _stride, _stride);
            batch.Observations.AsSpan(source * size, size).CopyTo(row);
            batch.NextObservations.AsSpan(source * size, size).CopyTo(row[size..]);
            Span<float> scalars = row[(2 * size)..];
            scalars[2] = BitConverter.Int32BitsToSingle(batch.Actions[source]);
            scalars[1] = batch.Discounts[source];
            scalars[0] = batch.Returns[source];
        }
    }

    /// <summary>Copies the rows of some slots, in their order, into columns of their own.</summary>
    public TransitionBatch Read(ReadOnlySpan<int> slots)
    {
        int size = _observationSize;
        int count = slots.Length;
        float[] observations = GC.AllocateUninitializedArray<float>(count * size);
        float[] nextObservations = GC.AllocateUninitializedArray<float>(count * size);
        int[] actions = GC.AllocateUninitializedArray<int>(count);
        float[] returns = GC.AllocateUninitializedArray<float>(count);
        float[] discounts = GC.AllocateUninitializedArray<float>(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = _rows.AsSpan(slots[i] * _stride, _stride);
            row[..size].CopyTo(observations.AsSpan(i * size, size));
            row.Slice(size, size).CopyTo(nextObservations.AsSpan(i * size, size));
            ReadOnlySpan<float> scalars = row[(2 * size)..];
            actions[i] = BitConverter.SingleToInt32Bits(scalars[2]);
            discounts[i] = scalars[1];
            returns[i] = scalars[0];
        }

        return new TransitionBatch(size, observations, actions, returns, discounts, nextObservations, []);
    }
}
