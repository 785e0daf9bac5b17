namespace DqnAkka.Learner;

/// <summary>The elementwise nonlinearity after each hidden layer.</summary>
public enum Activation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
}

/// <summary>The architecture below the head.</summary>
public enum NetworkKind
{
    /// <summary><see cref="Custom"/> where a type is named, otherwise by the observation's shape: fully connected for vectors (and images below 3 × 3), MinAtar's for images below 36 × 36, Nature's for larger ones.</summary>
    Auto,

    /// <summary>Fully connected hidden layers.</summary>
    Mlp,

    /// <summary>One convolution of 16 3 × 3 filters and 128 units (Young &amp; Tian 2019).</summary>
    MinAtar,

    /// <summary>Three convolutions and 512 units (Mnih et al. 2015).</summary>
    Nature,

    /// <summary>The residual network of IMPALA (Espeholt et al. 2018, figure 3 right) and 256 units.</summary>
    Impala,

    /// <summary>A user's own TorchSharp module, <see cref="NetworkOptions.Type"/>.</summary>
    Custom,
}

/// <summary>The Q-network: an architecture and a linear head.</summary>
public sealed record NetworkOptions
{
    /// <summary>The architecture.</summary>
    public NetworkKind Kind { get; init; } = NetworkKind.Auto;

    /// <summary>
    /// An assembly-qualified type name, <c>"Their.Type, Their.Assembly"</c>, of a <c>TorchSharp.torch.nn.Module&lt;Tensor, Tensor&gt;</c> with a
    /// public constructor (<see cref="Environments.PlaneShape"/> observation, int actionCount); empty for the networks here. It is the whole
    /// network, so that nothing below but <see cref="SearchPaths"/> applies to it.
    /// </summary>
    public string Type { get; init; } = "";

    /// <summary>Folders in which the assembly of <see cref="Type"/> is looked for, before the program's own.</summary>
    public IReadOnlyList<string> SearchPaths { get; init; } = [];

    /// <summary>Whether each convolution and each fully connected layer below the head is followed by layer normalisation (Ba et al. 2016), before its nonlinearity.</summary>
    public bool LayerNorm { get; init; }

    /// <summary>Units of each hidden layer of <see cref="NetworkKind.Mlp"/>, first to last; at least one layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [64, 64];

    /// <summary>The nonlinearity of every hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Whether the head is split into value and advantage, Q = V + A − mean(A) (Wang et al. 2016, equation 9).</summary>
    public bool Dueling { get; init; }
}
