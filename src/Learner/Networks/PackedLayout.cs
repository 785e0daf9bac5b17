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
/// The order of parameters in which the SIMD kernels work: hidden weights transposed, so that one input meets whole vectors of
/// outputs, and every row padded to whole vectors. Padding is zero and stays so, since its gradient is zero.
/// </summary>
internal sealed class PackedLayout
{
    private static readonly int VectorLength = Vector512<float>.Count;
    private readonly NetworkLayout _layout;

    /// <summary>Packs the given network.</summary>
    public PackedLayout(NetworkLayout layout)
    {
        _layout = layout;
        IReadOnlyList<int> hidden = layout.Options.Hidden;
        Hidden = new PackedLinear[hidden.Count];
        int inputs = layout.ObservationSize;
        int offset = 0;
        for (int layer = 0; layer < hidden.Count; layer++)
        {
            int stride = RoundUp(hidden[layer]);
            int biasOffset = offset + (inputs * stride);
            Hidden[layer] = new PackedLinear(inputs, hidden[layer], stride, offset, biasOffset);
            offset = biasOffset + stride;
            inputs = hidden[layer];
        }

        int rows = layout.ActionCount + (layout.Options.Dueling ? 1 : 0);
        int headStride = Hidden[^1].Stride;
        Head = new PackedHead(rows, headStride, offset, offset + (rows * headStride));
        Length = Head.BiasOffset + RoundUp(rows);
    }

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
        foreach (PackedLinear linear in Hidden)
        {
            ReadOnlySpan<float> weight = Slice(flat, slot++);
            for (int output = 0; output < linear.Outputs; output++)
            {
                for (int input = 0; input < linear.Inputs; input++)
                {
                    packed[linear.WeightOffset + (input * linear.Stride) + output] = weight[(output * linear.Inputs) + input];
                }
            }

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
        foreach (PackedLinear linear in Hidden)
        {
            Span<float> weight = Slice(flat, slot++);
            for (int output = 0; output < linear.Outputs; output++)
            {
                for (int input = 0; input < linear.Inputs; input++)
                {
                    weight[(output * linear.Inputs) + input] = packed[linear.WeightOffset + (input * linear.Stride) + output];
                }
            }

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

    private ReadOnlySpan<float> Slice(ReadOnlySpan<float> flat, int slot) => flat.Slice(_layout.Slots[slot].Offset, _layout.Slots[slot].Length);

    private Span<float> Slice(Span<float> flat, int slot) => flat.Slice(_layout.Slots[slot].Offset, _layout.Slots[slot].Length);
}
