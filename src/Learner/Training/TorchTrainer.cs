using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The learning step on libtorch, on any device. Parameters, gradients and moments are flat tensors in the layout's order; on the CPU
/// clipping and the optimizer are the SIMD pass of <see cref="SimdTrainer"/> over their memory, elsewhere a few tensor operations.
/// </summary>
public sealed class TorchTrainer : ITrainer
{
    private readonly LearnerOptions _options;
    private readonly Device _device;
    private readonly IFlatOptimizer _optimizer;
    private readonly TorchNetwork _online;
    private readonly TorchNetwork _target;
    private readonly Tensor _gradients;
    private readonly Tensor _firstMoments;
    private readonly Tensor _secondMoments;
    // A scalar is a native object with a finalizer: one for all steps.
    private readonly Scalar _half = 0.5f;
    private TorchBatch? _batch;
    private int _preparedThread = -1;

    /// <summary>Makes a trainer whose online and target networks both have the given parameters.</summary>
    /// <param name="layout">The networks' shape.</param>
    /// <param name="options">The learning step and its device.</param>
    /// <param name="initialParameters">The parameters in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <exception cref="ArgumentException">The parameters are not as long as the layout.</exception>
    /// <exception cref="LearnerException">The device is unknown or not available.</exception>
    public TorchTrainer(NetworkLayout layout, LearnerOptions options, ReadOnlySpan<float> initialParameters)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        ParameterVector.RequireLength(layout, initialParameters.Length);
        Layout = layout;
        _options = options;
        _device = TorchDevice.Open(options.Device);
        PrepareThread();
        _optimizer = FlatOptimizers.Create(options);
        _online = new TorchNetwork(layout, _device, isTrained: true);
        _target = new TorchNetwork(layout, _device, isTrained: false);
        _gradients = _online.Gradients!;
        _firstMoments = zeros(layout.Length, ScalarType.Float32, _device);
        _secondMoments = zeros(layout.Length, ScalarType.Float32, _device);
        Write(initialParameters, _online.Parameters);
        Write(initialParameters, _target.Parameters);
    }

    /// <inheritdoc />
    public NetworkLayout Layout { get; }

    /// <inheritdoc />
    public long Updates { get; private set; }

    /// <inheritdoc />
    /// <exception cref="LearnerException">The loss or the gradient is no longer finite; the parameters are as before.</exception>
    public TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
    {
        StepChecks.RequireFit(Layout, batch, absoluteTdErrors.Length);
        PrepareThread();
        using DisposeScope scope = NewDisposeScope();
        TorchBatch columns = Upload(batch);
        Tensor targets = Targets(columns);
        Tensor chosen = _online.Forward(columns.Observations).gather(1, columns.Actions).squeeze(1);
        Tensor loss = (columns.Weights * Loss(chosen, targets)).mean();
        ClearGradients();
        loss.backward();
        float lossValue = loss.item<float>();
        float norm = Norm();
        StepChecks.RequireFinite(lossValue, norm, Updates + 1);
        Optimize(norm, learningRate);

        Tensor errors = (targets - chosen.detach()).abs_();
        Read(errors, absoluteTdErrors[..batch.Count]);
        return new TrainingResult(lossValue, errors.mean().item<float>(), chosen.mean().item<float>(), norm);
    }

    /// <inheritdoc />
    public void SynchronizeTarget()
    {
        using IDisposable inference = no_grad();
        _target.Parameters.copy_(_online.Parameters);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">τ is not in (0, 1].</exception>
    public void BlendTarget(float tau)
    {
        StepChecks.RequireTau(tau);
        if (_device.type == DeviceType.CPU)
        {
            TargetBlending.Blend(Memory(_online.Parameters), Memory(_target.Parameters), tau);
            return;
        }

        using IDisposable inference = no_grad();
        _target.Parameters.mul_(1f - tau).add_(_online.Parameters, alpha: tau);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void CopyParameters(Span<float> destination)
    {
        ParameterVector.RequireLength(Layout, destination.Length);
        Read(_online.Parameters, destination);
    }

    /// <inheritdoc />
    public TrainerState Capture() => new()
    {
        Updates = Updates,
        Online = Read(_online.Parameters),
        Target = Read(_target.Parameters),
        FirstMoments = Read(_firstMoments),
        SecondMoments = Read(_secondMoments),
    };

    /// <inheritdoc />
    public void Restore(TrainerState state)
    {
        StepChecks.RequireFit(Layout, state);
        Updates = state.Updates;
        Write(state.Online, _online.Parameters);
        Write(state.Target, _target.Parameters);
        Write(state.FirstMoments, _firstMoments);
        Write(state.SecondMoments, _secondMoments);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _batch?.Dispose();
        _online.Dispose();
        _target.Dispose();
        _firstMoments.Dispose();
        _secondMoments.Dispose();
        _half.Dispose();
    }

    private static Span<float> Memory(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private static void Write(ReadOnlySpan<float> values, Tensor tensor)
    {
        if (tensor.device.type == DeviceType.CPU)
        {
            values.CopyTo(Memory(tensor));
            return;
        }

        using IDisposable inference = no_grad();
        using Tensor onHost = torch.tensor(values.ToArray());
        tensor.copy_(onHost);
    }

    private static void Read(Tensor tensor, Span<float> values)
    {
        if (tensor.device.type == DeviceType.CPU)
        {
            Memory(tensor).CopyTo(values);
            return;
        }

        using Tensor onHost = tensor.cpu();
        Memory(onHost).CopyTo(values);
    }

    private static float[] Read(Tensor tensor)
    {
        float[] values = new float[tensor.numel()];
        Read(tensor, values);
        return values;
    }

    private TorchBatch Upload(TrainingBatch batch)
    {
        if (_batch?.Rows != batch.Count)
        {
            _batch?.Dispose();
            _batch = new TorchBatch(batch.Count, Layout.ObservationSize, _device);
        }

        _batch.Fill(batch);
        return _batch;
    }

    private Tensor Targets(TorchBatch columns)
    {
        using IDisposable inference = no_grad();
        Tensor values = _target.Forward(columns.NextObservations);
        Tensor selector = _options.Algorithm == Algorithm.DoubleDqn ? _online.Forward(columns.NextObservations) : values;
        Tensor bootstraps = values.gather(1, selector.argmax(1, keepdim: true)).squeeze(1);
        return bootstraps.mul_(columns.Discounts).add_(columns.Returns);
    }

    private Tensor Loss(Tensor chosen, Tensor targets) => _options.Loss == LossKind.Huber
        ? nn.functional.huber_loss(chosen, targets, _options.HuberThreshold, nn.Reduction.None)
        : nn.functional.mse_loss(chosen, targets, nn.Reduction.None).mul(_half);

    private void ClearGradients()
    {
        if (_device.type == DeviceType.CPU)
        {
            Memory(_gradients).Clear();
        }
        else
        {
            _gradients.zero_();
        }
    }

    private float Norm() => _device.type == DeviceType.CPU ? GradientNorm.Compute(Memory(_gradients)) : _gradients.norm().item<float>();

    private void Optimize(float norm, float learningRate)
    {
        float scale = GradientNorm.ClipScale(norm, _options.MaxGradientNorm);
        Updates++;
        if (_device.type == DeviceType.CPU)
        {
            _optimizer.Step(
                Memory(_online.Parameters), Memory(_gradients), Memory(_firstMoments), Memory(_secondMoments), scale, learningRate, Updates);
        }
        else
        {
            TensorOptimizer.Step(_options, _online.Parameters, _gradients, _firstMoments, _secondMoments, scale, learningRate, Updates);
        }
    }

    private void PrepareThread()
    {
        // libtorch's threads spin and starve whatever shares the machine, and the setting belongs to the calling thread.
        if (_device.type == DeviceType.CPU && Environment.CurrentManagedThreadId != _preparedThread)
        {
            set_num_threads(1);
            _preparedThread = Environment.CurrentManagedThreadId;
        }
    }
}
