using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>
/// Cross-correlation with 16 filters of 3 × 3, without padding: the 16 outputs of a position are one vector, and each input is
/// broadcast to it. Filters are packed [planes × 3 × 3 × 16], outputs [rows × columns × 16].
/// </summary>
internal static unsafe class ConvolutionKernels
{
    /// <summary>Height and width of a filter.</summary>
    public const int Side = 3;

    /// <summary>Outputs of a position.</summary>
    public const int Filters = 16;

    private const int TileColumns = 8;
    private const int NarrowTileColumns = 4;

    /// <summary>output[y, x] = epilogue(biases + Σ input[c, y + i, x + j]·filters[c, i, j]) of one observation.</summary>
    /// <param name="input">float32 [planes × height × width].</param>
    /// <param name="planes">Planes of the input.</param>
    /// <param name="height">Its height, at least 3.</param>
    /// <param name="width">Its width, at least 3.</param>
    /// <param name="filters">float32 [planes × 3 × 3 × 16].</param>
    /// <param name="biases">float32 [16].</param>
    /// <param name="output">Receives float32 [(height − 2) × (width − 2) × 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TEpilogue>(float* input, int planes, int height, int width, float* filters, float* biases, float* output)
        where TEpilogue : struct, IEpilogue
    {
        int rows = height - Side + 1;
        int columns = width - Side + 1;
        nint plane = (nint)height * width;
        // Tiles that do not fit overlap the ones before, which computes some positions twice and changes none.
        // Where a vector is two or four registers, of 16, only the narrow tile keeps its sums in them.
        if (Vector512.IsHardwareAccelerated && rows > 1 && columns >= TileColumns)
        {
            for (int next = 0; next < rows; next += 2)
            {
                int row = Math.Min(next, rows - 2);
                for (int nextColumn = 0; nextColumn < columns; nextColumn += TileColumns)
                {
                    int column = Math.Min(nextColumn, columns - TileColumns);
                    Tile2x8<TEpilogue>(
                        input + (row * width) + column, planes, plane, width, filters, biases, output + (((row * columns) + column) * Filters), columns);
                }
            }

            return;
        }

        for (int row = 0; row < rows; row++)
        {
            for (int next = 0; next < columns; next += NarrowTileColumns)
            {
                int column = Math.Max(0, Math.Min(next, columns - NarrowTileColumns));
                float* tile = output + (((row * columns) + column) * Filters);
                Tile1x4<TEpilogue>(
                    input + (row * width) + column, planes, plane, width, filters, biases, tile, Math.Min(columns, NarrowTileColumns));
            }
        }
    }

    /// <summary>Adds one observation's share of the gradient by the filters to the given sums.</summary>
    /// <param name="input">float32 [planes × height × width].</param>
    /// <param name="planes">Planes of the input.</param>
    /// <param name="height">Its height, at least 3.</param>
    /// <param name="width">Its width, at least 3.</param>
    /// <param name="deltas">∂L/∂output before the epilogue, float32 [(height − 2) × (width − 2) × 16].</param>
    /// <param name="filterGradients">Summed into, float32 [planes × 3 × 3 × 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddFilterGradients(float* input, int planes, int height, int width, float* deltas, float* filterGradients)
    {
        int rows = height - Side + 1;
        int columns = width - Side + 1;
        for (int plane = 0; plane < planes; plane++)
        {
            float* sums = filterGradients + (plane * Side * Side * Filters);
            Vector512<float> s00 = Vector512.Load(sums);
            Vector512<float> s01 = Vector512.Load(sums + Filters);
            Vector512<float> s02 = Vector512.Load(sums + (2 * Filters));
            Vector512<float> s10 = Vector512.Load(sums + (3 * Filters));
            Vector512<float> s11 = Vector512.Load(sums + (4 * Filters));
            Vector512<float> s12 = Vector512.Load(sums + (5 * Filters));
            Vector512<float> s20 = Vector512.Load(sums + (6 * Filters));
            Vector512<float> s21 = Vector512.Load(sums + (7 * Filters));
            Vector512<float> s22 = Vector512.Load(sums + (8 * Filters));
            float* delta = deltas;
            for (int row = 0; row < rows; row++)
            {
                float* x = input + (((plane * height) + row) * width);
                for (int column = 0; column < columns; column++)
                {
                    Vector512<float> d = Vector512.Load(delta);
                    float* y = x + width;
                    float* z = y + width;
                    s00 = Vector512.MultiplyAddEstimate(Vector512.Create(*x), d, s00);
                    s01 = Vector512.MultiplyAddEstimate(Vector512.Create(x[1]), d, s01);
                    s02 = Vector512.MultiplyAddEstimate(Vector512.Create(x[2]), d, s02);
                    s10 = Vector512.MultiplyAddEstimate(Vector512.Create(*y), d, s10);
                    s11 = Vector512.MultiplyAddEstimate(Vector512.Create(y[1]), d, s11);
                    s12 = Vector512.MultiplyAddEstimate(Vector512.Create(y[2]), d, s12);
                    s20 = Vector512.MultiplyAddEstimate(Vector512.Create(*z), d, s20);
                    s21 = Vector512.MultiplyAddEstimate(Vector512.Create(z[1]), d, s21);
                    s22 = Vector512.MultiplyAddEstimate(Vector512.Create(z[2]), d, s22);
                    delta += Filters;
                    x++;
                }
            }

            s00.Store(sums);
            s01.Store(sums + Filters);
            s02.Store(sums + (2 * Filters));
            s10.Store(sums + (3 * Filters));
            s11.Store(sums + (4 * Filters));
            s12.Store(sums + (5 * Filters));
            s20.Store(sums + (6 * Filters));
            s21.Store(sums + (7 * Filters));
            s22.Store(sums + (8 * Filters));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2x8<TEpilogue>(
        float* input, int planes, nint plane, nint width, float* filters, float* biases, float* output, nint columns)
        where TEpilogue : struct, IEpilogue
    {
        Vector512<float> bias = Vector512.Load(biases);
        Vector512<float> s0 = bias, s1 = bias, s2 = bias, s3 = bias, s4 = bias, s5 = bias, s6 = bias, s7 = bias;
        Vector512<float> t0 = bias, t1 = bias, t2 = bias, t3 = bias, t4 = bias, t5 = bias, t6 = bias, t7 = bias;
        for (int channel = 0; channel < planes; channel++)
        {
            float* line = input;
            for (int i = 0; i < Side; i++)
            {
                float* x = line;
                float* y = line + width;
                for (int j = 0; j < Side; j++)
                {
                    Vector512<float> w = Vector512.Load(filters);
                    s0 = Vector512.MultiplyAddEstimate(Vector512.Create(*x), w, s0);
                    t0 = Vector512.MultiplyAddEstimate(Vector512.Create(*y), w, t0);
                    s1 = Vector512.MultiplyAddEstimate(Vector512.Create(x[1]), w, s1);
                    t1 = Vector512.MultiplyAddEstimate(Vector512.Create(y[1]), w, t1);
                    s2 = Vector512.MultiplyAddEstimate(Vector512.Create(x[2]), w, s2);
                    t2 = Vector512.MultiplyAddEstimate(Vector512.Create(y[2]), w, t2);
                    s3 = Vector512.MultiplyAddEstimate(Vector512.Create(x[3]), w, s3);
                    t3 = Vector512.MultiplyAddEstimate(Vector512.Create(y[3]), w, t3);
                    s4 = Vector512.MultiplyAddEstimate(Vector512.Create(x[4]), w, s4);
                    t4 = Vector512.MultiplyAddEstimate(Vector512.Create(y[4]), w, t4);
                    s5 = Vector512.MultiplyAddEstimate(Vector512.Create(x[5]), w, s5);
                    t5 = Vector512.MultiplyAddEstimate(Vector512.Create(y[5]), w, t5);
                    s6 = Vector512.MultiplyAddEstimate(Vector512.Create(x[6]), w, s6);
                    t6 = Vector512.MultiplyAddEstimate(Vector512.Create(y[6]), w, t6);
                    s7 = Vector512.MultiplyAddEstimate(Vector512.Create(x[7]), w, s7);
                    t7 = Vector512.MultiplyAddEstimate(Vector512.Create(y[7]), w, t7);
                    filters += Filters;
                    x++;
                    y++;
                }

                line += width;
            }

            input += plane;
        }

        float* below = output + (columns * Filters);
        Registers.Store4<TEpilogue>(output, s0, s1, s2, s3);
        Registers.Store4<TEpilogue>(output + (4 * Filters), s4, s5, s6, s7);
        Registers.Store4<TEpilogue>(below, t0, t1, t2, t3);
        Registers.Store4<TEpilogue>(below + (4 * Filters), t4, t5, t6, t7);
    }

    // Up to four positions of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x4<TEpilogue>(
        float* input, int planes, nint plane, nint width, float* filters, float* biases, float* output, int columns)
        where TEpilogue : struct, IEpilogue
    {
        // Where the row is shorter, its last position is computed as often as there are places left.
        int second = Math.Min(1, columns - 1);
        int third = Math.Min(2, columns - 1);
        int fourth = Math.Min(3, columns - 1);
        Vector512<float> s0 = Vector512.Load(biases);
        Vector512<float> s1 = s0, s2 = s0, s3 = s0;
        for (int channel = 0; channel < planes; channel++)
        {
            float* line = input;
            for (int i = 0; i < Side; i++)
            {
                float* x = line;
                for (int j = 0; j < Side; j++)
                {
                    Vector512<float> w = Vector512.Load(filters);
                    s0 = Vector512.MultiplyAddEstimate(Vector512.Create(*x), w, s0);
                    s1 = Vector512.MultiplyAddEstimate(Vector512.Create(x[second]), w, s1);
                    s2 = Vector512.MultiplyAddEstimate(Vector512.Create(x[third]), w, s2);
                    s3 = Vector512.MultiplyAddEstimate(Vector512.Create(x[fourth]), w, s3);
                    filters += Filters;
                    x++;
                }

                line += width;
            }

            input += plane;
        }

        TEpilogue.Apply(s0).Store(output);
        TEpilogue.Apply(s1).Store(output + (second * Filters));
        TEpilogue.Apply(s2).Store(output + (third * Filters));
        TEpilogue.Apply(s3).Store(output + (fourth * Filters));
    }
}
