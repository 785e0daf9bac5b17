using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>The forward pass of a user's own module, whose parameters are made views of a flat tensor.</summary>
internal sealed class ModuleForward : ITorchForward
{
    private readonly nn.Module<Tensor, Tensor> _module;

    /// <summary>Makes the module; the flat tensor keeps its values.</summary>
    /// <param name="layout">The network's shape, of kind <see cref="NetworkKind.Custom"/>.</param>
    /// <param name="flat">Float32 [<see cref="NetworkLayout.Length"/>], on the device to compute on.</param>
    /// <exception cref="LearnerException">The module cannot be made, or has other parameters than the layout.</exception>
    public ModuleForward(NetworkLayout layout, Tensor flat)
    {
        _module = CustomModule.Create(layout.Options, layout.Observation.Shape, layout.ActionCount);
        _module.to(flat.device);
        (string Name, Parameter Parameter)[] parameters = [.. _module.named_parameters()];
        CustomModule.RequireSlots(layout, parameters);
        Parameters = [.. parameters.Select(entry => entry.Parameter)];
        using IDisposable inference = no_grad();
        for (int i = 0; i < Parameters.Count; i++)
        {
            using Tensor view = TorchNetwork.View(flat, layout.Slots[i]);
            Parameters[i].set_(view);
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <inheritdoc />
    public Tensor Run(Tensor features) => _module.call(features);

    /// <inheritdoc />
    public void Dispose() => _module.Dispose();
}
