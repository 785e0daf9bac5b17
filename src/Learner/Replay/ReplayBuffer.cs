using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Transitions of a stream, drawn uniformly or by proportional priority. A transition's key is its number in the order of arrival
/// (0, 1, 2, …), never used again. What leaves for a later one is the oldest, or what has the lowest priority
/// (<see cref="ReplayOptions.Removal"/>). The memory is reserved at once, outside the garbage collector's heap, and appending, drawing into existing columns and
/// updating allocate nothing. Not thread-safe; to be disposed of by whoever owns it last.
/// </summary>
/// <remarks>
/// Beside its own stream a buffer may inherit what another one held (<see cref="AppendInherited"/>). That takes keys and room, and
/// does not count as inserted.
/// </remarks>
public sealed partial class ReplayBuffer : IDisposable
{
    private readonly ReplayOptions _options;
    private readonly StreamShape? _shape;
    private BufferParts _parts;
    private int[] _slots = [];
    private float[] _errors = [];

    // Transitions with smaller keys are stale; where they leave by priority, how many are still held.
    private long _staleEnd;
    private int _staleHeld;

    // Transitions with smaller keys came before anything was inherited; −1 where nothing was.
    private long _firstInherited = -1;
    private bool _isDisposed;

    /// <summary>Makes an empty buffer; its memory is reserved at once.</summary>
    /// <param name="capacity">Transitions held, at least 1 (of this buffer; <see cref="ReplayOptions.Capacity"/> is that of all shards).</param>
    /// <param name="format">The form of an observation.</param>
    /// <param name="options">Whether and how to prioritise, and what leaves.</param>
    /// <param name="shape">What its stream looks like, from which follows for how many frames there is room; <see cref="StreamShape.Default"/> where it is not told.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1 or too large, α or ε is negative or not finite, or removal by priority is asked for without priorities.</exception>
    /// <exception cref="OutOfMemoryException">There is not as much memory.</exception>
    public ReplayBuffer(int capacity, ObservationFormat format, ReplayOptions options, StreamShape? shape = null)
    {
        _options = options;
        _shape = shape;
        _parts = BufferParts.InOwnMemory(ReplayMemoryPlan.For(capacity, format, options, shape), options);
        HoldsAtMost = capacity;
    }

    /// <summary>Makes a buffer in a region. Unless that is zero, <see cref="Recover"/> comes next.</summary>
    /// <param name="plan">How the region is divided.</param>
    /// <param name="options">What the plan was made of.</param>
    /// <param name="shape">What the plan was made of.</param>
    /// <param name="region">The memory; the buffer disposes of it.</param>
    /// <param name="offset">Bytes at the beginning of the region that are not the buffer's, a multiple of <see cref="MemoryRegion.Alignment"/>.</param>
    /// <param name="hasChecksums">Whether what is stored gets checksums.</param>
    /// <exception cref="ArgumentException">The region is too short.</exception>
    internal ReplayBuffer(ReplayMemoryPlan plan, ReplayOptions options, StreamShape? shape, MemoryRegion region, long offset, bool hasChecksums)
    {
        _options = options;
        _shape = shape;
        _parts = new BufferParts(plan, options, region, offset, hasChecksums);
        HoldsAtMost = plan.Capacity;
    }

    /// <summary>Transitions held at most.</summary>
    public int Capacity => _parts.Plan.Capacity;

    /// <summary>The form of an observation.</summary>
    public ObservationFormat Format => _parts.Plan.Format;

    /// <summary>What memory it takes.</summary>
    public ReplayMemoryPlan Plan => _parts.Plan;

    /// <summary>Transitions held now.</summary>
    public int Count => _parts.Removal.Count;

    /// <summary>The key of the next transition: <see cref="Inserts"/> + <see cref="Inherited"/>.</summary>
    public long NextKey => _parts.Removal.NextKey;

    /// <summary>Transitions inserted so far.</summary>
    public long Inserts { get; private set; }

    /// <summary>Transitions inherited so far.</summary>
    public long Inherited => NextKey - Inserts;

    /// <summary>Transitions, inserted or inherited, that have left.</summary>
    public long Evicted => _parts.Removal.Evicted;

    /// <summary>How many of those left before there were <see cref="Capacity"/> later ones, because frames ran out: the stream shares less than was reserved for.</summary>
    public long EvictedEarly { get; private set; }

    /// <summary>Transitions that the stream lets it hold: <see cref="Capacity"/>, or what was held when frames last ran out.</summary>
    public int HoldsAtMost { get; private set; }

    /// <summary>Transitions held that whatever is inherited or inserted may replace.</summary>
    public int Stale => _options.Removal == RemovalKind.LowestPriority ? _staleHeld : (int)Math.Clamp(_staleEnd - Evicted, 0, Count);

    /// <summary>Σ p^α of what is held; <see cref="Count"/> where sampling is uniform.</summary>
    public double Mass => _parts.Selector.Mass;

    /// <summary>The smallest p^α of what is held, 1 where sampling is uniform; +∞ where nothing is held.</summary>
    public double MinimumMass => _parts.Selector.MinimumMass;

    /// <summary>The largest priority so far, before the exponent α, at least 1. What arrives without |δ| gets it.</summary>
    public double LargestPriority => _parts.Selector.LargestPriority;

    /// <summary>Whether a number can be the sampling mass of a transition.</summary>
    /// <param name="mass">The number.</param>
    public static bool IsMass(double mass) => mass is >= PrioritizedSelector.SmallestMass and <= PrioritizedSelector.LargestMass;

    /// <summary>Lets <see cref="LargestPriority"/> be at least that of another shard.</summary>
    /// <param name="priority">A priority, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public void RaiseLargestPriority(double priority) => _parts.Selector.RaiseLargestPriority(priority);

    /// <summary>
    /// Inserts a batch. Its priorities come from <see cref="TransitionBatch.AbsoluteTdErrors"/>, or are the largest priority so far
    /// (at first 1) where there are none. Of a batch longer than the capacity the last rows stay.
    /// </summary>
    /// <param name="batch">The transitions; they are copied.</param>
    /// <exception cref="ArgumentException">The form of the observations differs, or (prioritised) a |δ| is NaN, infinite or negative; nothing is inserted then.</exception>
    public void Append(TransitionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckFormat(batch);
        _parts.Selector.Check(batch.AbsoluteTdErrors);
        _ = AppendRows(batch, 0, [], isInherited: false);
        Inserts += batch.Count;
    }

    /// <summary>
    /// Takes over the last rows of a batch that another buffer held, with their masses. They may replace nothing but what is stale: there is
    /// room for <see cref="Capacity"/> − <see cref="Count"/> + <see cref="Stale"/> of them. Where frames run out before, the oldest inherited
    /// ones leave; while there are older ones of its own, those of the batch are left out. (Where transitions leave by priority, the lowest ones may leave for them nevertheless.)
    /// </summary>
    /// <param name="batch">The transitions; they are copied.</param>
    /// <param name="masses">The sampling mass of each, as <see cref="ReadOldest"/> gave it.</param>
    /// <param name="skip">Rows at the beginning that are left out.</param>
    /// <returns>How many were taken.</returns>
    /// <exception cref="ArgumentException">Sizes do not fit, there is no room, or (prioritised) a mass is none; nothing is taken then.</exception>
    public int AppendInherited(TransitionBatch batch, ReadOnlySpan<double> masses, int skip = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckFormat(batch);
        int room = Capacity - Count + Stale;
        if (masses.Length != batch.Count || skip < 0 || skip > batch.Count || batch.Count - skip > room)
        {
            throw new ArgumentException(
                $"{batch.Count} transitions less {skip} with {masses.Length} masses do not fit: there is room for {room}", nameof(batch));
        }

        _parts.Selector.CheckMasses(masses);
        _firstInherited = _firstInherited < 0 ? NextKey : _firstInherited;
        return AppendRows(batch, skip, masses, isInherited: true);
    }

    /// <summary>Copies what is held out in the order of arrival, the oldest first.</summary>
    /// <param name="skip">Number of older transitions that are passed over.</param>
    /// <param name="count">Number of transitions.</param>
    /// <returns>The transitions, without |δ|, and the sampling mass of each.</returns>
    /// <exception cref="ArgumentOutOfRangeException">So many are not held.</exception>
    public (TransitionBatch Transitions, double[] Masses) ReadOldest(int skip, int count)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - skip);
        int[] slots = new int[count];
        double[] masses = new double[count];
        _parts.Removal.ReadOldest(skip, slots);
        _parts.Selector.ReadMasses(slots, masses);
        return (_parts.Store.Read(slots), masses);
    }

    /// <summary>Draws transitions with replacement, each with probability mass / <see cref="Mass"/>, one in each of B equal parts of the mass.</summary>
    /// <param name="count">Number of draws, B ≥ 0.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <returns>New columns of exactly B rows, with keys and masses.</returns>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    public SampledTransitions Sample(int count, RandomSource random) => SampleNew([count], random);

    /// <summary>Draws transitions for several batches, each drawn for itself.</summary>
    /// <param name="counts">Number of draws for each batch.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <returns>The rows of the first batch, then of the second, …, with keys and masses.</returns>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    public SampledTransitions Sample(IReadOnlyList<int> counts, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return SampleNew([.. counts], random);
    }

    /// <summary>Draws transitions for several batches into existing columns. Allocates nothing once it has drawn as many.</summary>
    /// <param name="counts">Number of draws for each batch.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <param name="into">Receives the rows of the first batch, then of the second, …, with keys and masses; it has as many.</param>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    /// <exception cref="ArgumentException">The columns have another form or length.</exception>
    public void SampleInto(ReadOnlySpan<int> counts, RandomSource random, SampledTransitions into)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(into);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (into.Count != CountOf(counts) || into.Format != Format)
        {
            throw new ArgumentException($"columns for {into.Count} transitions of {into.Format} cannot take {CountOf(counts)} of {Format}", nameof(into));
        }

        if (Count == 0)
        {
            throw new InvalidOperationException("the replay buffer is empty: insert transitions before sampling");
        }

        Span<int> slots = Scratch(ref _slots, into.Count);
        _parts.Selector.Select(counts, slots, into.Masses, random);
        _parts.Store.Read(slots, into);
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
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (keys.Length != absoluteTdErrors.Length)
        {
            throw new ArgumentException($"{keys.Length} keys need as many |δ|, got {absoluteTdErrors.Length}", nameof(absoluteTdErrors));
        }

        _parts.Selector.Check(absoluteTdErrors);
        Span<int> slots = Scratch(ref _slots, keys.Length);
        Span<float> errors = Scratch(ref _errors, keys.Length);
        int held = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (_parts.Removal.TryFind(keys[i], out int slot))
            {
                slots[held] = slot;
                errors[held++] = absoluteTdErrors[i];
            }
        }

        return _parts.Selector.Update(slots[..held], errors[..held]);
    }

    /// <summary>
    /// Makes everything held inherited and stale: what comes later may replace it, and the inserts are counted from 0 again. For a buffer
    /// whose stream went on elsewhere meanwhile.
    /// </summary>
    public void MarkStale()
    {
        Inserts = 0;
        _staleEnd = NextKey;
        _staleHeld = Count;
        _firstInherited = -1;
    }

    /// <summary>Gives the memory back. The buffer cannot be used any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _parts.Dispose();
    }

    private static Span<T> Scratch<T>(ref T[] scratch, int length)
    {
        if (scratch.Length < length)
        {
            scratch = new T[length];
        }

        return scratch.AsSpan(0, length);
    }

    private static int CountOf(ReadOnlySpan<int> counts)
    {
        int count = 0;
        foreach (int part in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(part, nameof(counts));
            count = checked(count + part);
        }

        return count;
    }

    private SampledTransitions SampleNew(ReadOnlySpan<int> counts, RandomSource random)
    {
        SampledTransitions sampled = new(Format, CountOf(counts));
        SampleInto(counts, random, sampled);
        return sampled;
    }

    private void CheckFormat(TransitionBatch batch)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (batch.Format != Format)
        {
            throw new ArgumentException(
                $"the batch has observations of {batch.Format}, the replay buffer holds {Format}; all nodes must use the same environment",
                nameof(batch));
        }
    }
}
