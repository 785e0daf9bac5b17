using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// The reusable columns of one learning step. Only the first <see cref="Count"/> rows count. The memory is the batch's own, or that of the
/// trainer that made it, so that a trainer on libtorch reads what is written here without another copy. Spans are valid as long as the
/// batch, and the trainer that made it, are in use.
/// </summary>
public sealed unsafe class TrainingBatch
{
    // Whatever the pointers point into.
    private readonly object _owner;
    private readonly BatchMemory _memory;

    /// <summary>Allocates columns for up to <paramref name="capacity"/> rows; the weights are 1.</summary>
    /// <param name="capacity">The largest batch.</param>
    /// <param name="observationSize">Components of one observation, D.</param>
    /// <exception cref="InsufficientMemoryException">The observations are more than one array holds.</exception>
    public TrainingBatch(int capacity, int observationSize)
        : this(capacity, observationSize, holdsBytes: false)
    {
    }

    /// <summary>As the above, with observations of bytes where asked for.</summary>
    internal TrainingBatch(int capacity, int observationSize, bool holdsBytes)
        : this(capacity, observationSize, new OwnMemory(RequireAtLeastOne(capacity), RequireAtLeastOne(observationSize), holdsBytes))
    {
    }

    /// <summary>Lays columns over memory that somebody else keeps; the weights become 1.</summary>
    internal TrainingBatch(int capacity, int observationSize, object owner, BatchMemory memory)
    {
        Capacity = capacity;
        ObservationSize = observationSize;
        _owner = owner;
        _memory = memory;
        Weights.Fill(1f);
    }

    private TrainingBatch(int capacity, int observationSize, OwnMemory memory)
        : this(capacity, observationSize, memory, memory.Columns)
    {
    }

    /// <summary>The largest batch.</summary>
    public int Capacity { get; }

    /// <summary>Components of one observation, D.</summary>
    public int ObservationSize { get; }

    /// <summary>Rows in use, B.</summary>
    public int Count { get; set; }

    /// <summary>
    /// Whether observations are bytes (<see cref="ObservationBytes"/>), as a device takes them, and not floats (<see cref="Observations"/>).
    /// </summary>
    public bool HoldsBytes => _memory.Bytes != null;

    /// <summary>s, float32 [capacity × D]; empty where <see cref="HoldsBytes"/>.</summary>
    public Span<float> Observations => new(_memory.Floats, _memory.Floats == null ? 0 : Capacity * ObservationSize);

    /// <summary>s′, float32 [capacity × D]; empty where <see cref="HoldsBytes"/>.</summary>
    public Span<float> NextObservations => _memory.Floats == null ? [] : new(_memory.Floats + ((nint)Capacity * ObservationSize), Capacity * ObservationSize);

    /// <summary>s as <see cref="ObservationType.UInt8"/>, uint8 [capacity × D]; empty unless <see cref="HoldsBytes"/>.</summary>
    public Span<byte> ObservationBytes => new(_memory.Bytes, _memory.Bytes == null ? 0 : Capacity * ObservationSize);

    /// <summary>s′ as <see cref="ObservationType.UInt8"/>, uint8 [capacity × D]; empty unless <see cref="HoldsBytes"/>.</summary>
    public Span<byte> NextObservationBytes => _memory.Bytes == null ? [] : new(_memory.Bytes + ((nint)Capacity * ObservationSize), Capacity * ObservationSize);

    /// <summary>a, int32 [capacity].</summary>
    public Span<int> Actions => new(_memory.Actions, Capacity);

    /// <summary>n-step returns, float32 [capacity].</summary>
    public Span<float> Returns => new(_memory.Scalars, Capacity);

    /// <summary>Bootstrap discounts, float32 [capacity]; 0 after a terminal state.</summary>
    public Span<float> Discounts => new(_memory.Scalars + Capacity, Capacity);

    /// <summary>Importance weights, float32 [capacity]; 1 where sampling is uniform.</summary>
    public Span<float> Weights => new(_memory.Scalars + (2 * (nint)Capacity), Capacity);

    /// <summary>Whether the columns lie in what <paramref name="owner"/> keeps.</summary>
    internal bool IsOf(object? owner) => ReferenceEquals(_owner, owner);

    /// <summary>Takes over the rows in use of another batch.</summary>
    /// <param name="other">A batch of at most this capacity, of the same observation size.</param>
    /// <exception cref="ArgumentException">Its observations are bytes, and these are floats, or the other way round.</exception>
    internal void CopyFrom(TrainingBatch other) => CopyFrom(other, 0, other.Count);

    /// <summary>Takes over some rows of another batch.</summary>
    /// <param name="other">A batch of the same observation size.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">How many, at most this capacity.</param>
    /// <exception cref="ArgumentException">Its observations are bytes, and these are floats, or the other way round.</exception>
    internal void CopyFrom(TrainingBatch other, int first, int rows)
    {
        if (HoldsBytes != other.HoldsBytes)
        {
            throw new ArgumentException($"a batch of {(other.HoldsBytes ? "bytes" : "floats")} was given where {(HoldsBytes ? "bytes" : "floats")} are taken");
        }

        int from = first * ObservationSize;
        int length = rows * ObservationSize;
        if (HoldsBytes)
        {
            other.ObservationBytes.Slice(from, length).CopyTo(ObservationBytes);
            other.NextObservationBytes.Slice(from, length).CopyTo(NextObservationBytes);
        }
        else
        {
            other.Observations.Slice(from, length).CopyTo(Observations);
            other.NextObservations.Slice(from, length).CopyTo(NextObservations);
        }

        other.Actions.Slice(first, rows).CopyTo(Actions);
        other.Returns.Slice(first, rows).CopyTo(Returns);
        other.Discounts.Slice(first, rows).CopyTo(Discounts);
        other.Weights.Slice(first, rows).CopyTo(Weights);
        Count = rows;
    }

    private static int RequireAtLeastOne(int value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }

    /// <summary>Three arrays that stay where they are.</summary>
    private sealed class OwnMemory
    {
        private readonly AlignedBuffer _observations;
        private readonly AlignedBuffer _scalars;
        private readonly AlignedBuffer _actions;

        private readonly bool _holdsBytes;

        public OwnMemory(int capacity, int observationSize, bool holdsBytes)
        {
            long components = 2L * capacity * observationSize;
            _holdsBytes = holdsBytes;
            _observations = new AlignedBuffer(holdsBytes ? (components + sizeof(float) - 1) / sizeof(float) : components);
            _scalars = new AlignedBuffer((long)BatchMemory.ScalarColumns * capacity);
            // An int32 has the size of a float32.
            _actions = new AlignedBuffer(capacity);
        }

        public BatchMemory Columns => new(
            _holdsBytes ? null : _observations.Pointer, _holdsBytes ? (byte*)_observations.Pointer : null, _scalars.Pointer, (int*)_actions.Pointer);
    }
}

/// <summary>Where the columns of a batch of capacity C lie.</summary>
/// <param name="floats">s, then s′, float32 [2 × C × D]; or null.</param>
/// <param name="bytes">s, then s′, uint8 [2 × C × D]; or null. One of the two is there.</param>
/// <param name="scalars">Returns, discounts, weights, float32 [3 × C].</param>
/// <param name="actions">a, int32 [C].</param>
internal readonly unsafe struct BatchMemory(float* floats, byte* bytes, float* scalars, int* actions)
{
    /// <summary>Columns of one float32 to a row.</summary>
    public const int ScalarColumns = 3;

    /// <summary>s, then s′, float32; or null.</summary>
    public float* Floats => floats;

    /// <summary>s, then s′, uint8; or null.</summary>
    public byte* Bytes => bytes;

    /// <summary>Returns, discounts, weights.</summary>
    public float* Scalars => scalars;

    /// <summary>a.</summary>
    public int* Actions => actions;
}
