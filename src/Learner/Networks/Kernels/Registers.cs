using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>Reading and writing of the vectors that a product keeps in registers.</summary>
internal static unsafe class Registers
{
    /// <summary>Floats of one vector.</summary>
    public const int Width = 16;

    /// <summary>A later part of a row that may be absent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* Offset(float* row, nint distance) => row == null ? null : row + distance;

    /// <summary>A vector of the row that sums start from, zero where it is absent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Start(float* row, int vector) =>
        row == null ? Vector512<float>.Zero : Vector512.Load(row + (vector * Width));

    /// <summary>Stores four neighbouring vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store4<TEpilogue>(float* y, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
        where TEpilogue : struct, IEpilogue
    {
        Store2<TEpilogue>(y, s0, s1);
        Store2<TEpilogue>(y + (2 * Width), s2, s3);
    }

    /// <summary>Stores two neighbouring vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store2<TEpilogue>(float* y, Vector512<float> s0, Vector512<float> s1)
        where TEpilogue : struct, IEpilogue
    {
        TEpilogue.Apply(s0).Store(y);
        TEpilogue.Apply(s1).Store(y + Width);
    }
}
