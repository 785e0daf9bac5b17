using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>What a trainer on libtorch keeps from step to step: θ, θ⁻ and the optimizer's moments, each one flat float32 tensor in the layout's order.</summary>
internal sealed class TorchState : IDisposable
{
    private readonly NetworkLayout _layout;

    /// <summary>Begins with equal networks and zero moments.</summary>
    /// <param name="layout">The networks' shape.</param>
    /// <param name="online">θ; not disposed of here.</param>
    /// <param name="target">θ⁻; not disposed of here.</param>
    /// <param name="initialParameters">The parameters of both, copied.</param>
    public TorchState(NetworkLayout layout, Tensor online, Tensor target, ReadOnlySpan<float> initialParameters)
    {
        ParameterVector.RequireLength(layout, initialParameters.Length);
        _layout = layout;
        Online = online;
        Target = target;
        FirstMoments = zeros(layout.Length, ScalarType.Float32, online.device);
        SecondMoments = zeros(layout.Length, ScalarType.Float32, online.device);
        Write(initialParameters, Online);
        Write(initialParameters, Target);
    }

    /// <summary>θ.</summary>
    public Tensor Online { get; }

    /// <summary>θ⁻.</summary>
    public Tensor Target { get; }

    /// <summary>Adam's first moments, or RMSProp's mean gradients.</summary>
    public Tensor FirstMoments { get; }

    /// <summary>Adam's second moments, RMSProp's mean squared gradients, or AdaGrad's sums of squared gradients.</summary>
    public Tensor SecondMoments { get; }

    /// <summary>A tensor's memory, which is the processor's.</summary>
    public static Span<float> Memory(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>θ⁻ ← θ.</summary>
    public void Synchronize()
    {
        using IDisposable inference = no_grad();
        Target.copy_(Online);
    }

    /// <summary>θ⁻ ← τθ + (1 − τ)θ⁻.</summary>
    /// <exception cref="ArgumentOutOfRangeException">τ is not in (0, 1].</exception>
    public void Blend(float tau)
    {
        StepChecks.RequireTau(tau);
        if (Online.device_type == DeviceType.CPU)
        {
            TargetBlending.Blend(Memory(Online), Memory(Target), tau);
            return;
        }

        using IDisposable inference = no_grad();
        using Scalar keep = 1f - tau;
        using Scalar take = tau;
        Target.mul_(keep).add_(Online, take);
    }

    /// <summary>Copies θ.</summary>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void CopyParameters(Span<float> destination)
    {
        ParameterVector.RequireLength(_layout, destination.Length);
        Read(Online, destination);
    }

    /// <summary>Replaces θ.</summary>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void LoadOnline(ReadOnlySpan<float> parameters)
    {
        ParameterVector.RequireLength(_layout, parameters.Length);
        Write(parameters, Online);
    }

    /// <summary>Replaces θ⁻.</summary>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void LoadTarget(ReadOnlySpan<float> parameters)
    {
        ParameterVector.RequireLength(_layout, parameters.Length);
        Write(parameters, Target);
    }

    /// <summary>Copies everything.</summary>
    public TrainerState Capture(long updates) => new()
    {
        Updates = updates,
        Online = Read(Online),
        Target = Read(Target),
        FirstMoments = Read(FirstMoments),
        SecondMoments = Read(SecondMoments),
    };

    /// <summary>Takes over a captured state.</summary>
    /// <exception cref="ArgumentException">The state is of another layout.</exception>
    public void Restore(TrainerState state)
    {
        StepChecks.RequireFit(_layout, state);
        Write(state.Online, Online);
        Write(state.Target, Target);
        Write(state.FirstMoments, FirstMoments);
        Write(state.SecondMoments, SecondMoments);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        FirstMoments.Dispose();
        SecondMoments.Dispose();
    }

    private static void Write(ReadOnlySpan<float> values, Tensor tensor)
    {
        if (tensor.device_type == DeviceType.CPU)
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
        if (tensor.device_type == DeviceType.CPU)
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
}
