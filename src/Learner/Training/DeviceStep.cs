using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>The operations of one step on a device. Nothing here waits for the device.</summary>
internal sealed class DeviceStep(LearnerOptions options, DeviceNetworks networks, Device device) : IDisposable
{
    // PyTorch's own guard against a division by zero in clip_grad_norm_.
    private const float NormGuard = 1e-6f;
    private readonly TensorOptimizer _optimizer = new(options);
    private readonly Tensor _zero = zeros([], ScalarType.Float32, device);
    // A scalar is a native object with a finalizer: one for all steps.
    private readonly Scalar _half = 0.5f;
    private readonly Scalar _guard = NormGuard;
    private readonly Scalar _maximum = options.MaxGradientNorm;
    private Tensor[] _columns = [];

    /// <summary>Enqueues a step.</summary>
    /// <param name="batch">The columns in host memory, which must stay as they are until the step's results are there.</param>
    /// <param name="rows">Rows in use, B.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="update">The number of this update, the first being 1.</param>
    /// <returns>Q(s, a; θ) [B], targets [B], loss, norm: one float32 tensor, in the caller's dispose scope.</returns>
    public Tensor Run(TorchBatch batch, int rows, float learningRate, long update)
    {
        (Tensor chosen, Tensor targets, Tensor loss) = Differentiate(batch, rows);
        using IDisposable inference = no_grad();
        Tensor norm = networks.Gradients.norm();
        Update(norm, loss.add(norm, TorchScalars.One), learningRate, update);
        return cat([chosen, targets, loss.view(1), norm.view(1)]);
    }

    /// <summary>Enqueues the computation of a gradient, which is left in the networks' <see cref="DeviceNetworks.Gradients"/>.</summary>
    /// <param name="batch">As for <see cref="Run"/>.</param>
    /// <param name="rows">Rows in use, B.</param>
    /// <returns>As of <see cref="Run"/>.</returns>
    public Tensor ComputeGradient(TorchBatch batch, int rows)
    {
        (Tensor chosen, Tensor targets, Tensor loss) = Differentiate(batch, rows);
        using IDisposable inference = no_grad();
        return cat([chosen, targets, loss.view(1), networks.Gradients.norm().view(1)]);
    }

    /// <summary>Enqueues an update by the gradient that is in the networks' <see cref="DeviceNetworks.Gradients"/>, which is zero afterwards.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="update">The number of this update, the first being 1.</param>
    /// <returns>The gradient's norm, float32 [], in the caller's dispose scope.</returns>
    public Tensor ApplyGradient(float learningRate, long update)
    {
        using IDisposable inference = no_grad();
        Tensor norm = networks.Gradients.norm();
        Update(norm, norm, learningRate, update);
        return norm;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        DisposeColumns();
        _optimizer.Dispose();
        _zero.Dispose();
        _half.Dispose();
        _guard.Dispose();
        _maximum.Dispose();
    }

    private (Tensor Chosen, Tensor Targets, Tensor Loss) Differentiate(TorchBatch batch, int rows)
    {
        Upload(batch);
        Tensor scalars = _columns[1].narrow(1, 0, rows);
        Tensor observations = _columns[0].narrow(1, 0, rows);
        Tensor actions = _columns[2].narrow(0, 0, rows).to(ScalarType.Int64).unsqueeze(1);
        Tensor targets = Targets(observations.select(0, 1), scalars.select(0, 0), scalars.select(0, 1));
        Tensor chosen = Values(networks.Online, observations.select(0, 0)).gather(1, actions).squeeze(1);
        Tensor loss = (scalars.select(0, 2) * Loss(chosen, targets)).mean();
        loss.backward();
        using IDisposable inference = no_grad();
        networks.GatherGradients();
        return (chosen.detach(), targets, loss.detach());
    }

    /// <summary>Takes the step where <paramref name="witness"/> is finite.</summary>
    private void Update(Tensor norm, Tensor witness, float learningRate, long update)
    {
        Tensor isFinite = witness.isfinite();
        Tensor isTaken = isFinite.to(ScalarType.Float32);
        Tensor scale = options.MaxGradientNorm > 0
            ? where(isFinite, norm.add(_guard, TorchScalars.One).reciprocal_().mul_(_maximum).clamp_max_(TorchScalars.One), _zero)
            : isTaken;
        TorchState state = networks.State;
        _optimizer.Step(state.Online, networks.Gradients, state.FirstMoments, state.SecondMoments, scale, isTaken, learningRate, update);
        networks.OnlineChanged();
    }

    private static Tensor Values(TorchNetwork network, Tensor observations) => network.Forward(observations).to(ScalarType.Float32);

    private Tensor Targets(Tensor nextObservations, Tensor returns, Tensor discounts)
    {
        using IDisposable inference = no_grad();
        Tensor values = Values(networks.Target, nextObservations);
        Tensor selector = options.Algorithm == Algorithm.DoubleDqn ? Values(networks.Online, nextObservations) : values;
        Tensor bootstraps = values.gather(1, selector.argmax(1, keepdim: true)).squeeze(1);
        return bootstraps.mul_(discounts).add_(returns, TorchScalars.One);
    }

    private Tensor Loss(Tensor chosen, Tensor targets) => options.Loss == LossKind.Huber
        ? nn.functional.huber_loss(chosen, targets, options.HuberThreshold, nn.Reduction.None)
        : nn.functional.mse_loss(chosen, targets, nn.Reduction.None).mul(_half);

    /// <summary>Copies each element type's columns in one piece; bytes become floats on the device.</summary>
    private void Upload(TorchBatch batch)
    {
        Tensor[] onHost = [batch.Observations, batch.Scalars, batch.Actions];
        if (device.type == DeviceType.CPU)
        {
            // The memory is the device's already.
            _columns = onHost;
            return;
        }

        if (_columns.Length == 0 || _columns[2].numel() != batch.Columns.Capacity)
        {
            DisposeColumns();
            _columns = [.. onHost.Select(column => zeros(column.shape, column.dtype, device).DetachFromDisposeScope())];
        }

        for (int i = 0; i < onHost.Length; i++)
        {
            _columns[i].copy_(onHost[i], nonBlocking: true);
        }
    }

    private void DisposeColumns()
    {
        if (device.type != DeviceType.CPU)
        {
            foreach (Tensor column in _columns)
            {
                column.Dispose();
            }
        }
    }
}
