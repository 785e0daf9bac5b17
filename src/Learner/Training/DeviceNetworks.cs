using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The online and the target network on a device. In float32 their parameters are the trainer's state; in bfloat16 they are copies of it,
/// cast as a whole whenever the state changes.
/// </summary>
internal sealed class DeviceNetworks : IDisposable
{
    private readonly Tensor[] _owned = [];

    /// <summary>Makes equal networks.</summary>
    /// <param name="layout">Their shape.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="isHalf">Whether they compute in bfloat16.</param>
    /// <param name="initialParameters">The parameters of both, copied.</param>
    public DeviceNetworks(NetworkLayout layout, Device device, bool isHalf, ReadOnlySpan<float> initialParameters)
    {
        ScalarType type = isHalf ? ScalarType.BFloat16 : ScalarType.Float32;
        Online = new TorchNetwork(layout, device, isTrained: true, type);
        Target = new TorchNetwork(layout, device, isTrained: false, type);
        if (isHalf)
        {
            _owned = [.. Enumerable.Range(0, 3).Select(_ => zeros(layout.Length, ScalarType.Float32, device))];
        }

        Gradients = isHalf ? _owned[2] : Online.Gradients!;
        State = new TorchState(layout, isHalf ? _owned[0] : Online.Parameters, isHalf ? _owned[1] : Target.Parameters, initialParameters);
        OnlineChanged();
        TargetChanged();
    }

    /// <summary>What computes Q(·; θ).</summary>
    public TorchNetwork Online { get; }

    /// <summary>What computes Q(·; θ⁻).</summary>
    public TorchNetwork Target { get; }

    /// <summary>θ, θ⁻ and moments, float32.</summary>
    public TorchState State { get; }

    /// <summary>∂L/∂θ, float32, zero between steps.</summary>
    public Tensor Gradients { get; }

    /// <summary>After a backward pass: brings the gradient into <see cref="Gradients"/>.</summary>
    public void GatherGradients()
    {
        if (_owned.Length > 0)
        {
            Gradients.copy_(Online.Gradients!);
            Online.Gradients!.zero_();
        }
    }

    /// <summary>The state's θ has changed.</summary>
    public void OnlineChanged() => Cast(State.Online, Online);

    /// <summary>The state's θ⁻ has changed.</summary>
    public void TargetChanged() => Cast(State.Target, Target);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor tensor in _owned)
        {
            tensor.Dispose();
        }

        State.Dispose();
        Online.Dispose();
        Target.Dispose();
    }

    private void Cast(Tensor parameters, TorchNetwork network)
    {
        if (_owned.Length > 0)
        {
            using IDisposable inference = no_grad();
            network.Parameters.copy_(parameters);
        }
    }
}
