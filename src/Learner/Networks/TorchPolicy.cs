using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>The forward pass on libtorch, on the processor.</summary>
internal sealed unsafe class TorchPolicy(NetworkLayout layout) : IPolicyBackend
{
    private readonly TorchNetwork _network = new(layout, CPU, isTrained: false);

    /// <inheritdoc />
    public void Load(ReadOnlySpan<float> flat) => flat.CopyTo(MemoryMarshal.Cast<byte, float>(_network.Parameters.bytes));

    /// <inheritdoc />
    public void Values(float* observations, int rows, float* values)
    {
        using IDisposable inference = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor inputs = empty([rows, layout.ObservationSize], ScalarType.Float32, CPU);
        int length = rows * layout.ObservationSize;
        new ReadOnlySpan<float>(observations, length).CopyTo(MemoryMarshal.Cast<byte, float>(inputs.bytes));
        MemoryMarshal.Cast<byte, float>(_network.Forward(inputs).contiguous().bytes).CopyTo(new Span<float>(values, rows * layout.ActionCount));
    }

    /// <inheritdoc />
    public void Dispose() => _network.Dispose();
}
