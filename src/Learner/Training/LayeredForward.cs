using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The forward pass of a layout's layers on libtorch. Everything that a later layer and the backward pass do without is overwritten or
/// given back at once.
/// </summary>
/// <param name="layout">The layers.</param>
/// <param name="flat">Float32 [<see cref="NetworkLayout.Length"/>].</param>
internal sealed class LayeredForward(NetworkLayout layout, Tensor flat) : ITorchForward
{
    private readonly Tensor[] _parameters = [.. layout.Slots.Select(slot => TorchNetwork.View(flat, slot))];

    /// <inheritdoc />
    public IReadOnlyList<Tensor> Parameters => _parameters;

    /// <inheritdoc />
    public Tensor Run(Tensor features)
    {
        int next = 0;
        Stage hidden = Run(layout.Body, new Stage(features, IsOwned: false, IsWritable: false), ref next);
        Tensor values = Linear(hidden.Features, ref next);
        if (layout.Head.Count > 1)
        {
            // Q = V + A − mean(A). Neither the linear maps nor the mean need their results for a gradient.
            Tensor advantages = Linear(hidden.Features, ref next);
            using Tensor value = values;
            using Tensor mean = advantages.mean([1], keepdim: true);
            values = advantages.sub_(mean).add_(value, TorchScalars.One);
        }

        hidden.Release();
        return values;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor parameter in _parameters)
        {
            parameter.Dispose();
        }
    }

    private Stage Run(IReadOnlyList<NetworkLayer> layers, Stage stage, ref int next)
    {
        foreach (NetworkLayer layer in layers)
        {
            Stage above = Apply(layer, stage, ref next);
            if (!ReferenceEquals(above.Features, stage.Features))
            {
                stage.Release();
            }

            stage = above;
        }

        return stage;
    }

    private Stage Apply(NetworkLayer layer, Stage stage, ref int next) => layer switch
    {
        LinearLayer => Stage.New(Linear(stage.Features, ref next)),
        ConvolutionLayer convolution => Stage.New(nn.functional.conv2d(
            stage.Features, _parameters[next++], _parameters[next++], strides: [convolution.Stride, convolution.Stride], padding: [convolution.Padding, convolution.Padding])),
        MaxPoolLayer pool => Stage.New(nn.functional.max_pool2d(
            stage.Features, [pool.Kernel, pool.Kernel], [pool.Stride, pool.Stride], [pool.Padding, pool.Padding])),
        LayerNormLayer norm => Stage.New(nn.functional.layer_norm(
            stage.Features, [.. norm.Shape.Select(side => (long)side)], _parameters[next++], _parameters[next++], LayerNormLayer.Epsilon)),
        ActivationLayer activation => Activate(activation.Activation, stage),
        // A write through a view would make autograd record it on the whole.
        FlattenLayer => new Stage(stage.Features.flatten(1), IsOwned: true, IsWritable: false),
        ResidualLayer residual => Add(residual, stage, ref next),
        _ => throw new NotSupportedException($"a layer of type {layer.GetType().Name} has no forward pass on libtorch"),
    };

    private Tensor Linear(Tensor features, ref int next) => nn.functional.linear(features, _parameters[next++], _parameters[next++]);

    // Both derivatives are written in terms of the result, so the input may be overwritten, and the result may not.
    private static Stage Activate(Activation kind, Stage stage)
    {
        Tensor features = (kind, stage.IsWritable) switch
        {
            (Activation.Relu, true) => stage.Features.relu_(),
            (Activation.Relu, false) => stage.Features.relu(),
            (_, true) => stage.Features.tanh_(),
            _ => stage.Features.tanh(),
        };
        return new Stage(features, IsOwned: true, IsWritable: false);
    }

    private Stage Add(ResidualLayer layer, Stage stage, ref int next)
    {
        Stage inner = Run(layer.Inner, stage with { IsOwned = false, IsWritable = false }, ref next);
        if (inner.IsWritable)
        {
            return Stage.New(inner.Features.add_(stage.Features, TorchScalars.One));
        }

        Stage sum = Stage.New(inner.Features.add(stage.Features, TorchScalars.One));
        inner.Release();
        return sum;
    }

    /// <summary>Features between two layers.</summary>
    /// <param name="Features">The tensor.</param>
    /// <param name="IsOwned">Whether the pass has made it, so that it is given back when the layer above is done.</param>
    /// <param name="IsWritable">Whether no backward pass needs its values as they are, once the layer above has read them.</param>
    private readonly record struct Stage(Tensor Features, bool IsOwned, bool IsWritable)
    {
        public static Stage New(Tensor features) => new(features, IsOwned: true, IsWritable: true);

        public void Release()
        {
            if (IsOwned)
            {
                Features.Dispose();
            }
        }
    }
}
