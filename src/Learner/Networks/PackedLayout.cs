using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>A hidden layer in packed order: the transposed weights [inputs × stride], then the bias [stride], padded with zeros.</summary>
/// <param name="Inputs">Units below.</param>
/// <param name="Outputs">Units of the layer.</param>
/// <param name="Stride">Outputs rounded up to whole vectors.</param>
/// <param name="WeightOffset">First weight in the packed vector.</param>
/// <param name="BiasOffset">First bias in the packed vector.</param>
internal readonly record struct PackedLinear(int Inputs, int Outputs, int Stride, int WeightOffset, int BiasOffset);

/// <summary>
/// The head in packed order: weights [rows × stride] as PyTorch has them, then the biases, padded with zeros. A dueling head's
/// first row is the value, the advantages follow.
/// </summary>
/// <param name="Rows">Actions, and one more where dueling.</param>
/// <param name="Stride">The stride of the last hidden layer.</param>
/// <param name="WeightOffset">First weight in the packed vector.</param>
/// <param name="BiasOffset">First bias in the packed vector.</param>
internal readonly record struct PackedHead(int Rows, int Stride, int WeightOffset, int BiasOffset);

/// <summary>
/// The order of parameters in which the SIMD kernels work: filters and hidden weights transposed, so that one input meets whole vectors of
/// outputs, and every row padded to whole vectors. Padding is zero and stays so, since its gradient is zero.
/// </summary>
internal sealed class PackedLayout
{
    private const int OutputsAtATime = 8;
    private static readonly int VectorLength = Vector512<float>.Count;
    private readonly NetworkLayout _layout;

    /// <summary>Packs the given network.</summary>
    public PackedLayout(NetworkLayout layout)
    {
        _layout = layout;
        int offset = 0;
        if (layout.Body[0] is ConvolutionLayer convolution)
        {
            Filters = new PackedFilters(convolution.Input, offset);
            offset += Filters.Value.Length;
        }

        LinearLayer[] linears = [.. layout.Body.OfType<LinearLayer>()];
        Hidden = new PackedLinear[linears.Length];
        for (int layer = 0; layer < linears.Length; layer++)
        {
            int outputs = linears[layer].Outputs;
            int stride = RoundUp(outputs);
            int biasOffset = offset + (linears[layer].Inputs * stride);
            Hidden[layer] = new PackedLinear(linears[layer].Inputs, outputs, stride, offset, biasOffset);
            offset = biasOffset + stride;
        }

        int rows = layout.ActionCount + (layout.Options.Dueling ? 1 : 0);
        int headStride = Hidden[^1].Stride;
        Head = new PackedHead(rows, headStride, offset, offset + (rows * headStride));
        Length = Head.BiasOffset + RoundUp(rows);
    }

    /// <summary>The convolution below the hidden layers; null where they are all.</summary>
    public PackedFilters? Filters { get; }

    /// <summary>Distance of rows of what the first hidden layer takes.</summary>
    public int InputStride => Filters?.Stride ?? _layout.ObservationSize;

    /// <summary>The hidden layers, first to last.</summary>
    public PackedLinear[] Hidden { get; }

    /// <summary>The head.</summary>
    public PackedHead Head { get; }

    /// <summary>Length of the packed vector: a multiple of the vector length.</summary>
    public int Length { get; }

    /// <summary>The smallest multiple of the vector length that is not below <paramref name="count"/>.</summary>
    public static int RoundUp(int count) => (count + VectorLength - 1) / VectorLength * VectorLength;

    /// <summary>Brings a vector in the network layout's order into packed order.</summary>
    /// <param name="flat">float32 [<see cref="NetworkLayout.Length"/>].</param>
    /// <param name="packed">Receives float32 [<see cref="Length"/>].</param>
    public void Pack(ReadOnlySpan<float> flat, Span<float> packed)
    {
        packed.Clear();
        int slot = 0;
        if (Filters is { } filters)
        {
            Turn(Slice(flat, slot++), filters.Taps, packed[filters.WeightOffset..], ConvolutionKernels.Filters, 1);
            Slice(flat, slot++).CopyTo(packed[filters.BiasOffset..]);
        }

        for (int layer = 0; layer < Hidden.Length; layer++)
        {
            PackedLinear linear = Hidden[layer];
            Turn(Slice(flat, slot++), linear.Inputs, packed[linear.WeightOffset..], linear.Stride, PositionsBelow(layer));
            Slice(flat, slot++).CopyTo(packed[linear.BiasOffset..]);
        }

        for (int row = 0; slot < _layout.Slots.Count; slot += 2)
        {
            ReadOnlySpan<float> weight = Slice(flat, slot);
            ReadOnlySpan<float> bias = Slice(flat, slot + 1);
            int inputs = weight.Length / bias.Length;
            for (int output = 0; output < bias.Length; output++, row++)
            {
                weight.Slice(output * inputs, inputs).CopyTo(packed[(Head.WeightOffset + (row * Head.Stride))..]);
                packed[Head.BiasOffset + row] = bias[output];
            }
        }
    }

    /// <summary>Brings a vector in packed order into the network layout's; its padding is set to zero.</summary>
    /// <param name="packed">float32 [<see cref="Length"/>].</param>
    /// <param name="flat">Receives float32 [<see cref="NetworkLayout.Length"/>].</param>
    public void Unpack(ReadOnlySpan<float> packed, Span<float> flat)
    {
        flat.Clear();
        int slot = 0;
        if (Filters is { } filters)
        {
            TurnBack(packed[filters.WeightOffset..], ConvolutionKernels.Filters, Slice(flat, slot++), filters.Taps, 1);
            packed.Slice(filters.BiasOffset, ConvolutionKernels.Filters).CopyTo(Slice(flat, slot++));
        }

        for (int layer = 0; layer < Hidden.Length; layer++)
        {
            PackedLinear linear = Hidden[layer];
            TurnBack(packed[linear.WeightOffset..], linear.Stride, Slice(flat, slot++), linear.Inputs, PositionsBelow(layer));
            packed.Slice(linear.BiasOffset, linear.Outputs).CopyTo(Slice(flat, slot++));
        }

        for (int row = 0; slot < _layout.Slots.Count; slot += 2)
        {
            Span<float> weight = Slice(flat, slot);
            Span<float> bias = Slice(flat, slot + 1);
            int inputs = weight.Length / bias.Length;
            for (int output = 0; output < bias.Length; output++, row++)
            {
                packed.Slice(Head.WeightOffset + (row * Head.Stride), inputs).CopyTo(weight[(output * inputs)..]);
                bias[output] = packed[Head.BiasOffset + row];
            }
        }
    }

    // PyTorch's order of features is plane by plane, ours position by position.
    private int PositionsBelow(int layer) => layer == 0 && Filters is { } filters ? filters.Positions : 1;

    // packed[(p·planes + c)·stride + o] = weight[o, c·positions + p], a few outputs at a time, so that each cache line is fetched once.
    private static void Turn(ReadOnlySpan<float> weight, int inputs, Span<float> packed, int stride, int positions)
    {
        int planes = inputs / positions;
        int outputs = weight.Length / inputs;
        for (int first = 0; first < outputs; first += OutputsAtATime)
        {
            int last = Math.Min(first + OutputsAtATime, outputs);
            for (int input = 0; input < inputs; input++)
            {
                Span<float> row = packed.Slice(((input % positions * planes) + (input / positions)) * stride, last);
                int from = (first * inputs) + input;
                for (int output = first; output < row.Length; output++, from += inputs)
                {
                    row[output] = weight[from];
                }
            }
        }
    }

    private static void TurnBack(ReadOnlySpan<float> packed, int stride, Span<float> weight, int inputs, int positions)
    {
        int planes = inputs / positions;
        int outputs = weight.Length / inputs;
        for (int first = 0; first < outputs; first += OutputsAtATime)
        {
            int last = Math.Min(first + OutputsAtATime, outputs);
            for (int input = 0; input < inputs; input++)
            {
                ReadOnlySpan<float> row = packed.Slice(((input % positions * planes) + (input / positions)) * stride, last);
                int to = (first * inputs) + input;
                for (int output = first; output < row.Length; output++, to += inputs)
                {
                    weight[to] = row[output];
                }
            }
        }
    }

    private ReadOnlySpan<float> Slice(ReadOnlySpan<float> flat, int slot) => flat.Slice(_layout.Slots[slot].Offset, _layout.Slots[slot].Length);

    private Span<float> Slice(Span<float> flat, int slot) => flat.Slice(_layout.Slots[slot].Offset, _layout.Slots[slot].Length);
}
