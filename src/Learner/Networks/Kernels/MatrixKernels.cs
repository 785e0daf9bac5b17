using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>Dense products C = A·B (+ a row), with C and B row-major and padded to whole vectors, in panels of C that <see cref="BlockKernels"/> compute.</summary>
/// <remarks>
/// All kernels are compiled fully at the first call: runs last seconds, so tiering would waste a good part of one. Every element is one sum
/// in the order of k, whatever the number of rows, so a row's result does not depend on its company.
/// </remarks>
internal static unsafe class MatrixKernels
{
    private const int Width = 16;

    // A slice's panel of 4 vectors takes 16 KB: where B's rows are 512 bytes apart, panels lie in half of a first-level cache's sets.
    private const int LargestDepth = 128;
    private const int Slice = 64;

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
        if (rows < 4)
        {
            RowKernels.Multiply<TEpilogue>(a, aRow, aColumn, rows, depth, b, initial, c, stride);
            return;
        }

        if (depth <= LargestDepth || rows < BlockKernels.TallRows)
        {
            MultiplyBlocks<TEpilogue>(a, aRow, aColumn, rows, depth, b, initial, 0, c, stride);
            return;
        }

        // Slices of B that stay in the first-level cache while all rows of A meet them; C holds the sums in between.
        int whole = rows / BlockKernels.TallRows * BlockKernels.TallRows;
        float* sums = initial;
        nint sumStride = 0;
        int first = 0;
        for (; first + Slice < depth; first += Slice)
        {
            MultiplyBlocks<Identity>(a + (first * aColumn), aRow, aColumn, whole, Slice, b + ((nint)first * stride), sums, sumStride, c, stride);
            sums = c;
            sumStride = stride;
        }

        MultiplyBlocks<TEpilogue>(
            a + (first * aColumn), aRow, aColumn, whole, depth - first, b + ((nint)first * stride), sums, sumStride, c, stride);
        if (whole < rows)
        {
            nint last = rows - BlockKernels.TallRows;
            MultiplyBlocks<TEpilogue>(a + (last * aRow), aRow, aColumn, BlockKernels.TallRows, depth, b, initial, 0, c + (last * stride), stride);
        }
    }

    // C = epilogue(sums + A·B), where the sums are one row for all (their stride is 0) or C itself; then the rows must fill whole blocks.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyBlocks<TEpilogue>(
        float* a, nint aRow, nint aColumn, int rows, int depth, float* b, float* sums, nint sumStride, float* c, int stride)
        where TEpilogue : struct, IEpilogue
    {
        int column = 0;
        // Where a vector is two or four registers, of 16, only the narrow block keeps its sums in them.
        int wideStride = Vector512.IsHardwareAccelerated ? stride : 0;
        for (; column + (4 * Width) <= wideStride; column += 4 * Width)
        {
            BlockKernels.Block4<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Registers.Offset(sums, column), sumStride, c + column, stride);
        }

        int tallStride = rows >= BlockKernels.TallRows ? wideStride : 0;
        for (; column + (2 * Width) <= tallStride; column += 2 * Width)
        {
            BlockKernels.Tall2<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Registers.Offset(sums, column), sumStride, c + column, stride);
        }

        for (; column < stride; column += Width)
        {
            BlockKernels.Block1<TEpilogue>(a, aRow, aColumn, rows, depth, b + column, Registers.Offset(sums, column), sumStride, c + column, stride);
        }
    }
}
