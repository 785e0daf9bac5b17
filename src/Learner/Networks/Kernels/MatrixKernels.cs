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

/// <summary>
/// Small dense products C = A·B (+ a row), with C and B row-major and padded to whole vectors. Blocks of 4 rows × 4 vectors keep
/// 16 sums in registers: enough to hide the latency of fused multiply-add on both pipes.
/// </summary>
/// <remarks>
/// Compiled fully at the first call (runs last seconds, so tiering would waste a good part of one). Rows that do not fill a block are
/// computed in a block that overlaps the one before, which is harmless because C is written and never read.
/// </remarks>
internal static unsafe class MatrixKernels
{
    private const int Width = 16;

    /// <summary>C[m, :] = epilogue(initial + Σₖ A[m, k]·B[k, :]).</summary>
    /// <param name="a">A; element (m, k) lies at m·<paramref name="aRow"/> + k·<paramref name="aColumn"/>, so that either orientation can be read.</param>
    /// <param name="aRow">Distance between rows of A.</param>
    /// <param name="aColumn">Distance between columns of A.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="b">B, row-major.</param>
    /// <param name="initial">One row that each row of C starts from (a bias); null for zero.</param>
    /// <param name="c">C, row-major; must not overlap the inputs.</param>
    /// <param name="stride">Columns of B and C, a multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TEpilogue>(float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* initial, float* c, int stride)
        where TEpilogue : struct, IEpilogue
    {
        int column = 0;
        if (rows < 4)
        {
            for (; column + (4 * Width) <= stride; column += 4 * Width)
            {
                Single4<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Offset(initial, column), c + column, stride);
            }

            for (; column < stride; column += Width)
            {
                Single1<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Offset(initial, column), c + column, stride);
            }

            return;
        }

        // Where a vector is two or four registers, of 16, only the narrow block keeps its sums in them.
        int wideStride = Vector512.IsHardwareAccelerated ? stride : 0;
        for (; column + (4 * Width) <= wideStride; column += 4 * Width)
        {
            Block4<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Offset(initial, column), c + column, stride);
        }

        for (; column + (2 * Width) <= wideStride; column += 2 * Width)
        {
            Block2<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Offset(initial, column), c + column, stride);
        }

        for (; column < stride; column += Width)
        {
            Block1<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Offset(initial, column), c + column, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Offset(float* row, int column) => row == null ? null : row + column;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Start(float* initial, int vector) =>
        initial == null ? Vector512<float>.Zero : Vector512.Load(initial + (vector * Width));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block4<TEpilogue>(float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* initial, float* c, nint stride)
        where TEpilogue : struct, IEpilogue
    {
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int next = 0; next < rows; next += 4)
        {
            int row = Math.Min(next, rows - 4);
            float* x = a + (row * aRow);
            float* w = b;
            Vector512<float> s00 = Start(initial, 0);
            Vector512<float> s01 = Start(initial, 1);
            Vector512<float> s02 = Start(initial, 2);
            Vector512<float> s03 = Start(initial, 3);
            Vector512<float> s10 = s00, s11 = s01, s12 = s02, s13 = s03;
            Vector512<float> s20 = s00, s21 = s01, s22 = s02, s23 = s03;
            Vector512<float> s30 = s00, s31 = s01, s32 = s02, s33 = s03;
            for (int k = 0; k < depth; k++)
            {
                Vector512<float> w0 = Vector512.Load(w);
                Vector512<float> w1 = Vector512.Load(w + Width);
                Vector512<float> w2 = Vector512.Load(w + (2 * Width));
                Vector512<float> w3 = Vector512.Load(w + (3 * Width));
                Vector512<float> x0 = Vector512.Create(*x);
                s00 = Vector512.MultiplyAddEstimate(x0, w0, s00);
                s01 = Vector512.MultiplyAddEstimate(x0, w1, s01);
                s02 = Vector512.MultiplyAddEstimate(x0, w2, s02);
                s03 = Vector512.MultiplyAddEstimate(x0, w3, s03);
                Vector512<float> x1 = Vector512.Create(x[aRow]);
                s10 = Vector512.MultiplyAddEstimate(x1, w0, s10);
                s11 = Vector512.MultiplyAddEstimate(x1, w1, s11);
                s12 = Vector512.MultiplyAddEstimate(x1, w2, s12);
                s13 = Vector512.MultiplyAddEstimate(x1, w3, s13);
                Vector512<float> x2 = Vector512.Create(x[aRow2]);
                s20 = Vector512.MultiplyAddEstimate(x2, w0, s20);
                s21 = Vector512.MultiplyAddEstimate(x2, w1, s21);
                s22 = Vector512.MultiplyAddEstimate(x2, w2, s22);
                s23 = Vector512.MultiplyAddEstimate(x2, w3, s23);
                Vector512<float> x3 = Vector512.Create(x[aRow3]);
                s30 = Vector512.MultiplyAddEstimate(x3, w0, s30);
                s31 = Vector512.MultiplyAddEstimate(x3, w1, s31);
                s32 = Vector512.MultiplyAddEstimate(x3, w2, s32);
                s33 = Vector512.MultiplyAddEstimate(x3, w3, s33);
                w += stride;
                x += aColumn;
            }

            float* y = c + (row * stride);
            Store4<TEpilogue>(y, s00, s01, s02, s03);
            Store4<TEpilogue>(y + stride, s10, s11, s12, s13);
            Store4<TEpilogue>(y + (2 * stride), s20, s21, s22, s23);
            Store4<TEpilogue>(y + (3 * stride), s30, s31, s32, s33);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block2<TEpilogue>(float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* initial, float* c, nint stride)
        where TEpilogue : struct, IEpilogue
    {
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int next = 0; next < rows; next += 4)
        {
            int row = Math.Min(next, rows - 4);
            float* x = a + (row * aRow);
            float* w = b;
            Vector512<float> s00 = Start(initial, 0);
            Vector512<float> s01 = Start(initial, 1);
            Vector512<float> s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
            for (int k = 0; k < depth; k++)
            {
                Vector512<float> w0 = Vector512.Load(w);
                Vector512<float> w1 = Vector512.Load(w + Width);
                Vector512<float> x0 = Vector512.Create(*x);
                s00 = Vector512.MultiplyAddEstimate(x0, w0, s00);
                s01 = Vector512.MultiplyAddEstimate(x0, w1, s01);
                Vector512<float> x1 = Vector512.Create(x[aRow]);
                s10 = Vector512.MultiplyAddEstimate(x1, w0, s10);
                s11 = Vector512.MultiplyAddEstimate(x1, w1, s11);
                Vector512<float> x2 = Vector512.Create(x[aRow2]);
                s20 = Vector512.MultiplyAddEstimate(x2, w0, s20);
                s21 = Vector512.MultiplyAddEstimate(x2, w1, s21);
                Vector512<float> x3 = Vector512.Create(x[aRow3]);
                s30 = Vector512.MultiplyAddEstimate(x3, w0, s30);
                s31 = Vector512.MultiplyAddEstimate(x3, w1, s31);
                w += stride;
                x += aColumn;
            }

            float* y = c + (row * stride);
            Store2<TEpilogue>(y, s00, s01);
            Store2<TEpilogue>(y + stride, s10, s11);
            Store2<TEpilogue>(y + (2 * stride), s20, s21);
            Store2<TEpilogue>(y + (3 * stride), s30, s31);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block1<TEpilogue>(float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* initial, float* c, nint stride)
        where TEpilogue : struct, IEpilogue
    {
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int next = 0; next < rows; next += 4)
        {
            int row = Math.Min(next, rows - 4);
            float* x = a + (row * aRow);
            float* w = b;
            Vector512<float> s0 = Start(initial, 0);
            Vector512<float> s1 = s0, s2 = s0, s3 = s0;
            for (int k = 0; k < depth; k++)
            {
                Vector512<float> w0 = Vector512.Load(w);
                s0 = Vector512.MultiplyAddEstimate(Vector512.Create(*x), w0, s0);
                s1 = Vector512.MultiplyAddEstimate(Vector512.Create(x[aRow]), w0, s1);
                s2 = Vector512.MultiplyAddEstimate(Vector512.Create(x[aRow2]), w0, s2);
                s3 = Vector512.MultiplyAddEstimate(Vector512.Create(x[aRow3]), w0, s3);
                w += stride;
                x += aColumn;
            }

            float* y = c + (row * stride);
            TEpilogue.Apply(s0).Store(y);
            TEpilogue.Apply(s1).Store(y + stride);
            TEpilogue.Apply(s2).Store(y + (2 * stride));
            TEpilogue.Apply(s3).Store(y + (3 * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Single4<TEpilogue>(float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* initial, float* c, nint stride)
        where TEpilogue : struct, IEpilogue
    {
        for (int row = 0; row < rows; row++)
        {
            float* x = a + (row * aRow);
            float* w = b;
            Vector512<float> s0 = Start(initial, 0);
            Vector512<float> s1 = Start(initial, 1);
            Vector512<float> s2 = Start(initial, 2);
            Vector512<float> s3 = Start(initial, 3);
            for (int k = 0; k < depth; k++)
            {
                Vector512<float> x0 = Vector512.Create(*x);
                s0 = Vector512.MultiplyAddEstimate(x0, Vector512.Load(w), s0);
                s1 = Vector512.MultiplyAddEstimate(x0, Vector512.Load(w + Width), s1);
                s2 = Vector512.MultiplyAddEstimate(x0, Vector512.Load(w + (2 * Width)), s2);
                s3 = Vector512.MultiplyAddEstimate(x0, Vector512.Load(w + (3 * Width)), s3);
                w += stride;
                x += aColumn;
            }

            Store4<TEpilogue>(c + (row * stride), s0, s1, s2, s3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Single1<TEpilogue>(float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* initial, float* c, nint stride)
        where TEpilogue : struct, IEpilogue
    {
        for (int row = 0; row < rows; row++)
        {
            float* x = a + (row * aRow);
            float* w = b;
            Vector512<float> s0 = Start(initial, 0);
            for (int k = 0; k < depth; k++)
            {
                s0 = Vector512.MultiplyAddEstimate(Vector512.Create(*x), Vector512.Load(w), s0);
                w += stride;
                x += aColumn;
            }

            TEpilogue.Apply(s0).Store(c + (row * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4<TEpilogue>(float* y, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
        where TEpilogue : struct, IEpilogue
    {
        Store2<TEpilogue>(y, s0, s1);
        Store2<TEpilogue>(y + (2 * Width), s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store2<TEpilogue>(float* y, Vector512<float> s0, Vector512<float> s1)
        where TEpilogue : struct, IEpilogue
    {
        TEpilogue.Apply(s0).Store(y);
        TEpilogue.Apply(s1).Store(y + Width);
    }
}
