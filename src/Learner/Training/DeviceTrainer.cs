using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The learning step on libtorch for a device that the processor does not wait for. A batch is assembled in page-locked memory and copied
/// from there, all of the step is tensor operations (whether it is taken included), and what it saw is read when the next step has been
/// enqueued. With <c>learner.bfloat16</c> networks compute in bfloat16, and parameters, loss and optimizer stay float32.
/// </summary>
internal sealed class DeviceTrainer : IDeferredTrainer, IGradientTrainer
{
    private readonly LearnerOptions _options;
    private readonly Device _device;
    private readonly DeviceNetworks _networks;
    private readonly DeviceStep _step;
    private DeviceBatch[] _batches = [];
    private Pending? _pending;
    private float[] _errors = [];
    // Gradients on their way to others and back, in host memory; page-locked where a CUDA device reads it.
    private Tensor? _exchange;

    /// <summary>Makes a trainer whose online and target networks both have the given parameters.</summary>
    /// <param name="layout">The networks' shape.</param>
    /// <param name="options">The learning step; the device's name is not looked at.</param>
    /// <param name="initialParameters">The parameters in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <param name="device">The device. On the processor everything is done at once, and results come as late as elsewhere.</param>
    /// <exception cref="ArgumentException">The parameters are not as long as the layout.</exception>
    public DeviceTrainer(NetworkLayout layout, LearnerOptions options, ReadOnlySpan<float> initialParameters, Device device)
    {
        ParameterVector.RequireLength(layout, initialParameters.Length);
        Layout = layout;
        Arithmetic = ArithmeticNames.Of(device.type == DeviceType.CUDA ? "torch cuda" : "torch cpu tensors");
        _options = options;
        _device = device;
        PrepareThread();
        if (device.type == DeviceType.CUDA)
        {
            backends.cuda.matmul.allow_tf32 = options.Tf32;
            backends.cudnn.allow_tf32 = options.Tf32;
        }

        _networks = new DeviceNetworks(layout, device, options.BFloat16, initialParameters);
        _step = new DeviceStep(options, _networks, device);
    }

    /// <inheritdoc />
    public NetworkLayout Layout { get; }

    /// <inheritdoc />
    public long Updates { get; private set; }

    /// <inheritdoc />
    public string Arithmetic { get; }

    private Tensor Exchange => _exchange ??= TorchBatch.OnHost([Layout.Length], ScalarType.Float32, isPinned: _device.type == DeviceType.CUDA);

    private bool TakesBytes => Layout.Observation.Type == Environments.ObservationType.UInt8;

    /// <inheritdoc />
    public TrainingBatch NextBatch(int capacity) => Free(capacity).Host.Columns;

    /// <inheritdoc />
    public TrainingResult? Enqueue(TrainingBatch batch, float learningRate, Memory<float> absoluteTdErrors)
    {
        StepChecks.RequireFit(Layout, batch, absoluteTdErrors.Length);
        PrepareThread();
        // Only where the same columns are given twice in turn are they still on their way.
        TrainingResult? before = _pending is { } pending && batch.IsOf(pending.Batch.Host) ? Collect() : null;
        DeviceBatch taken = Take(batch);
        using (NewDisposeScope())
        {
            taken.Receive(_step.Run(taken.Host, batch.Count, learningRate, Updates + 1));
        }

        Updates++;
        before ??= Collect();
        _pending = new Pending(taken, batch.Count, absoluteTdErrors);
        return before;
    }

    /// <inheritdoc />
    public TrainingResult? Collect()
    {
        Settle();
        TrainingResult? result = _pending?.Result;
        _pending = null;
        return result;
    }

    /// <inheritdoc />
    /// <remarks>The result of a step that was enqueued and not collected is dropped.</remarks>
    public TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
    {
        StepChecks.RequireFit(Layout, batch, absoluteTdErrors.Length);
        if (_errors.Length < batch.Count)
        {
            _errors = new float[batch.Count];
        }

        Enqueue(batch, learningRate, _errors);
        TrainingResult result = Collect()!.Value;
        _errors.AsSpan(0, batch.Count).CopyTo(absoluteTdErrors);
        return result;
    }

    /// <inheritdoc />
    public GradientResult ComputeGradient(TrainingBatch batch, Span<float> gradient, Span<float> absoluteTdErrors)
    {
        StepChecks.RequireFit(Layout, batch, absoluteTdErrors.Length);
        ParameterVector.RequireLength(Layout, gradient.Length);
        PrepareThread();
        Settle();
        DeviceBatch taken = Take(batch);
        using DisposeScope scope = NewDisposeScope();
        taken.Receive(_step.ComputeGradient(taken.Host, batch.Count));
        using (no_grad())
        {
            // This copy waits for all that was enqueued before it.
            Exchange.copy_(_networks.Gradients);
            _networks.Gradients.zero_();
        }

        TorchState.Memory(Exchange).CopyTo(gradient);
        TrainingResult result = taken.Read(batch.Count, _device, absoluteTdErrors);
        if (!float.IsFinite(result.Loss))
        {
            gradient.Fill(float.NaN);
        }

        return new GradientResult(result.Loss, result.MeanAbsoluteTdError, result.MeanQ);
    }

    /// <inheritdoc />
    public float ApplyGradient(ReadOnlySpan<float> gradient, float learningRate)
    {
        ParameterVector.RequireLength(Layout, gradient.Length);
        PrepareThread();
        Settle();
        using DisposeScope scope = NewDisposeScope();
        gradient.CopyTo(TorchState.Memory(Exchange));
        using (no_grad())
        {
            _networks.Gradients.copy_(Exchange);
        }

        float norm = _step.ApplyGradient(learningRate, Updates + 1).item<float>();
        Updates += float.IsFinite(norm) ? 1 : 0;
        return norm;
    }

    /// <inheritdoc />
    public void LoadParameters(ReadOnlySpan<float> parameters)
    {
        _networks.State.LoadOnline(parameters);
        _networks.OnlineChanged();
    }

    /// <inheritdoc />
    public void LoadTarget(ReadOnlySpan<float> parameters)
    {
        _networks.State.LoadTarget(parameters);
        _networks.TargetChanged();
    }

    /// <inheritdoc />
    public void SynchronizeTarget()
    {
        _networks.State.Synchronize();
        _networks.TargetChanged();
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">τ is not in (0, 1].</exception>
    public void BlendTarget(float tau)
    {
        _networks.State.Blend(tau);
        _networks.TargetChanged();
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void CopyParameters(Span<float> destination) => _networks.State.CopyParameters(destination);

    /// <inheritdoc />
    public TrainerState Capture()
    {
        Settle();
        return _networks.State.Capture(Updates);
    }

    /// <inheritdoc />
    public void Restore(TrainerState state)
    {
        StepChecks.RequireFit(Layout, state);
        Settle();
        _networks.State.Restore(state);
        _networks.OnlineChanged();
        _networks.TargetChanged();
        Updates = state.Updates;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (DeviceBatch batch in _batches)
        {
            batch.Dispose();
        }

        _exchange?.Dispose();
        _step.Dispose();
        _networks.Dispose();
    }

    /// <summary>Columns that no enqueued step reads any more.</summary>
    private DeviceBatch Free(int capacity)
    {
        if (_batches.Length == 0 || _batches[0].Host.Columns.Capacity != capacity)
        {
            Settle();
            foreach (DeviceBatch batch in _batches)
            {
                batch.Dispose();
            }

            bool isPinned = _device.type == DeviceType.CUDA;
            _batches = [new DeviceBatch(capacity, Layout.ObservationSize, TakesBytes, isPinned), new DeviceBatch(capacity, Layout.ObservationSize, TakesBytes, isPinned)];
        }

        return _pending is { Result: null } && ReferenceEquals(_pending.Batch, _batches[0]) ? _batches[1] : _batches[0];
    }

    private DeviceBatch Take(TrainingBatch batch)
    {
        if (Array.Find(_batches, own => batch.IsOf(own.Host)) is { } own)
        {
            return own;
        }

        DeviceBatch free = Free(_batches.Length > 0 && _batches[0].Host.Columns.Capacity >= batch.Count ? _batches[0].Host.Columns.Capacity : batch.Capacity);
        free.Host.Columns.CopyFrom(batch);
        return free;
    }

    /// <summary>Waits for the outstanding step, whose result is kept until somebody asks for it.</summary>
    private void Settle()
    {
        if (_pending is not { Result: null } pending)
        {
            return;
        }

        TrainingResult result = pending.Batch.Read(pending.Rows, _device, pending.AbsoluteTdErrors.Span);
        Updates -= result.IsSkipped ? 1 : 0;
        _pending = pending with { Result = result };
    }

    private void PrepareThread()
    {
        if (_device.type == DeviceType.CPU)
        {
            TorchThreads.Use(_options.TorchThreads);
        }
    }

    private sealed record Pending(DeviceBatch Batch, int Rows, Memory<float> AbsoluteTdErrors)
    {
        public TrainingResult? Result { get; init; }
    }
}
