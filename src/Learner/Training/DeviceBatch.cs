using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>One step's way to a device and back: columns in host memory, and host memory that the step's results come back to.</summary>
internal sealed class DeviceBatch : IDisposable
{
    // A NaN that no arithmetic makes: what the device has not written yet.
    private const int NotYet = 0x7FC5_A17E;
    private const int ResultsPerRow = 2;
    private const int ResultsPerStep = 2;
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(50);
    private readonly Tensor _results;

    /// <summary>Allocates for up to <paramref name="capacity"/> rows.</summary>
    public DeviceBatch(int capacity, int observationSize, bool holdsBytes, bool isPinned)
    {
        Host = new TorchBatch(capacity, observationSize, holdsBytes, isPinned);
        _results = TorchBatch.OnHost([(ResultsPerRow * capacity) + ResultsPerStep], ScalarType.Float32, isPinned);
    }

    /// <summary>The columns in host memory.</summary>
    public TorchBatch Host { get; }

    /// <summary>Has a step's results copied here, without waiting for them.</summary>
    /// <param name="results">Q(s, a; θ) of each row, the target of each row, loss, norm; float32 [2 × rows + 2].</param>
    public void Receive(Tensor results)
    {
        int length = (int)results.numel();
        MemoryMarshal.Cast<byte, int>(_results.bytes)[..length].Fill(NotYet);
        _results.narrow(0, 0, length).copy_(results, nonBlocking: true);
    }

    /// <summary>Waits for them, and no longer: not for the steps that were enqueued later, as libtorch's own way of waiting would.</summary>
    public TrainingResult Read(int rows, Device device, Span<float> absoluteTdErrors)
    {
        ReadOnlySpan<float> results = TorchState.Memory(_results)[..((ResultsPerRow * rows) + ResultsPerStep)];
        Await(MemoryMarshal.Cast<float, int>(results), device);
        ReadOnlySpan<float> chosen = results[..rows];
        ReadOnlySpan<float> targets = results.Slice(rows, rows);
        Span<float> errors = absoluteTdErrors[..rows];
        for (int row = 0; row < rows; row++)
        {
            errors[row] = targets[row] - chosen[row];
        }

        return StepResults.Summarize(results[^2], results[^1], errors, chosen, errors);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Host.Dispose();
        _results.Dispose();
    }

    private static void Await(ReadOnlySpan<int> results, Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return;
        }

        // TorchSharp has no events. What goes wrong on a device shows at the next wait for all of it, so looking ends there.
        SpinWait wait = default;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (results.Contains(NotYet))
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(start) > LongestLook)
            {
                cuda.synchronize(device);
                return;
            }

            wait.SpinOnce(sleep1Threshold: -1);
        }
    }
}
