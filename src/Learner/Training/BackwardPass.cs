using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>The gradient of Σᵣ g(r)·Q(sᵣ, aᵣ; θ) by the packed parameters, by backpropagation.</summary>
internal sealed unsafe class BackwardPass
{
    private readonly NetworkLayout _layout;
    private readonly PackedNetwork _network;
    private readonly HiddenActivations _deltas;
    private readonly AlignedBuffer[] _turnedWeights;
    private readonly AlignedBuffer? _foldedHeadGradients;

    /// <summary>Prepares for a network.</summary>
    public BackwardPass(NetworkLayout layout, PackedNetwork network)
    {
        _layout = layout;
        _network = network;
        PackedLayout packed = network.Packed;
        _deltas = new HiddenActivations(packed);
        Gradients = new AlignedBuffer(packed.Length);
        // Layer l + 1's weights as [outputs × inputs]; the first layer's inputs need no gradient.
        _turnedWeights = [.. packed.Hidden.Skip(1).Select((linear, below) => new AlignedBuffer(linear.Stride * packed.Hidden[below].Stride))];
        _foldedHeadGradients = EffectiveHead.IsDueling(packed, layout.ActionCount)
            ? new AlignedBuffer(EffectiveHead.Length(packed, layout.ActionCount))
            : null;
    }

    /// <summary>The gradient in packed order, after <see cref="Run"/>.</summary>
    public AlignedBuffer Gradients { get; }

    /// <summary>Computes the gradient.</summary>
    /// <param name="observations">s, float32 [rows × observation size].</param>
    /// <param name="activations">What the forward pass on s kept.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="actions">a, int32 [rows], each in range.</param>
    /// <param name="outputGradients">g, float32 [rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float* observations, HiddenActivations activations, int rows, int* actions, float* outputGradients)
    {
        _deltas.EnsureCapacity(rows);
        PackedLinear[] hidden = _network.Packed.Hidden;
        int last = hidden.Length - 1;
        RunHead(activations[last].Pointer, rows, actions, outputGradients);
        for (int layer = last; layer >= 0; layer--)
        {
            PackedLinear linear = hidden[layer];
            float* deltas = _deltas[layer].Pointer;
            ActivationKernels.MultiplyByDerivative(_layout.Options.Activation, activations[layer].Pointer, deltas, (nint)rows * linear.Stride);
            float* inputs = layer == 0 ? observations : activations[layer - 1].Pointer;
            int inputStride = layer == 0 ? _layout.ObservationSize : hidden[layer - 1].Stride;
            float* weightGradients = Gradients.Pointer + linear.WeightOffset;
            MatrixKernels.Multiply<Identity>(inputs, 1, inputStride, linear.Inputs, rows, deltas, null, weightGradients, linear.Stride);
            LayerKernels.SumRows(deltas, rows, linear.Stride, Gradients.Pointer + linear.BiasOffset);
            if (layer > 0)
            {
                float* turned = _turnedWeights[layer - 1].Pointer;
                LayerKernels.Transpose(_network.Parameters.Pointer + linear.WeightOffset, linear.Inputs, linear.Stride, turned, inputStride);
                MatrixKernels.Multiply<Identity>(
                    deltas, linear.Stride, 1, rows, linear.Outputs, turned, null, _deltas[layer - 1].Pointer, inputStride);
            }
        }
    }

    private void RunHead(float* hidden, int rows, int* actions, float* outputGradients)
    {
        PackedHead head = _network.Packed.Head;
        float* deltas = _deltas[_network.Packed.Hidden.Length - 1].Pointer;
        HeadKernels.Propagate(rows, head.Stride, actions, outputGradients, _network.Head.Weights, deltas);
        if (_foldedHeadGradients is null)
        {
            Gradients.Span[head.WeightOffset..].Clear();
            float* gradients = Gradients.Pointer;
            HeadKernels.AddGradients(
                hidden, rows, head.Stride, actions, outputGradients, gradients + head.WeightOffset, gradients + head.BiasOffset);
            return;
        }

        Span<float> weights = Gradients.Span.Slice(head.WeightOffset, head.Rows * head.Stride);
        Span<float> biases = Gradients.Span.Slice(head.BiasOffset, head.Rows);
        int length = _layout.ActionCount * head.Stride;
        _foldedHeadGradients.Span.Clear();
        float* folded = _foldedHeadGradients.Pointer;
        HeadKernels.AddGradients(hidden, rows, head.Stride, actions, outputGradients, folded, folded + length);
        EffectiveHead.UnfoldGradient(_foldedHeadGradients.Span[..length], weights, head.Stride);
        EffectiveHead.UnfoldGradient(_foldedHeadGradients.Span.Slice(length, _layout.ActionCount), biases, 1);
    }
}
