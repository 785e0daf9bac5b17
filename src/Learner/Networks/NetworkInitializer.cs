using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>First values of a network's parameters.</summary>
public static class NetworkInitializer
{
    /// <summary>
    /// PyTorch's defaults: weights and biases of linear maps and convolutions uniform in (−1/√fan-in, 1/√fan-in), drawn in the order of
    /// <see cref="NetworkLayout.Slots"/>; normalisations begin as the identity; the padding is set to zero.
    /// A user's own module chooses its own.
    /// </summary>
    /// <param name="layout">The network.</param>
    /// <param name="random">The stream of random numbers; one double is drawn for each value that is not constant, or one number for a whole module.</param>
    /// <param name="parameters">Receives the parameters, float32 [<see cref="NetworkLayout.Length"/>].</param>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    /// <exception cref="LearnerException">A user's own module cannot be made.</exception>
    public static void Initialize(NetworkLayout layout, RandomSource random, Span<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(random);
        ParameterVector.RequireLength(layout, parameters.Length);
        if (layout.Kind == NetworkKind.Custom)
        {
            CustomModule.Initialize(layout, random, parameters);
            return;
        }

        parameters.Clear();
        foreach (ParameterSlot slot in layout.Slots)
        {
            ParameterShape parameter = slot.Parameter;
            Span<float> values = parameters.Slice(slot.Offset, slot.Length);
            values.Fill(parameter.InitialValue);
            for (int i = 0; parameter.InitialBound > 0 && i < values.Length; i++)
            {
                values[i] = (float)random.NextUniform(-parameter.InitialBound, parameter.InitialBound);
            }
        }
    }
}
