namespace DqnAkka.Learner;

/// <summary>Makes the optimizer that the options name.</summary>
internal static class FlatOptimizers
{
    /// <summary>The SIMD optimizer of <paramref name="options"/>.</summary>
    public static IFlatOptimizer Create(LearnerOptions options) => options.Optimizer switch
    {
        OptimizerKind.RmsProp => new RmsPropOptimizer(options.RmsPropDecay, options.RmsPropEpsilon, options.RmsPropCentered),
        OptimizerKind.AdaGrad => new AdaGradOptimizer(options.AdaGradEpsilon),
        _ => new AdamOptimizer(options.AdamBeta1, options.AdamBeta2, options.AdamEpsilon),
    };

    /// <summary>Throws unless the vectors have one length that is a multiple of the vector's.</summary>
    public static void RequireEqualLengths(int parameters, int gradients, int firstMoments, int secondMoments, int vectorLength)
    {
        if (gradients != parameters || firstMoments != parameters || secondMoments != parameters || parameters % vectorLength != 0)
        {
            throw new ArgumentException(
                $"an optimizer needs vectors of one length that is a multiple of {vectorLength}: got {parameters}, {gradients}, {firstMoments}, {secondMoments}");
        }
    }
}
