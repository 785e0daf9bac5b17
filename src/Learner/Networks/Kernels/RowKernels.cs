using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static DqnAkka.Learner.Registers;

namespace DqnAkka.Learner;

/// <summary>Products of a row or few: nothing is shared between rows, so each is computed by itself.</summary>
internal static unsafe class RowKernels
{
    /// <summary>C[m, :] = epilogue(initial + Σₖ A[m, k]·B[k, :]); parameters are those of <see cref="MatrixKernels.Multiply"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TEpilogue>(
        float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* initial, float* c, int stride)
        where TEpilogue : struct, IEpilogue
    {
        int column = 0;
        for (; column + (4 * Width) <= stride; column += 4 * Width)
        {
            Single4<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Offset(initial, column), c + column, stride);
        }

        for (; column < stride; column += Width)
        {
            Single1<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Offset(initial, column), c + column, stride);
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
}
