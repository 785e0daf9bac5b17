using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// A Q-network on libtorch whose parameters are views of one flat tensor in the network layout's order, so that a copy of the network is
/// a copy of one tensor.
/// </summary>
internal sealed class TorchNetwork : IDisposable
{
    private readonly NetworkLayout _layout;
    private readonly Tensor[] _parameters;

    /// <summary>Makes a network whose parameters are all zero.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="isTrained">Whether backward passes leave gradients in <see cref="Gradients"/>.</param>
    public TorchNetwork(NetworkLayout layout, Device device, bool isTrained)
    {
        _layout = layout;
        Parameters = zeros(layout.Length, ScalarType.Float32, device);
        Gradients = isTrained ? zeros(layout.Length, ScalarType.Float32, device) : null;
        _parameters = [.. layout.Slots.Select(slot => View(Parameters, slot))];
        for (int i = 0; isTrained && i < _parameters.Length; i++)
        {
            // Autograd adds to an existing gradient in place, so the gradients stay views of the flat tensor.
            using Tensor view = View(Gradients!, layout.Slots[i]);
            _parameters[i].requires_grad_(true);
            _parameters[i].grad = view;
        }
    }

    /// <summary>θ, float32 [<see cref="NetworkLayout.Length"/>].</summary>
    public Tensor Parameters { get; }

    /// <summary>∂L/∂θ, as long; summed into by backward passes. Null where the network is not trained.</summary>
    public Tensor? Gradients { get; }

    /// <summary>Q(s, a) of every action.</summary>
    /// <param name="observations">float32 [rows × observation size].</param>
    /// <returns>float32 [rows × actions], in the caller's dispose scope.</returns>
    public Tensor Forward(Tensor observations)
    {
        Tensor hidden = observations;
        int next = 0;
        for (int layer = 0; layer < _layout.Options.Hidden.Count; layer++)
        {
            hidden = nn.functional.linear(hidden, _parameters[next++], _parameters[next++]);
            // In place is safe: both derivatives are written in terms of the output.
            hidden = _layout.Options.Activation == Activation.Relu ? hidden.relu_() : hidden.tanh_();
        }

        Tensor head = nn.functional.linear(hidden, _parameters[next++], _parameters[next++]);
        if (!_layout.Options.Dueling)
        {
            return head;
        }

        Tensor advantages = nn.functional.linear(hidden, _parameters[next++], _parameters[next]);
        return head + advantages - advantages.mean([1], keepdim: true);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor parameter in _parameters)
        {
            parameter.grad = null;
            parameter.Dispose();
        }

        Gradients?.Dispose();
        Parameters.Dispose();
    }

    private static Tensor View(Tensor flat, ParameterSlot slot)
    {
        using Tensor part = flat.narrow(0, slot.Offset, slot.Length);
        return part.view([.. slot.Shape.Select(dimension => (long)dimension)]);
    }
}
