using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>
/// A Q-network's parameters in packed order and its forward pass. Passes that keep nothing run in chunks of rows whose activations
/// stay in the first-level cache. Not thread-safe.
/// </summary>
internal sealed unsafe class PackedNetwork : IPolicyBackend
{
    private const int ChunkRows = 64;
    private readonly NetworkLayout _layout;
    private readonly HiddenActivations _scratch;

    /// <summary>Makes a network whose parameters are all zero.</summary>
    public PackedNetwork(NetworkLayout layout)
    {
        _layout = layout;
        Packed = new PackedLayout(layout);
        Parameters = new AlignedBuffer(Packed.Length);
        Head = new EffectiveHead(Packed, layout.ActionCount, Parameters);
        Convolution = Packed.Filters is { } filters ? new PackedConvolution(layout, filters, Parameters) : null;
        _scratch = new HiddenActivations(Packed);
    }

    /// <summary>The order of the parameters.</summary>
    public PackedLayout Packed { get; }

    /// <summary>The parameters. Whoever writes them calls <see cref="ParametersChanged"/> before the next pass.</summary>
    public AlignedBuffer Parameters { get; }

    /// <summary>The head as one linear map.</summary>
    public EffectiveHead Head { get; }

    /// <summary>The convolution below the hidden layers; null where they are all.</summary>
    public PackedConvolution? Convolution { get; }

    /// <summary>Takes over parameters in the network layout's order.</summary>
    public void Load(ReadOnlySpan<float> flat)
    {
        ParameterVector.RequireLength(_layout, flat.Length);
        Packed.Pack(flat, Parameters.Span);
        ParametersChanged();
    }

    /// <summary>Brings what is derived from the parameters up to date.</summary>
    public void ParametersChanged()
    {
        Head.Fold();
        Convolution?.ParametersChanged();
    }

    /// <summary>Runs all layers below the head and keeps every layer's outputs.</summary>
    /// <param name="observations">float32 [rows × observation size].</param>
    /// <param name="rows">Rows; the activations have room for them.</param>
    /// <param name="activations">Receives the outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunHidden(float* observations, int rows, HiddenActivations activations)
    {
        float* parameters = Parameters.Pointer;
        float* inputs = observations;
        int inputStride = Packed.InputStride;
        if (Convolution is not null)
        {
            inputs = activations.Features.Pointer;
            Convolution.Run(observations, rows, inputs);
        }

        PackedLinear[] hidden = Packed.Hidden;
        for (int layer = 0; layer < hidden.Length; layer++)
        {
            PackedLinear linear = hidden[layer];
            float* weights = parameters + linear.WeightOffset;
            float* biases = parameters + linear.BiasOffset;
            float* outputs = activations[layer].Pointer;
            if (_layout.Options.Activation == Activation.Relu)
            {
                MatrixKernels.Multiply<Rectifier>(inputs, inputStride, 1, rows, linear.Inputs, weights, biases, outputs, linear.Stride);
            }
            else
            {
                MatrixKernels.Multiply<Identity>(inputs, inputStride, 1, rows, linear.Inputs, weights, biases, outputs, linear.Stride);
                ActivationKernels.Tanh(outputs, (nint)rows * linear.Stride);
            }

            inputs = outputs;
            inputStride = linear.Stride;
        }
    }

    /// <summary>Q(s, a) of every action.</summary>
    /// <param name="observations">float32 [rows × observation size].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="values">Receives float32 [rows × actions].</param>
    public void Values(float* observations, int rows, float* values)
    {
        int stride = Packed.Head.Stride;
        for (int first = 0; first < rows; first += ChunkRows)
        {
            int count = Math.Min(ChunkRows, rows - first);
            float* hidden = RunChunk(observations + ((nint)first * _layout.ObservationSize), count);
            HeadKernels.Values(hidden, count, stride, Head.Weights, Head.Biases, _layout.ActionCount, values + ((nint)first * _layout.ActionCount));
        }
    }

    /// <summary>Q(s, a) of one action a row.</summary>
    /// <param name="observations">float32 [rows × observation size].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="actions">int32 [rows], each in range.</param>
    /// <param name="values">Receives float32 [rows].</param>
    public void ValuesAt(float* observations, int rows, int* actions, float* values)
    {
        int stride = Packed.Head.Stride;
        for (int first = 0; first < rows; first += ChunkRows)
        {
            int count = Math.Min(ChunkRows, rows - first);
            float* hidden = RunChunk(observations + ((nint)first * _layout.ObservationSize), count);
            HeadKernels.ValuesAt(hidden, count, stride, Head.Weights, Head.Biases, actions + first, values + first);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // All memory is managed.
    }

    private float* RunChunk(float* observations, int rows)
    {
        _scratch.EnsureCapacity(Math.Min(rows, ChunkRows));
        RunHidden(observations, rows, _scratch);
        return _scratch[Packed.Hidden.Length - 1].Pointer;
    }
}
