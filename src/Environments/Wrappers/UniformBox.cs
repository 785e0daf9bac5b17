namespace DqnAkka.Environments;

/// <summary>Boxes whose components all have the same bounds.</summary>
internal static class UniformBox
{
    /// <summary>The box of one pair of bounds.</summary>
    public static BoxSpace Of(ObservationType type, PlaneShape shape, float low, float high, int stack = 1)
    {
        int size = checked((int)shape.Size);
        return new BoxSpace([.. Enumerable.Repeat(low, size)], [.. Enumerable.Repeat(high, size)], type, stack, shape);
    }

    /// <summary>The box of another one's widest bounds.</summary>
    public static BoxSpace Within(BoxSpace bounds, ObservationType type, PlaneShape shape, int stack) =>
        Of(type, shape, bounds.Low.Min(), bounds.High.Max(), stack);

    /// <summary>Brings values between two bounds; NaN stays.</summary>
    public static void Clamp(Span<float> values, float low, float high)
    {
        foreach (ref float value in values)
        {
            value = Math.Clamp(value, low, high);
        }
    }
}
