using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The forward pass on libtorch, on the processor, with so many threads of libtorch's on whichever thread calls; one, where many runners share a machine.
/// </summary>
internal sealed unsafe class TorchPolicy(NetworkLayout layout, int threads) : IPolicyBackend
{
    private readonly TorchNetwork _network = new(layout, CPU, isTrained: false);
    // Room for the largest batch so far.
    private Tensor? _inputs;
    private int _capacity;

    /// <inheritdoc />
    public void Load(ReadOnlySpan<float> flat) => flat.CopyTo(MemoryMarshal.Cast<byte, float>(_network.Parameters.bytes));

    /// <inheritdoc />
    public void Values(float* observations, int rows, float* values)
    {
        if (rows == 0)
        {
            return;
        }

        TorchThreads.Use(threads);
        using IDisposable inference = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor inputs = EnsureCapacity(rows);
        new ReadOnlySpan<float>(observations, rows * layout.ObservationSize).CopyTo(MemoryMarshal.Cast<byte, float>(inputs.bytes));
        Tensor outputs = _network.Forward(rows == _capacity ? inputs : inputs.narrow(0, 0, rows)).contiguous();
        MemoryMarshal.Cast<byte, float>(outputs.bytes).CopyTo(new Span<float>(values, rows * layout.ActionCount));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _inputs?.Dispose();
        _network.Dispose();
    }

    private Tensor EnsureCapacity(int rows)
    {
        if (_inputs is null || rows > _capacity)
        {
            _inputs?.Dispose();
            // It outlives the scope of the pass in which it is made.
            _inputs = empty([rows, layout.ObservationSize], ScalarType.Float32, CPU).DetachFromDisposeScope();
            _capacity = rows;
        }

        return _inputs;
    }
}
