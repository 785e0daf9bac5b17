using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>The gradient of Σᵣ g(r)·Q(sᵣ, aᵣ; θ) by the packed parameters, by backpropagation.</summary>
internal sealed unsafe class BackwardPass
{
    private readonly NetworkLayout _layout;
    private readonly PackedNetwork _network;
    private readonly HiddenActivations _deltas;
    // Of each hidden layer; null for the first where its inputs are the observations, which need no gradient.
    private readonly InputGradient?[] _inputGradients;
    private readonly AlignedBuffer? _foldedHeadGradients;

    /// <summary>Prepares for a network.</summary>
    public BackwardPass(NetworkLayout layout, PackedNetwork network)
    {
        _layout = layout;
        _network = network;
        PackedLayout packed = network.Packed;
        _deltas = new HiddenActivations(packed);
        Gradients = new AlignedBuffer(packed.Length);
        _inputGradients =
        [
            .. packed.Hidden.Select((linear, layer) => layer > 0 ? new InputGradient(linear, packed.Hidden[layer - 1].Stride)
                : packed.Filters is { } filters ? new InputGradient(linear, filters.Stride)
                : null),
        ];
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
        _deltas.EnsureCapacity(PackedLayout.RoundUp(rows));
        PackedConvolution? convolution = _network.Convolution;
        PackedLinear[] hidden = _network.Packed.Hidden;
        int last = hidden.Length - 1;
        RunHead(activations[last].Pointer, rows, actions, outputGradients);
        for (int layer = last; layer >= 0; layer--)
        {
            PackedLinear linear = hidden[layer];
            float* deltas = _deltas[layer].Pointer;
            ActivationKernels.MultiplyByDerivative(_layout.Options.Activation, activations[layer].Pointer, deltas, (nint)rows * linear.Stride);
            float* inputs = layer > 0 ? activations[layer - 1].Pointer : convolution is null ? observations : activations.Features.Pointer;
            int inputStride = layer > 0 ? hidden[layer - 1].Stride : _network.Packed.InputStride;
            float* weightGradients = Gradients.Pointer + linear.WeightOffset;
            MatrixKernels.Multiply<Identity>(inputs, 1, inputStride, linear.Inputs, rows, deltas, null, weightGradients, linear.Stride);
            LayerKernels.SumRows(deltas, rows, linear.Stride, Gradients.Pointer + linear.BiasOffset);
            float* below = layer > 0 ? _deltas[layer - 1].Pointer : convolution is null ? null : _deltas.Features.Pointer;
            _inputGradients[layer]?.Run(_network.Parameters.Pointer + linear.WeightOffset, deltas, rows, below);
        }

        if (convolution is not null)
        {
            float* deltas = _deltas.Features.Pointer;
            ActivationKernels.MultiplyByDerivative(
                _layout.Options.Activation, activations.Features.Pointer, deltas, (nint)rows * _network.Packed.InputStride);
            convolution.Gradients(observations, rows, deltas, Gradients);
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
