namespace DqnAkka.Environments;

/// <summary>The set of values that an observation or an action can take.</summary>
public abstract record Space;

/// <summary>The integers <c>0 … Count − 1</c>: the action space that Q-learning needs.</summary>
/// <param name="Count">How many values there are; at least 1.</param>
public sealed record DiscreteSpace(int Count) : Space
{
    /// <inheritdoc />
    public override string ToString() => $"Discrete({Count})";
}

/// <summary>
/// Vectors between two bounds, one bound pair for each component (infinite bounds are allowed). Environments give float32 throughout; a
/// space of integers or booleans promises that their values fit that type, so that they are kept and sent as such.
/// </summary>
public sealed record BoxSpace : Space
{
    private const int LargestListed = 8;

    /// <summary>Makes the space of vectors <c>low[i] ≤ x[i] ≤ high[i]</c>.</summary>
    /// <param name="low">Lower bounds, float32.</param>
    /// <param name="high">Upper bounds, float32, as many as <paramref name="low"/>.</param>
    /// <param name="type">What the components are.</param>
    /// <param name="stack">Frames that one vector is made of, the oldest first, each the next one's predecessor: at least 1, a divisor of the vector's size.</param>
    /// <param name="shape">What the components are arranged in, as images are; null for a plain vector.</param>
    /// <exception cref="ArgumentException">
    /// The bounds differ in length, are empty, exceed the type, or a lower bound exceeds its upper one; or the size is no multiple of the
    /// stack, or not that of the shape.
    /// </exception>
    public BoxSpace(
        IReadOnlyList<float> low, IReadOnlyList<float> high, ObservationType type = ObservationType.Float32, int stack = 1, PlaneShape? shape = null)
    {
        ArgumentNullException.ThrowIfNull(low);
        ArgumentNullException.ThrowIfNull(high);
        if (low.Count == 0 || low.Count != high.Count)
        {
            throw new ArgumentException($"a box needs as many lower as upper bounds, at least one: got {low.Count} and {high.Count}");
        }

        for (int i = 0; i < low.Count; i++)
        {
            if (!(low[i] <= high[i]))
            {
                throw new ArgumentException($"component {i} has lower bound {low[i]} above its upper bound {high[i]}");
            }
        }

        float largest = type == ObservationType.UInt8 ? byte.MaxValue : 1;
        if (type != ObservationType.Float32 && (low.Min() < 0 || high.Max() > largest))
        {
            throw new ArgumentException($"a box of type {type} lies between 0 and {largest}: got bounds from {low.Min()} to {high.Max()}");
        }

        Low = [.. low];
        High = [.. high];
        Format = new ObservationFormat(type, low.Count, stack, shape);
    }

    /// <summary>Lower bounds, one for each component.</summary>
    public IReadOnlyList<float> Low { get; }

    /// <summary>Upper bounds, one for each component.</summary>
    public IReadOnlyList<float> High { get; }

    /// <summary>Number of components of one vector.</summary>
    public int Size => Low.Count;

    /// <summary>What the components are, and how many frames they make.</summary>
    public ObservationFormat Format { get; }

    /// <inheritdoc />
    public bool Equals(BoxSpace? other) => other is not null && Format == other.Format && Format.Shape == other.Format.Shape && Low.SequenceEqual(other.Low) && High.SequenceEqual(other.High);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Format, Low[0], High[0]);

    /// <inheritdoc />
    public override string ToString() => $"Box({Format.Shape}: {Describe(Low)} to {Describe(High)})";

    // One bound says it where all are equal; those of an image would fill pages.
    private static string Describe(IReadOnlyList<float> bounds) =>
        bounds.Count > LargestListed && bounds.All(bound => bound == bounds[0]) ? $"{bounds[0]}"
        : bounds.Count > LargestListed ? $"[{string.Join(", ", bounds.Take(LargestListed))}, ...]"
        : $"[{string.Join(", ", bounds)}]";
}
