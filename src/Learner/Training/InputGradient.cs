using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>
/// The gradient by a hidden layer's input, ∂L/∂x = ∂L/∂y·Wᵀ, W being packed as [inputs × outputs]. A product reads its second factor row by
/// row, so something has to be turned: the weights, or, where that is less, the deltas and the result: (W·(∂L/∂y)ᵀ)ᵀ.
/// </summary>
/// <param name="linear">The layer.</param>
/// <param name="inputStride">Distance of rows of its input.</param>
internal sealed unsafe class InputGradient(PackedLinear linear, int inputStride)
{
    private AlignedBuffer? _turnedWeights;
    private AlignedBuffer? _turnedDeltas;
    private AlignedBuffer? _turnedResult;

    /// <summary>Computes it.</summary>
    /// <param name="weights">W, float32 [inputs × stride].</param>
    /// <param name="deltas">∂L/∂y, float32 [rows × stride].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="result">Receives float32 [rows rounded up to a whole vector × input stride]; only the first rows are meant. Their padding is zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float* weights, float* deltas, int rows, float* result)
    {
        int columns = PackedLayout.RoundUp(rows);
        if ((long)columns * (linear.Inputs + linear.Outputs) < (long)linear.Inputs * linear.Outputs)
        {
            RunTurned(weights, deltas, rows, columns, result);
            return;
        }

        _turnedWeights ??= new AlignedBuffer((long)linear.Stride * inputStride);
        float* turned = _turnedWeights.Pointer;
        LayerKernels.Transpose(weights, linear.Inputs, linear.Stride, turned, inputStride);
        MatrixKernels.Multiply<Identity>(deltas, linear.Stride, 1, rows, linear.Outputs, turned, null, result, inputStride);
    }

    private void RunTurned(float* weights, float* deltas, int rows, int columns, float* result)
    {
        float* turnedDeltas = Room(ref _turnedDeltas, (long)linear.Stride * columns);
        float* turnedResult = Room(ref _turnedResult, (long)inputStride * columns);
        new Span<float>(turnedResult + (linear.Inputs * columns), (inputStride - linear.Inputs) * columns).Clear();
        LayerKernels.Transpose(deltas, rows, linear.Stride, turnedDeltas, columns);
        MatrixKernels.Multiply<Identity>(weights, linear.Stride, 1, linear.Inputs, linear.Outputs, turnedDeltas, null, turnedResult, columns);
        LayerKernels.Transpose(turnedResult, inputStride, columns, result, inputStride);
    }

    private static float* Room(ref AlignedBuffer? buffer, long length)
    {
        if (buffer is null || buffer.Length < length)
        {
            buffer = new AlignedBuffer(length);
        }

        return buffer.Pointer;
    }
}
