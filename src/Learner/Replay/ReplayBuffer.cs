using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// The newest transitions of a stream, drawn uniformly or by proportional priority. A transition's key is its number in the order
/// of arrival (0, 1, 2, …); it lies in slot key mod capacity until <c>capacity</c> later ones have come. Not thread-safe.
/// </summary>
/// <remarks>
/// Beside its own stream a buffer may inherit what another one held (<see cref="AppendInherited"/>). That takes keys and room, and
/// does not count as inserted.
/// </remarks>
public sealed class ReplayBuffer
{
    private readonly TransitionRing _ring;
    private readonly ISelector _selector;

    /// <summary>Makes an empty buffer; its memory is reserved at once.</summary>
    /// <param name="capacity">Transitions held, at least 1 (of this buffer; <see cref="ReplayOptions.Capacity"/> is that of all shards).</param>
    /// <param name="format">The form of an observation.</param>
    /// <param name="options">Whether and how to prioritise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or too large for one array, α or ε is negative or not finite.</exception>
    public ReplayBuffer(int capacity, ObservationFormat format, ReplayOptions options)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(options);
        _ring = new TransitionRing(capacity, format);
        _selector = options.Prioritized ? new PrioritizedSelector(capacity, options.Alpha, options.PriorityEpsilon) : new UniformSelector(capacity);
        Capacity = capacity;
        Format = format;
    }

    /// <summary>Transitions held at most.</summary>
    public int Capacity { get; }

    /// <summary>The form of an observation.</summary>
    public ObservationFormat Format { get; }

    /// <summary>Transitions held now.</summary>
    public int Count => (int)Math.Min(NextKey, Capacity);

    /// <summary>Transitions inserted so far.</summary>
    public long Inserts { get; private set; }

    /// <summary>Transitions inherited so far.</summary>
    public long Inherited { get; private set; }

    /// <summary>Transitions, inserted or inherited, that later ones have replaced.</summary>
    public long Evicted => NextKey - Count;

    /// <summary>Σ p^α of what is held; <see cref="Count"/> where sampling is uniform.</summary>
    public double Mass => _selector.Mass;

    /// <summary>The smallest sampling mass of what is held; +∞ where nothing is.</summary>
    public double MinimumMass => _selector.MinimumMass;

    /// <summary>The largest priority so far, |δ| + ε without the exponent α, at least 1: what comes without |δ| enters with it.</summary>
    public double LargestPriority => _selector.LargestPriority;

    /// <summary>Lets <see cref="LargestPriority"/> be at least that of another buffer.</summary>
    /// <param name="priority">A priority, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The priority is NaN, infinite or negative.</exception>
    public void RaiseLargestPriority(double priority) => _selector.RaiseLargestPriority(priority);

    private long NextKey => Inserts + Inherited;

    /// <summary>
    /// Inserts a batch. Its priorities come from <see cref="TransitionBatch.AbsoluteTdErrors"/>, or are the largest priority so far
    /// (at first 1) where there are none. Of a batch longer than the capacity the last rows stay.
    /// </summary>
    /// <param name="batch">The transitions; they are copied.</param>
    /// <exception cref="ArgumentException">The form of the observations differs, or (prioritised) a |δ| is NaN, infinite or negative; nothing is inserted then.</exception>
    public void Append(TransitionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckSize(batch);
        _selector.Check(batch.AbsoluteTdErrors);
        int row = 0;
        while (row < batch.Count)
        {
            (int slot, int count) = Place(row, batch.Count);
            _ring.Write(slot, batch, row, count);
            _selector.Insert(slot, count, batch.AbsoluteTdErrors.Length == 0 ? [] : batch.AbsoluteTdErrors.AsSpan(row, count));
            row += count;
        }

        Inserts += batch.Count;
    }

    /// <summary>
    /// Takes over the last rows of a batch that another buffer held, with their masses. They may not replace anything: there is room for
    /// <see cref="Capacity"/> − <see cref="Count"/> of them.
    /// </summary>
    /// <param name="batch">The transitions; they are copied.</param>
    /// <param name="masses">The sampling mass of each, as <see cref="ReadOldest"/> gave it.</param>
    /// <param name="skip">Rows at the beginning that are left out.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, there is no room, or (prioritised) a mass is none; nothing is taken then.</exception>
    public void AppendInherited(TransitionBatch batch, ReadOnlySpan<double> masses, int skip = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckSize(batch);
        if (masses.Length != batch.Count || skip < 0 || skip > batch.Count || batch.Count - skip > Capacity - Count)
        {
            throw new ArgumentException(
                $"{batch.Count} transitions less {skip} with {masses.Length} masses do not fit: there is room for {Capacity - Count}", nameof(batch));
        }

        _selector.CheckMasses(masses);
        int row = skip;
        while (row < batch.Count)
        {
            (int slot, int count) = Place(row - skip, batch.Count - skip);
            _ring.Write(slot, batch, row, count);
            _selector.InsertMasses(slot, masses.Slice(row, count));
            row += count;
        }

        Inherited += batch.Count - skip;
    }

    /// <summary>Copies what is held out in the order of arrival, the oldest first.</summary>
    /// <param name="skip">Number of older transitions that are passed over.</param>
    /// <param name="count">Number of transitions.</param>
    /// <returns>The transitions, without |δ|, and the sampling mass of each.</returns>
    /// <exception cref="ArgumentOutOfRangeException">So many are not held.</exception>
    public (TransitionBatch Transitions, double[] Masses) ReadOldest(int skip, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - skip);
        int[] slots = new int[count];
        for (int i = 0; i < count; i++)
        {
            slots[i] = (int)((Evicted + skip + i) % Capacity);
        }

        double[] masses = new double[count];
        _selector.ReadMasses(slots, masses);
        return (_ring.Read(slots), masses);
    }

    /// <summary>Draws transitions for several batches, each drawn for itself.</summary>
    /// <param name="counts">Number of draws for each batch.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <returns>The rows of the first batch, then of the second, …, with keys and masses.</returns>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    public SampledTransitions Sample(IReadOnlyList<int> counts, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return Sample([.. counts], random);
    }

    /// <summary>Draws transitions with replacement, each with probability mass / <see cref="Mass"/>.</summary>
    /// <param name="count">Number of draws, B ≥ 0.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <returns>New arrays of exactly B rows, with keys and masses.</returns>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    public SampledTransitions Sample(int count, RandomSource random) => Sample([count], random);

    private SampledTransitions Sample(ReadOnlySpan<int> counts, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        int count = 0;
        foreach (int part in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(part, nameof(counts));
            count += part;
        }

        if (Count == 0)
        {
            throw new InvalidOperationException("the replay buffer is empty: insert transitions before sampling");
        }

        int[] slots = GC.AllocateUninitializedArray<int>(count);
        SampledTransitions sampled = new(Format, count);
        _selector.Select(counts, slots, sampled.Masses, random);
        long[] keys = sampled.Keys;
        long next = NextKey;
        long round = next - (next % Capacity);
        for (int i = 0; i < count; i++)
        {
            long key = round + slots[i];
            keys[i] = key < next ? key : key - Capacity;
        }

        _ring.Read(slots, sampled);
        return sampled;
    }

    /// <summary>
    /// Gives transitions the priorities of newer TD errors. Keys that have left the buffer, or never were in it, are passed over;
    /// where sampling is uniform all are.
    /// </summary>
    /// <param name="keys">Keys from <see cref="Sample(int, RandomSource)"/>, [B]; of a repeated key the last |δ| stays.</param>
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
        long next = NextKey;
        long oldest = next - Count;
        int applied = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] >= oldest && keys[i] < next && _selector.Update([(int)(keys[i] % Capacity)], [absoluteTdErrors[i]]) == 1)
            {
                applied++;
            }
        }

        return applied;
    }

    /// <summary>Where row <paramref name="row"/> of those that arrive goes, and how many rows fit there before the ring's end.</summary>
    private (int Slot, int Count) Place(int row, int rows)
    {
        int slot = (int)((NextKey + row) % Capacity);
        return (slot, Math.Min(rows - row, Capacity - slot));
    }

    private void CheckSize(TransitionBatch batch)
    {
        if (batch.Format != Format)
        {
            throw new ArgumentException(
                $"the batch has observations of {batch.Format}, the replay buffer holds {Format}; all nodes must use the same environment",
                nameof(batch));
        }
    }
}
