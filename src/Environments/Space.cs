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

/// <summary>Vectors of float32 between two bounds, one bound pair for each component (infinite bounds are allowed).</summary>
public sealed record BoxSpace : Space
{
    /// <summary>Makes the space of vectors <c>low[i] ≤ x[i] ≤ high[i]</c>.</summary>
    /// <param name="low">Lower bounds, float32.</param>
    /// <param name="high">Upper bounds, float32, as many as <paramref name="low"/>.</param>
    /// <exception cref="ArgumentException">The bounds differ in length, are empty, or a lower bound exceeds its upper one.</exception>
    public BoxSpace(IReadOnlyList<float> low, IReadOnlyList<float> high)
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

        Low = [.. low];
        High = [.. high];
    }

    /// <summary>Lower bounds, one for each component.</summary>
    public IReadOnlyList<float> Low { get; }

    /// <summary>Upper bounds, one for each component.</summary>
    public IReadOnlyList<float> High { get; }

    /// <summary>Number of components of one vector.</summary>
    public int Size => Low.Count;

    /// <inheritdoc />
    public bool Equals(BoxSpace? other) => other is not null && Low.SequenceEqual(other.Low) && High.SequenceEqual(other.High);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Size, Low[0], High[0]);

    /// <inheritdoc />
    public override string ToString() => $"Box({Size}: [{string.Join(", ", Low)}] to [{string.Join(", ", High)}])";
}
