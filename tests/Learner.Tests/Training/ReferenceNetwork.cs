namespace DqnAkka.Learner.Tests;

/// <summary>The network as the papers write it, in float64 scalar loops over the layout's flat vector.</summary>
internal static class ReferenceNetwork
{
    public static double[] Values(NetworkLayout layout, ReadOnlySpan<double> parameters, ReadOnlySpan<float> observation)
    {
        double[] inputs = [.. observation.ToArray().Select(component => (double)component)];
        int slot = 0;
        for (int layer = 0; layer < layout.Options.Hidden.Count; layer++)
        {
            inputs = Linear(layout, parameters, slot, inputs);
            slot += 2;
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i] = layout.Options.Activation == Activation.Relu ? Math.Max(0, inputs[i]) : Math.Tanh(inputs[i]);
            }
        }

        double[] head = Linear(layout, parameters, slot, inputs);
        if (!layout.Options.Dueling)
        {
            return head;
        }

        double[] advantages = Linear(layout, parameters, slot + 2, inputs);
        double mean = advantages.Average();
        return [.. advantages.Select(advantage => head[0] + advantage - mean)];
    }

    private static double[] Linear(NetworkLayout layout, ReadOnlySpan<double> parameters, int slot, double[] inputs)
    {
        ParameterSlot weight = layout.Slots[slot];
        ParameterSlot bias = layout.Slots[slot + 1];
        double[] outputs = new double[bias.Length];
        for (int output = 0; output < outputs.Length; output++)
        {
            outputs[output] = parameters[bias.Offset + output];
            for (int input = 0; input < inputs.Length; input++)
            {
                outputs[output] += parameters[weight.Offset + (output * inputs.Length) + input] * inputs[input];
            }
        }

        return outputs;
    }
}
