using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>A training batch on a device: columns allocated once for a number of rows and filled through their memory.</summary>
internal sealed class TorchBatch : IDisposable
{
    private readonly Column[] _columns;

    /// <summary>Allocates the columns for exactly <paramref name="rows"/> rows.</summary>
    public TorchBatch(int rows, int observationSize, Device device)
    {
        Rows = rows;
        Column observations = new([rows, observationSize], ScalarType.Float32, device);
        Column nextObservations = new([rows, observationSize], ScalarType.Float32, device);
        Column actions = new([rows, 1], ScalarType.Int64, device);
        Column returns = new([rows], ScalarType.Float32, device);
        Column discounts = new([rows], ScalarType.Float32, device);
        Column weights = new([rows], ScalarType.Float32, device);
        _columns = [observations, nextObservations, actions, returns, discounts, weights];
    }

    /// <summary>Number of rows, B.</summary>
    public int Rows { get; }

    /// <summary>s, float32 [B × D].</summary>
    public Tensor Observations => _columns[0].OnDevice;

    /// <summary>s′, float32 [B × D].</summary>
    public Tensor NextObservations => _columns[1].OnDevice;

    /// <summary>a, int64 [B × 1].</summary>
    public Tensor Actions => _columns[2].OnDevice;

    /// <summary>n-step returns, float32 [B].</summary>
    public Tensor Returns => _columns[3].OnDevice;

    /// <summary>Bootstrap discounts, float32 [B].</summary>
    public Tensor Discounts => _columns[4].OnDevice;

    /// <summary>Importance weights, float32 [B].</summary>
    public Tensor Weights => _columns[5].OnDevice;

    /// <summary>Takes over the first B rows of a batch.</summary>
    public void Fill(TrainingBatch batch)
    {
        int length = Rows * batch.ObservationSize;
        batch.Observations.AsSpan(0, length).CopyTo(_columns[0].Memory<float>());
        batch.NextObservations.AsSpan(0, length).CopyTo(_columns[1].Memory<float>());
        Span<long> actions = _columns[2].Memory<long>();
        for (int row = 0; row < Rows; row++)
        {
            actions[row] = batch.Actions[row];
        }

        batch.Returns.AsSpan(0, Rows).CopyTo(_columns[3].Memory<float>());
        batch.Discounts.AsSpan(0, Rows).CopyTo(_columns[4].Memory<float>());
        batch.Weights.AsSpan(0, Rows).CopyTo(_columns[5].Memory<float>());
        foreach (Column column in _columns)
        {
            column.Upload();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Column column in _columns)
        {
            column.Dispose();
        }
    }

    /// <summary>One tensor in host memory and, on another device, its copy there.</summary>
    private sealed class Column : IDisposable
    {
        private readonly Tensor _onHost;

        public Column(long[] shape, ScalarType type, Device device)
        {
            // Columns outlive the step, and with it the dispose scope, in which they may be made.
            _onHost = zeros(shape, type, CPU).DetachFromDisposeScope();
            OnDevice = device.type == DeviceType.CPU ? _onHost : zeros(shape, type, device).DetachFromDisposeScope();
        }

        public Tensor OnDevice { get; }

        public Span<T> Memory<T>()
            where T : unmanaged => MemoryMarshal.Cast<byte, T>(_onHost.bytes);

        public void Upload()
        {
            if (!ReferenceEquals(OnDevice, _onHost))
            {
                OnDevice.copy_(_onHost);
            }
        }

        public void Dispose()
        {
            OnDevice.Dispose();
            _onHost.Dispose();
        }
    }
}
