namespace DqnAkka.Learner;

/// <summary>
/// A range of the parameter vector with its target and its optimizer: what one shard of a parameter server keeps. Update rules go entry by
/// entry, so any number of ranges together compute the bits of one optimizer on the whole vector. Not thread-safe.
/// </summary>
public sealed class RangeOptimizer
{
    /// <summary>Vectors of the range's length that make its state: θ, θ⁻, first moments, second moments, in this order.</summary>
    public const int StateVectors = 4;

    private readonly IFlatOptimizer _optimizer;
    // One after the other, as the state travels.
    private readonly AlignedBuffer _state;

    /// <summary>Makes a range that is all zero, until <see cref="Load"/> gives it its state.</summary>
    /// <param name="range">The range.</param>
    /// <param name="options">The optimizer and its constants.</param>
    /// <exception cref="ArgumentException">The range's length is not a positive multiple of <see cref="ParameterRange.Alignment"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The state is more than one array holds.</exception>
    public RangeOptimizer(ParameterRange range, LearnerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ParameterRange.RequireAligned(range.Length);
        Range = range;
        _optimizer = FlatOptimizers.Create(options);
        _state = new AlignedBuffer((long)StateVectors * range.Length);
    }

    /// <summary>Which part of the vector it is.</summary>
    public ParameterRange Range { get; }

    /// <summary>θ, float32 [<see cref="ParameterRange.Length"/>]; what it is at the moment.</summary>
    public ReadOnlySpan<float> Online => Vector(0);

    /// <summary>θ⁻, float32 [<see cref="ParameterRange.Length"/>].</summary>
    public ReadOnlySpan<float> Target => Vector(1);

    /// <summary>θ, θ⁻, first and second moments one after the other, float32 [<see cref="StateVectors"/> × <see cref="ParameterRange.Length"/>].</summary>
    public ReadOnlySpan<float> State => _state.Span;

    /// <summary>One update.</summary>
    /// <param name="gradient">The range's part of ∂L/∂θ, averaged and clipped already, all finite, float32 [<see cref="ParameterRange.Length"/>]; zero afterwards.</param>
    /// <param name="learningRate">The learning rate of this update.</param>
    /// <param name="update">The number of this update, the first being 1.</param>
    /// <exception cref="ArgumentException">The gradient is not as long as the range.</exception>
    public void Apply(Span<float> gradient, float learningRate, long update)
    {
        RequireLength(gradient.Length, Range.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(update, 1);
        _optimizer.Step(Vector(0), gradient, Vector(2), Vector(3), 1f, learningRate, update);
        GC.KeepAlive(this);
    }

    /// <summary>θ⁻ ← τθ + (1 − τ)θ⁻; with τ = 1 the target becomes a copy.</summary>
    /// <param name="tau">τ in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">τ is not in (0, 1].</exception>
    public void BlendTarget(float tau)
    {
        StepChecks.RequireTau(tau);
        if (tau == 1)
        {
            Vector(0).CopyTo(Vector(1));
        }
        else
        {
            TargetBlending.Blend(Vector(0), Vector(1), tau);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Takes over a whole state.</summary>
    /// <param name="state">As <see cref="State"/>; copied.</param>
    /// <exception cref="ArgumentException">It is not of this length.</exception>
    public void Load(ReadOnlySpan<float> state)
    {
        RequireLength(state.Length, _state.Length);
        state.CopyTo(_state.Span);
    }

    /// <summary>Copies <see cref="State"/>.</summary>
    /// <param name="destination">Receives float32 [<see cref="StateVectors"/> × <see cref="ParameterRange.Length"/>].</param>
    /// <exception cref="ArgumentException">It is not of this length.</exception>
    public void CopyState(Span<float> destination)
    {
        RequireLength(destination.Length, _state.Length);
        _state.Span.CopyTo(destination);
    }

    /// <summary>Copies θ.</summary>
    /// <param name="destination">Receives float32 [<see cref="ParameterRange.Length"/>].</param>
    /// <exception cref="ArgumentException">It is not of this length.</exception>
    public void CopyOnline(Span<float> destination)
    {
        RequireLength(destination.Length, Range.Length);
        Vector(0).CopyTo(destination);
    }

    /// <summary>Copies θ⁻.</summary>
    /// <param name="destination">Receives float32 [<see cref="ParameterRange.Length"/>].</param>
    /// <exception cref="ArgumentException">It is not of this length.</exception>
    public void CopyTarget(Span<float> destination)
    {
        RequireLength(destination.Length, Range.Length);
        Vector(1).CopyTo(destination);
    }

    private void RequireLength(int actual, int expected)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"range {Range.Index} of {Range.Length} parameters takes {expected} floats here: got {actual}");
        }
    }

    private Span<float> Vector(int index) => _state.Span.Slice(index * Range.Length, Range.Length);
}
