namespace DqnAkka.Learner;

/// <summary>A parameter as a layer has it.</summary>
/// <param name="Name">PyTorch's name, for example <c>network.0.weight</c>.</param>
/// <param name="Shape">PyTorch's shape, row-major: [out, in] for a linear weight, [out, in, height, width] for a filter.</param>
/// <param name="InitialBound">First values are uniform in (−bound, bound); 0 where all are <paramref name="InitialValue"/>.</param>
/// <param name="InitialValue">The first value of all elements where they are not drawn.</param>
public sealed record ParameterShape(string Name, IReadOnlyList<int> Shape, double InitialBound, float InitialValue = 0)
{
    /// <summary>Number of elements.</summary>
    public Int128 Length => Shape.Aggregate((Int128)1, (product, dimension) => product * dimension);
}

/// <summary>One parameter's place in the flat vector.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Offset">First element in the flat vector; a multiple of 16.</param>
public sealed record ParameterSlot(ParameterShape Parameter, int Offset)
{
    /// <summary>PyTorch's name, for example <c>network.0.weight</c>.</summary>
    public string Name => Parameter.Name;

    /// <summary>PyTorch's shape, row-major.</summary>
    public IReadOnlyList<int> Shape => Parameter.Shape;

    /// <summary>Number of elements.</summary>
    public int Length { get; } = (int)Parameter.Length;
}
