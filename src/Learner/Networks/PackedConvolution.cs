using System.Runtime.CompilerServices;
using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>A convolution's place in the packed vector: filters [planes × 3 × 3 × 16], then the biases [16].</summary>
/// <param name="Input">Observations.</param>
/// <param name="WeightOffset">First weight in the packed vector.</param>
internal readonly record struct PackedFilters(PlaneShape Input, int WeightOffset)
{
    /// <summary>Inputs of one position.</summary>
    public int Taps => Input.Planes * ConvolutionKernels.Side * ConvolutionKernels.Side;

    /// <summary>First bias in the packed vector.</summary>
    public int BiasOffset => WeightOffset + (Taps * ConvolutionKernels.Filters);

    /// <summary>Floats that filters and biases take together.</summary>
    public int Length => (Taps + 1) * ConvolutionKernels.Filters;

    /// <summary>Positions of one observation.</summary>
    public int Positions => (Input.Height - ConvolutionKernels.Side + 1) * (Input.Width - ConvolutionKernels.Side + 1);

    /// <summary>Outputs of one observation, float32 [positions × 16].</summary>
    public int Features => Positions * ConvolutionKernels.Filters;

    /// <summary>Distance of observations' outputs: an odd number of vectors, so that the same feature of many rows is spread over a cache's sets.</summary>
    public int Stride => (Positions | 1) * ConvolutionKernels.Filters;
}

/// <summary>The convolution below a MinAtar network's hidden layer: 16 filters of 3 × 3 over the observation, and the nonlinearity.</summary>
internal sealed unsafe class PackedConvolution
{
    private readonly PackedFilters _filters;
    private readonly Activation _activation;
    private readonly float _inputScale;
    private readonly AlignedBuffer _parameters;
    private readonly AlignedBuffer? _scaled;

    /// <summary>Looks at the convolution within a network's packed parameters.</summary>
    public PackedConvolution(NetworkLayout layout, PackedFilters filters, AlignedBuffer parameters)
    {
        _filters = filters;
        _activation = layout.Options.Activation;
        _inputScale = layout.InputScale;
        _parameters = parameters;
        _scaled = _inputScale == 1f ? null : new AlignedBuffer(filters.Taps * ConvolutionKernels.Filters);
    }

    // The scale is applied to the filters, of which there are fewer than inputs.
    private float* Filters => _scaled is null ? _parameters.Pointer + _filters.WeightOffset : _scaled.Pointer;

    /// <summary>Follows a change of the parameters.</summary>
    public void ParametersChanged()
    {
        if (_scaled is not null)
        {
            LayerKernels.Scale(_parameters.Pointer + _filters.WeightOffset, _inputScale, _scaled.Pointer, _scaled.Length);
        }
    }

    /// <summary>Computes the features.</summary>
    /// <param name="observations">float32 [rows × planes × height × width].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="features">Receives float32 [rows × stride]; what lies between the rows is left as it is.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float* observations, int rows, float* features)
    {
        PlaneShape input = _filters.Input;
        float* filters = Filters;
        float* biases = _parameters.Pointer + _filters.BiasOffset;
        for (int row = 0; row < rows; row++)
        {
            if (_activation == Activation.Relu)
            {
                ConvolutionKernels.Apply<Rectifier>(observations, input.Planes, input.Height, input.Width, filters, biases, features);
            }
            else
            {
                ConvolutionKernels.Apply<Identity>(observations, input.Planes, input.Height, input.Width, filters, biases, features);
                ActivationKernels.Tanh(features, _filters.Features);
            }

            observations += input.Size;
            features += _filters.Stride;
        }
    }

    /// <summary>Computes the gradient by filters and biases.</summary>
    /// <param name="observations">float32 [rows × planes × height × width].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="deltas">∂L/∂(features before the nonlinearity), float32 [rows × stride].</param>
    /// <param name="gradients">Receives it at the parameters' place, float32 [packed length].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Gradients(float* observations, int rows, float* deltas, AlignedBuffer gradients)
    {
        PlaneShape input = _filters.Input;
        gradients.Span.Slice(_filters.WeightOffset, _filters.Length).Clear();
        float* filters = gradients.Pointer + _filters.WeightOffset;
        float* biases = gradients.Pointer + _filters.BiasOffset;
        for (int row = 0; row < rows; row++)
        {
            ConvolutionKernels.AddFilterGradients(observations, input.Planes, input.Height, input.Width, deltas, filters);
            LayerKernels.AddRows(deltas, _filters.Positions, ConvolutionKernels.Filters, biases);
            observations += input.Size;
            deltas += _filters.Stride;
        }

        if (_scaled is not null)
        {
            LayerKernels.Scale(filters, _inputScale, filters, _filters.Taps * ConvolutionKernels.Filters);
        }
    }
}
