using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>What a network's passes take at the least.</summary>
internal static class NetworkCost
{
    /// <summary>Multiply-adds of one row's forward pass, and those of the first layer with weights alone.</summary>
    public static (double Forward, double First) MultiplyAdds(NetworkLayout layout)
    {
        double[] layers = [.. layout.Body.Concat(layout.Head).Select(OfLayer).Where(count => count > 0)];
        return (layers.Sum(), layers[0]);
    }

    /// <summary>
    /// Bytes that one step has to copy: the batch, and for each parameter the gradient, both moments and its value read, and the last three
    /// written, of which a copy counts one read and one write as one.
    /// </summary>
    public static double StepBytes(NetworkLayout layout, int batch) =>
        sizeof(float) * ((2.0 * batch * layout.ObservationSize) + (4.0 * layout.ParameterCount));

    private static double OfLayer(NetworkLayer layer) => layer switch
    {
        LinearLayer linear => (double)linear.Inputs * linear.Outputs,
        ConvolutionLayer convolution => (double)convolution.Output.Size * convolution.Input.Planes * convolution.Kernel * convolution.Kernel,
        ResidualLayer residual => residual.Inner.Sum(OfLayer),
        _ => 0,
    };
}
