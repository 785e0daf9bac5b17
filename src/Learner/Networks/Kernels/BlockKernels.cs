using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static DqnAkka.Learner.Registers;

namespace DqnAkka.Learner;

/// <summary>
/// Panels of C = sums + A·B, one to four vectors wide, computed in blocks of rows whose sums stay in registers: 16 of them hide the latency of
/// fused multiply-add on both pipes. Rows that do not fill a block are computed in a block that overlaps the one before, which is
/// harmless where the sums are not C itself. Parameters are those of <see cref="MatrixKernels"/>.
/// </summary>
internal static unsafe class BlockKernels
{
    /// <summary>Rows of the block of <see cref="Tall2"/>.</summary>
    public const int TallRows = 8;

    /// <summary>Blocks of 4 rows × 4 vectors; at least 4 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block4<TEpilogue>(
        float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* sums, nint sumStride, float* c, nint stride)
        where TEpilogue : struct, IEpilogue
    {
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int next = 0; next < rows; next += 4)
        {
            int row = Math.Min(next, rows - 4);
            float* x = a + (row * aRow);
            float* w = b;
            float* start = Offset(sums, row * sumStride);
            Vector512<float> s00 = Start(start, 0);
            Vector512<float> s01 = Start(start, 1);
            Vector512<float> s02 = Start(start, 2);
            Vector512<float> s03 = Start(start, 3);
            start = Offset(start, sumStride);
            Vector512<float> s10 = Start(start, 0);
            Vector512<float> s11 = Start(start, 1);
            Vector512<float> s12 = Start(start, 2);
            Vector512<float> s13 = Start(start, 3);
            start = Offset(start, sumStride);
            Vector512<float> s20 = Start(start, 0);
            Vector512<float> s21 = Start(start, 1);
            Vector512<float> s22 = Start(start, 2);
            Vector512<float> s23 = Start(start, 3);
            start = Offset(start, sumStride);
            Vector512<float> s30 = Start(start, 0);
            Vector512<float> s31 = Start(start, 1);
            Vector512<float> s32 = Start(start, 2);
            Vector512<float> s33 = Start(start, 3);
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

    /// <summary>Blocks of 8 rows × 2 vectors; at least 8 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tall2<TEpilogue>(
        float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* sums, nint sumStride, float* c, nint stride)
        where TEpilogue : struct, IEpilogue
    {
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int next = 0; next < rows; next += TallRows)
        {
            int row = Math.Min(next, rows - TallRows);
            float* x = a + (row * aRow);
            float* w = b;
            float* start = Offset(sums, row * sumStride);
            Vector512<float> s00 = Start(start, 0);
            Vector512<float> s01 = Start(start, 1);
            start = Offset(start, sumStride);
            Vector512<float> s10 = Start(start, 0);
            Vector512<float> s11 = Start(start, 1);
            start = Offset(start, sumStride);
            Vector512<float> s20 = Start(start, 0);
            Vector512<float> s21 = Start(start, 1);
            start = Offset(start, sumStride);
            Vector512<float> s30 = Start(start, 0);
            Vector512<float> s31 = Start(start, 1);
            start = Offset(start, sumStride);
            Vector512<float> s40 = Start(start, 0);
            Vector512<float> s41 = Start(start, 1);
            start = Offset(start, sumStride);
            Vector512<float> s50 = Start(start, 0);
            Vector512<float> s51 = Start(start, 1);
            start = Offset(start, sumStride);
            Vector512<float> s60 = Start(start, 0);
            Vector512<float> s61 = Start(start, 1);
            start = Offset(start, sumStride);
            Vector512<float> s70 = Start(start, 0);
            Vector512<float> s71 = Start(start, 1);
            for (int k = 0; k < depth; k++)
            {
                Vector512<float> w0 = Vector512.Load(w);
                Vector512<float> w1 = Vector512.Load(w + Width);
                float* z = x + (4 * aRow);
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
                Vector512<float> x4 = Vector512.Create(*z);
                s40 = Vector512.MultiplyAddEstimate(x4, w0, s40);
                s41 = Vector512.MultiplyAddEstimate(x4, w1, s41);
                Vector512<float> x5 = Vector512.Create(z[aRow]);
                s50 = Vector512.MultiplyAddEstimate(x5, w0, s50);
                s51 = Vector512.MultiplyAddEstimate(x5, w1, s51);
                Vector512<float> x6 = Vector512.Create(z[aRow2]);
                s60 = Vector512.MultiplyAddEstimate(x6, w0, s60);
                s61 = Vector512.MultiplyAddEstimate(x6, w1, s61);
                Vector512<float> x7 = Vector512.Create(z[aRow3]);
                s70 = Vector512.MultiplyAddEstimate(x7, w0, s70);
                s71 = Vector512.MultiplyAddEstimate(x7, w1, s71);
                w += stride;
                x += aColumn;
            }

            float* y = c + (row * stride);
            Store2<TEpilogue>(y, s00, s01);
            Store2<TEpilogue>(y + stride, s10, s11);
            Store2<TEpilogue>(y + (2 * stride), s20, s21);
            Store2<TEpilogue>(y + (3 * stride), s30, s31);
            Store2<TEpilogue>(y + (4 * stride), s40, s41);
            Store2<TEpilogue>(y + (5 * stride), s50, s51);
            Store2<TEpilogue>(y + (6 * stride), s60, s61);
            Store2<TEpilogue>(y + (7 * stride), s70, s71);
        }
    }

    /// <summary>Blocks of 4 rows × 1 vector; at least 4 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block1<TEpilogue>(
        float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* sums, nint sumStride, float* c, nint stride)
        where TEpilogue : struct, IEpilogue
    {
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int next = 0; next < rows; next += 4)
        {
            int row = Math.Min(next, rows - 4);
            float* x = a + (row * aRow);
            float* w = b;
            float* start = Offset(sums, row * sumStride);
            Vector512<float> s0 = Start(start, 0);
            start = Offset(start, sumStride);
            Vector512<float> s1 = Start(start, 0);
            start = Offset(start, sumStride);
            Vector512<float> s2 = Start(start, 0);
            Vector512<float> s3 = Start(Offset(start, sumStride), 0);
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
}
