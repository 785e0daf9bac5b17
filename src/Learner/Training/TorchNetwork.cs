using DqnAkka.Environments;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// A Q-network on libtorch whose parameters are views of one flat tensor in the network layout's order, so that a copy of the network is
/// a copy of one tensor.
/// </summary>
internal sealed class TorchNetwork : IDisposable
{
    private readonly ITorchForward _forward;
    // Null where observations are vectors, which have the right shape.
    private readonly long[]? _inputShape;
    // A scalar is a native object with a finalizer: one for all passes. Null where the input is taken as it is.
    private readonly Scalar? _inputScale;

    /// <summary>Makes a network whose parameters are all zero.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="isTrained">Whether backward passes leave gradients in <see cref="Gradients"/>.</param>
    /// <param name="type">What it computes in, parameters and gradients included; a user's own module in float32.</param>
    /// <exception cref="LearnerException">A user's own module cannot be made.</exception>
    public TorchNetwork(NetworkLayout layout, Device device, bool isTrained, ScalarType type = ScalarType.Float32)
    {
        Parameters = zeros(layout.Length, type, device);
        Gradients = isTrained ? zeros(layout.Length, type, device) : null;
        _forward = layout.Kind == NetworkKind.Custom ? new ModuleForward(layout, Parameters) : new LayeredForward(layout, Parameters);
        for (int i = 0; i < layout.Slots.Count; i++)
        {
            // What a user's module freezes stays so.
            bool isLearned = isTrained && (layout.Kind != NetworkKind.Custom || _forward.Parameters[i].requires_grad);
            _forward.Parameters[i].requires_grad_(isLearned);
            if (isLearned)
            {
                // Autograd adds to an existing gradient in place, so the gradients stay views of the flat tensor.
                using Tensor view = View(Gradients!, layout.Slots[i]);
                _forward.Parameters[i].grad = view;
            }
        }

        long[] inputShape = InputShape(layout.Observation.Shape, rows: -1);
        _inputShape = inputShape.Length > 2 ? inputShape : null;
        _inputScale = layout.InputScale == 1 ? null : layout.InputScale;
    }

    /// <summary>θ [<see cref="NetworkLayout.Length"/>].</summary>
    public Tensor Parameters { get; }

    /// <summary>∂L/∂θ, as long; summed into by backward passes. Null where the network is not trained.</summary>
    public Tensor? Gradients { get; }

    /// <summary>Q(s, a) of every action.</summary>
    /// <param name="observations">
    /// float32 or uint8 [rows × components], not changed; multiplied by <see cref="NetworkLayout.InputScale"/> on the way, on their own device.
    /// </param>
    /// <returns>Of the parameters' type, [rows × actions], in the caller's dispose scope.</returns>
    public Tensor Forward(Tensor observations)
    {
        using Tensor? planes = _inputShape is null ? null : observations.view(_inputShape);
        using Tensor? prepared = Prepare(planes ?? observations);
        return _forward.Run(prepared ?? planes ?? observations);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor parameter in _forward.Parameters)
        {
            parameter.grad = null;
        }

        _forward.Dispose();
        _inputScale?.Dispose();
        Gradients?.Dispose();
        Parameters.Dispose();
    }

    /// <summary>What a network takes: [rows × planes × height × width], or [rows × components] where planes are of one cell.</summary>
    internal static long[] InputShape(PlaneShape shape, long rows) =>
        shape.Height > 1 || shape.Width > 1 ? [rows, shape.Planes, shape.Height, shape.Width] : [rows, shape.Planes];

    /// <summary>One parameter's part of a flat tensor, in the parameter's shape.</summary>
    internal static Tensor View(Tensor flat, ParameterSlot slot)
    {
        using Tensor part = flat.narrow(0, slot.Offset, slot.Length);
        return part.view([.. slot.Shape.Select(dimension => (long)dimension)]);
    }

    /// <summary>What the first layer takes; null where that is <paramref name="observations"/>.</summary>
    private Tensor? Prepare(Tensor observations)
    {
        if (observations.dtype == Parameters.dtype)
        {
            return _inputScale is null ? null : observations.mul(_inputScale);
        }

        Tensor widened = observations.to_type(Parameters.dtype);
        return _inputScale is null ? widened : widened.mul_(_inputScale);
    }
}
