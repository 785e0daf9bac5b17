using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// A training batch whose columns are the memory of three tensors on the host, one for each element type: what is written into
/// <see cref="Columns"/> is in the tensors. Page-locked where a CUDA device reads it.
/// </summary>
internal sealed unsafe class TorchBatch : IDisposable
{
    /// <summary>Allocates columns.</summary>
    /// <param name="capacity">The largest batch, C.</param>
    /// <param name="observationSize">Components of one observation, D.</param>
    /// <param name="holdsBytes">Whether observations are uint8.</param>
    /// <param name="isPinned">Whether the memory is page-locked.</param>
    /// <exception cref="InsufficientMemoryException">The observations are more than one span of a tensor's memory holds.</exception>
    public TorchBatch(int capacity, int observationSize, bool holdsBytes, bool isPinned)
    {
        long bytes = 2L * capacity * observationSize * (holdsBytes ? sizeof(byte) : sizeof(float));
        if (bytes >= int.MaxValue)
        {
            throw new InsufficientMemoryException($"a batch's observations of {bytes} bytes are more than one span holds");
        }

        Observations = OnHost([2, capacity, observationSize], holdsBytes ? ScalarType.Byte : ScalarType.Float32, isPinned);
        Scalars = OnHost([BatchMemory.ScalarColumns, capacity], ScalarType.Float32, isPinned);
        Actions = OnHost([capacity], ScalarType.Int32, isPinned);
        void* observations = Address(Observations);
        BatchMemory memory = new(holdsBytes ? null : (float*)observations, holdsBytes ? (byte*)observations : null, (float*)Address(Scalars), (int*)Address(Actions));
        Columns = new TrainingBatch(capacity, observationSize, this, memory);
    }

    /// <summary>The columns to fill.</summary>
    public TrainingBatch Columns { get; }

    /// <summary>s and s′, float32 or uint8 [2 × C × D].</summary>
    public Tensor Observations { get; }

    /// <summary>Returns, discounts, weights, float32 [3 × C].</summary>
    public Tensor Scalars { get; }

    /// <summary>a, int32 [C].</summary>
    public Tensor Actions { get; }

    /// <summary>Zeros in host memory that outlive the dispose scope in which they may be made.</summary>
    public static Tensor OnHost(long[] shape, ScalarType type, bool isPinned)
    {
        Tensor tensor = zeros(shape, type, CPU);
        if (!isPinned)
        {
            return tensor.DetachFromDisposeScope();
        }

        using (tensor)
        {
            return tensor.pin_memory().DetachFromDisposeScope();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Observations.Dispose();
        Scalars.Dispose();
        Actions.Dispose();
    }

    private static void* Address(Tensor tensor) => System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
