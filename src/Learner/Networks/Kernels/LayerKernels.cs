using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>What a backward pass needs beside products: column sums, a scaled and a transposed copy.</summary>
internal static unsafe class LayerKernels
{
    private const int Width = 16;

    /// <summary>sums[:] = Σᵣ matrix[r, :]: the gradient of a bias.</summary>
    /// <param name="matrix">float32 [rows × stride], padded to whole vectors.</param>
    /// <param name="rows">Rows to sum.</param>
    /// <param name="stride">Columns, a multiple of 16.</param>
    /// <param name="sums">Receives float32 [stride].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumRows(float* matrix, int rows, nint stride, float* sums)
    {
        new Span<float>(sums, (int)stride).Clear();
        AddRows(matrix, rows, stride, sums);
    }

    /// <summary>sums[:] += Σᵣ matrix[r, :].</summary>
    /// <param name="matrix">float32 [rows × stride], padded to whole vectors.</param>
    /// <param name="rows">Rows to sum.</param>
    /// <param name="stride">Columns, a multiple of 16.</param>
    /// <param name="sums">Summed into, float32 [stride].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(float* matrix, int rows, nint stride, float* sums)
    {
        for (nint column = 0; column < stride; column += Width)
        {
            Vector512<float> even = Vector512.Load(sums + column);
            Vector512<float> odd = Vector512<float>.Zero;
            float* x = matrix + column;
            int row = 0;
            for (; row + 2 <= rows; row += 2)
            {
                even += Vector512.Load(x);
                odd += Vector512.Load(x + stride);
                x += 2 * stride;
            }

            if (row < rows)
            {
                even += Vector512.Load(x);
            }

            (even + odd).Store(sums + column);
        }
    }

    /// <summary>scaled[:] = scale · values[:].</summary>
    /// <param name="values">float32 [length].</param>
    /// <param name="scale">The factor.</param>
    /// <param name="scaled">Receives float32 [length]; may be the values themselves.</param>
    /// <param name="length">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* values, float scale, float* scaled, nint length)
    {
        for (nint i = 0; i < length; i += Width)
        {
            (Vector512.Load(values + i) * scale).Store(scaled + i);
        }
    }

    /// <summary>transposed[j, i] = matrix[i, j].</summary>
    /// <param name="matrix">float32 [rows × stride].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="stride">Columns of the matrix, a multiple of 16; all of them are copied, padding included.</param>
    /// <param name="transposed">Receives float32 [stride × transposedStride].</param>
    /// <param name="transposedStride">Distance of rows in the transposed matrix, at least <paramref name="rows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* matrix, int rows, nint stride, float* transposed, nint transposedStride)
    {
        Vector512<int> order = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        int row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            float* source = matrix + (row * stride);
            float* destination = transposed + row;
            for (nint column = 0; column < stride; column += 4)
            {
                Vector512<float> block = Vector512.Create(
                    Vector256.Create(Vector128.Load(source), Vector128.Load(source + stride)),
                    Vector256.Create(Vector128.Load(source + (2 * stride)), Vector128.Load(source + (3 * stride))));
                Vector512<float> turned = Vector512.Shuffle(block, order);
                turned.GetLower().GetLower().Store(destination);
                turned.GetLower().GetUpper().Store(destination + transposedStride);
                turned.GetUpper().GetLower().Store(destination + (2 * transposedStride));
                turned.GetUpper().GetUpper().Store(destination + (3 * transposedStride));
                source += 4;
                destination += 4 * transposedStride;
            }
        }

        for (; row < rows; row++)
        {
            for (nint column = 0; column < stride; column++)
            {
                transposed[(column * transposedStride) + row] = matrix[(row * stride) + column];
            }
        }
    }
}
