using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// One step of a network's forward pass. A network is a list of these, from which every backend, every export and the flat vector's order
/// follow. Features lie plane by plane (PyTorch's [rows, planes, height, width]).
/// </summary>
/// <param name="Output">What it makes of one row.</param>
public abstract record NetworkLayer(PlaneShape Output)
{
    /// <summary>Its parameters in PyTorch's order.</summary>
    public virtual IReadOnlyList<ParameterShape> Parameters => [];

    /// <summary>PyTorch's default for linear maps and convolutions: weight and bias uniform in ±1/√fan-in.</summary>
    private protected static ParameterShape[] Affine(string name, IReadOnlyList<int> weight, int fanIn) =>
    [
        new($"{name}.weight", weight, 1 / Math.Sqrt(fanIn)),
        new($"{name}.bias", [weight[0]], 1 / Math.Sqrt(fanIn)),
    ];
}

/// <summary>y = W·x + b, with W [outputs × inputs]; takes features of any shape as one vector.</summary>
/// <param name="Name">Prefix of its parameters' names.</param>
/// <param name="Inputs">Components below.</param>
/// <param name="Outputs">Units.</param>
public sealed record LinearLayer(string Name, int Inputs, int Outputs) : NetworkLayer(PlaneShape.Vector(Outputs))
{
    /// <inheritdoc />
    public override IReadOnlyList<ParameterShape> Parameters => Affine(Name, [Outputs, Inputs], Inputs);
}

/// <summary>Cross-correlation with square filters [filters × planes × kernel × kernel] and a bias, padded with zeros.</summary>
/// <param name="Name">Prefix of its parameters' names.</param>
/// <param name="Input">Features below.</param>
/// <param name="Filters">Planes above.</param>
/// <param name="Kernel">Height and width of a filter.</param>
/// <param name="Stride">Cells between neighbouring applications.</param>
/// <param name="Padding">Zeros added at each side.</param>
public sealed record ConvolutionLayer(string Name, PlaneShape Input, int Filters, int Kernel, int Stride, int Padding)
    : NetworkLayer(new PlaneShape(Filters, Window.Count(Input.Height, Kernel, Stride, Padding), Window.Count(Input.Width, Kernel, Stride, Padding)))
{
    /// <inheritdoc />
    public override IReadOnlyList<ParameterShape> Parameters => Affine(Name, [Filters, Input.Planes, Kernel, Kernel], Input.Planes * Kernel * Kernel);
}

/// <summary>The largest value of each square window, plane by plane; padding never wins.</summary>
/// <param name="Input">Features below.</param>
/// <param name="Kernel">Height and width of a window.</param>
/// <param name="Stride">Cells between neighbouring windows.</param>
/// <param name="Padding">Cells added at each side.</param>
public sealed record MaxPoolLayer(PlaneShape Input, int Kernel, int Stride, int Padding)
    : NetworkLayer(new PlaneShape(Input.Planes, Window.Count(Input.Height, Kernel, Stride, Padding), Window.Count(Input.Width, Kernel, Stride, Padding)));

/// <summary>(x − mean)/√(variance + ε) · weight + bias over all features of a row (Ba et al. 2016), as torch.nn.LayerNorm.</summary>
/// <param name="Name">Prefix of its parameters' names.</param>
/// <param name="Input">Features below.</param>
/// <param name="IsOverPlanes">Whether they are planes, as a convolution gives them, be it of one cell each; else a vector.</param>
public sealed record LayerNormLayer(string Name, PlaneShape Input, bool IsOverPlanes) : NetworkLayer(Input)
{
    /// <summary>ε, PyTorch's default.</summary>
    public const float Epsilon = 1e-5f;

    /// <inheritdoc />
    public override IReadOnlyList<ParameterShape> Parameters => [new($"{Name}.weight", Shape, 0, 1), new($"{Name}.bias", Shape, 0)];

    /// <summary>What PyTorch calls <c>normalized_shape</c>.</summary>
    public IReadOnlyList<int> Shape => IsOverPlanes ? [Input.Planes, Input.Height, Input.Width] : [Input.Planes];
}

/// <summary>An elementwise nonlinearity.</summary>
/// <param name="Input">Features below.</param>
/// <param name="Activation">Which.</param>
public sealed record ActivationLayer(PlaneShape Input, Activation Activation) : NetworkLayer(Input);

/// <summary>Takes features for one vector, plane by plane.</summary>
/// <param name="Input">Features below.</param>
public sealed record FlattenLayer(PlaneShape Input) : NetworkLayer(PlaneShape.Vector((int)Input.Size));

/// <summary>x + f(x) (He et al. 2016).</summary>
/// <param name="Input">Features below.</param>
/// <param name="Inner">f, whose output has the input's shape.</param>
public sealed record ResidualLayer(PlaneShape Input, IReadOnlyList<NetworkLayer> Inner) : NetworkLayer(Input)
{
    /// <inheritdoc />
    public override IReadOnlyList<ParameterShape> Parameters => [.. Inner.SelectMany(layer => layer.Parameters)];
}

/// <summary>Windows along one side.</summary>
internal static class Window
{
    /// <summary>How many fit.</summary>
    /// <exception cref="ArgumentException">None.</exception>
    public static int Count(int length, int kernel, int stride, int padding)
    {
        int room = length + (2 * padding) - kernel;
        return room >= 0
            ? (room / stride) + 1
            : throw new ArgumentException($"a window of {kernel} cells does not fit into {length} cells");
    }
}
