using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// The newest transitions of a stream, drawn uniformly or by proportional priority. A transition's key is its insertion number
/// (0, 1, 2, …); it lies in slot key mod capacity until <c>capacity</c> later ones have come. Not thread-safe.
/// </summary>
public sealed class ReplayBuffer
{
    private readonly TransitionRing _ring;
    private readonly ISelector _selector;

    /// <summary>Makes an empty buffer; its memory is reserved at once.</summary>
    /// <param name="capacity">Transitions held, at least 1 (of this buffer; <see cref="ReplayOptions.Capacity"/> is that of all shards).</param>
    /// <param name="observationSize">Components of one observation, D.</param>
    /// <param name="options">Whether and how to prioritise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or too large for one array, α or ε is negative or not finite.</exception>
    public ReplayBuffer(int capacity, int observationSize, ReplayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ring = new TransitionRing(capacity, observationSize);
        _selector = options.Prioritized ? new PrioritizedSelector(capacity, options.Alpha, options.PriorityEpsilon) : new UniformSelector();
        Capacity = capacity;
        ObservationSize = observationSize;
    }

    /// <summary>Transitions held at most.</summary>
    public int Capacity { get; }

    /// <summary>Components of one observation, D.</summary>
    public int ObservationSize { get; }

    /// <summary>Transitions held now.</summary>
    public int Count => (int)Math.Min(Inserts, Capacity);

    /// <summary>Transitions inserted so far, which is also the next key.</summary>
    public long Inserts { get; private set; }

    /// <summary>Σ p^α of what is held; <see cref="Count"/> where sampling is uniform.</summary>
    public double Mass => _selector.Mass;

    /// <summary>
    /// Inserts a batch. Its priorities come from <see cref="TransitionBatch.AbsoluteTdErrors"/>, or are the largest priority so far
    /// (at first 1) where there are none. Of a batch longer than the capacity the last rows stay.
    /// </summary>
    /// <param name="batch">The transitions; they are copied.</param>
    /// <exception cref="ArgumentException">The observation size differs, or (prioritised) a |δ| is NaN, infinite or negative; nothing is inserted then.</exception>
    public void Append(TransitionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.ObservationSize != ObservationSize)
        {
            throw new ArgumentException(
                $"the batch has observations of {batch.ObservationSize} components, the replay buffer holds {ObservationSize}; all nodes must use the same environment",
                nameof(batch));
        }

        _selector.Check(batch.AbsoluteTdErrors);
        int row = Math.Max(0, batch.Count - Capacity);
        while (row < batch.Count)
        {
            int slot = (int)((Inserts + row) % Capacity);
            int count = Math.Min(batch.Count - row, Capacity - slot);
            _ring.Write(slot, batch, row, count);
            _selector.Insert(slot, count, batch.AbsoluteTdErrors.Length == 0 ? [] : batch.AbsoluteTdErrors.AsSpan(row, count));
            row += count;
        }

        Inserts += batch.Count;
    }

    /// <summary>Draws transitions independently and with replacement, each with probability mass / <see cref="Mass"/>.</summary>
    /// <param name="count">Number of draws, B ≥ 0.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <returns>New arrays of exactly B rows, with keys and masses.</returns>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    public SampledTransitions Sample(int count, RandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(random);
        if (Inserts == 0)
        {
            throw new InvalidOperationException("the replay buffer is empty: insert transitions before sampling");
        }

        int[] slots = GC.AllocateUninitializedArray<int>(count);
        double[] masses = GC.AllocateUninitializedArray<double>(count);
        _selector.Select(slots, masses, random);
        long[] keys = GC.AllocateUninitializedArray<long>(count);
        long round = Inserts - (Inserts % Capacity);
        for (int i = 0; i < count; i++)
        {
            long key = round + slots[i];
            keys[i] = key < Inserts ? key : key - Capacity;
        }

        return new SampledTransitions(_ring.Read(slots), keys, masses);
    }

    /// <summary>
    /// Gives transitions the priorities of newer TD errors. Keys that have left the buffer, or never were in it, are passed over;
    /// where sampling is uniform all are.
    /// </summary>
    /// <param name="keys">Keys from <see cref="Sample"/>, [B]; of a repeated key the last |δ| stays.</param>
    /// <param name="absoluteTdErrors">|δ| of each, float32 [B].</param>
    /// <returns>How many were applied.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or (prioritised) a |δ| is NaN, infinite or negative; no priority is changed then.</exception>
    public int UpdatePriorities(ReadOnlySpan<long> keys, ReadOnlySpan<float> absoluteTdErrors)
    {
        if (keys.Length != absoluteTdErrors.Length)
        {
            throw new ArgumentException($"{keys.Length} keys need as many |δ|, got {absoluteTdErrors.Length}", nameof(absoluteTdErrors));
        }

        _selector.Check(absoluteTdErrors);
        long oldest = Inserts - Count;
        int applied = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] >= oldest && keys[i] < Inserts && _selector.Update((int)(keys[i] % Capacity), absoluteTdErrors[i]))
            {
                applied++;
            }
        }

        return applied;
    }
}
