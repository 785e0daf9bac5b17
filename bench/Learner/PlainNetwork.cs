using DqnAkka.Learner;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Bench;

/// <summary>A network's layers as modules of TorchSharp's, as anyone would write them.</summary>
internal static class PlainNetwork
{
    /// <summary>Makes the modules; observations come as rows of one vector.</summary>
    public static nn.Module<Tensor, Tensor> Build(NetworkLayout layout)
    {
        List<(string, nn.Module<Tensor, Tensor>)> modules = [];
        if (layout.Observation.Shape.IsImage)
        {
            modules.Add(("unflatten", nn.Unflatten(1, [layout.Observation.Shape.Planes, layout.Observation.Shape.Height, layout.Observation.Shape.Width])));
        }

        foreach (NetworkLayer layer in layout.Body.Concat(layout.Head))
        {
            modules.Add(($"{modules.Count}", Module(layer)));
        }

        return nn.Sequential(modules);
    }

    private static nn.Module<Tensor, Tensor> Module(NetworkLayer layer) => layer switch
    {
        LinearLayer linear => nn.Linear(linear.Inputs, linear.Outputs),
        ConvolutionLayer convolution => nn.Conv2d(
            convolution.Input.Planes, convolution.Filters, convolution.Kernel, convolution.Stride, convolution.Padding),
        ActivationLayer => nn.ReLU(),
        FlattenLayer => nn.Flatten(),
        _ => throw new NotSupportedException($"the baseline has no {layer.GetType().Name}"),
    };
}
