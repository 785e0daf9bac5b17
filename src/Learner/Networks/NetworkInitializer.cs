using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>First values of a network's parameters.</summary>
public static class NetworkInitializer
{
    /// <summary>
    /// PyTorch's default for <c>nn.Linear</c>: weights and biases uniform in (−1/√in, 1/√in), drawn in the order of
    /// <see cref="NetworkLayout.Slots"/>; the padding is set to zero.
    /// </summary>
    /// <param name="layout">The network.</param>
    /// <param name="random">The stream of random numbers; one double is drawn for each parameter.</param>
    /// <param name="parameters">Receives the parameters, float32 [<see cref="NetworkLayout.Length"/>].</param>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public static void Initialize(NetworkLayout layout, RandomSource random, Span<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(random);
        ParameterVector.RequireLength(layout, parameters.Length);
        parameters.Clear();
        double bound = 0;
        foreach (ParameterSlot slot in layout.Slots)
        {
            if (slot.Shape.Count == 2)
            {
                // A bias follows its weight and shares its fan-in.
                bound = 1.0 / Math.Sqrt(slot.Shape[1]);
            }

            foreach (ref float value in parameters.Slice(slot.Offset, slot.Length))
            {
                value = (float)random.NextUniform(-bound, bound);
            }
        }
    }
}
