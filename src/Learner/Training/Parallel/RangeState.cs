namespace DqnAkka.Learner;

/// <summary>The way between a trainer's state and those of the ranges: θ, θ⁻, first and second moments of the range one after the other.</summary>
public static class RangeState
{
    /// <summary>Copies a range's part out of a whole state.</summary>
    /// <param name="whole">The whole state.</param>
    /// <param name="range">The range, within it.</param>
    /// <param name="state">Receives float32 [<see cref="RangeOptimizer.StateVectors"/> × <see cref="ParameterRange.Length"/>].</param>
    /// <exception cref="ArgumentException">A vector is too short for the range, or the span is not of this length.</exception>
    public static void Extract(TrainerState whole, ParameterRange range, Span<float> state)
    {
        RequireFit(whole, range, state.Length);
        for (int index = 0; index < RangeOptimizer.StateVectors; index++)
        {
            Vector(whole, index).AsSpan(range.Offset, range.Length).CopyTo(state[(index * range.Length)..]);
        }
    }

    /// <summary>Copies a range's part into a whole state.</summary>
    /// <param name="state">float32 [<see cref="RangeOptimizer.StateVectors"/> × <see cref="ParameterRange.Length"/>].</param>
    /// <param name="range">The range.</param>
    /// <param name="whole">The whole state, whose vectors are changed.</param>
    /// <exception cref="ArgumentException">A vector is too short for the range, or the span is not of this length.</exception>
    public static void Insert(ReadOnlySpan<float> state, ParameterRange range, TrainerState whole)
    {
        RequireFit(whole, range, state.Length);
        for (int index = 0; index < RangeOptimizer.StateVectors; index++)
        {
            state.Slice(index * range.Length, range.Length).CopyTo(Vector(whole, index).AsSpan(range.Offset, range.Length));
        }
    }

    private static float[] Vector(TrainerState whole, int index) => index switch
    {
        0 => whole.Online,
        1 => whole.Target,
        2 => whole.FirstMoments,
        _ => whole.SecondMoments,
    };

    private static void RequireFit(TrainerState whole, ParameterRange range, int length)
    {
        ArgumentNullException.ThrowIfNull(whole);
        if (length != RangeOptimizer.StateVectors * range.Length)
        {
            throw new ArgumentException($"the state of {range.Length} parameters has {RangeOptimizer.StateVectors * range.Length} floats: got {length}");
        }

        for (int index = 0; index < RangeOptimizer.StateVectors; index++)
        {
            if (range.Offset < 0 || range.Offset + range.Length > Vector(whole, index).Length)
            {
                throw new ArgumentException($"range {range.Index} of parameters {range.Offset} to {range.Offset + range.Length - 1} is not in a vector of {Vector(whole, index).Length}");
            }
        }
    }
}
