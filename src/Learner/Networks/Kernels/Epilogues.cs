using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>What is done to each vector of a product before it is stored.</summary>
internal interface IEpilogue
{
    /// <summary>The vector to store.</summary>
    static abstract Vector512<float> Apply(Vector512<float> value);
}

/// <summary>Stores the product itself.</summary>
internal readonly struct Identity : IEpilogue
{
    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> value) => value;
}

/// <summary>Stores max(0, x); NaN stays NaN, so that a diverged network cannot look healthy.</summary>
internal readonly struct Rectifier : IEpilogue
{
    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> value) =>
        Vector512.ConditionalSelect(Vector512.LessThan(value, Vector512<float>.Zero), Vector512<float>.Zero, value);
}
