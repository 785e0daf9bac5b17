namespace DqnAkka.Learner;

/// <summary>The elementwise nonlinearity after each hidden layer.</summary>
public enum Activation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
}

/// <summary>The Q-network for vector observations: fully connected hidden layers and a linear head.</summary>
public sealed record NetworkOptions
{
    /// <summary>Units of each hidden layer, first to last; at least one layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [64, 64];

    /// <summary>The nonlinearity after each hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Whether the head is split into value and advantage, Q = V + A − mean(A) (Wang et al. 2016, equation 9).</summary>
    public bool Dueling { get; init; }
}
