using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The update rules of <see cref="AdamOptimizer"/> and <see cref="RmsPropOptimizer"/> as a few tensor operations on flat tensors, for
/// devices whose memory the processor does not see.
/// </summary>
internal static class TensorOptimizer
{
    /// <summary>Takes one step; the arguments are those of <see cref="IFlatOptimizer.Step"/>, float32 of one length.</summary>
    public static void Step(
        LearnerOptions options,
        Tensor parameters,
        Tensor gradients,
        Tensor firstMoments,
        Tensor secondMoments,
        float gradientScale,
        float learningRate,
        long update)
    {
        using IDisposable inference = no_grad();
        using DisposeScope scope = NewDisposeScope();
        gradients.mul_(gradientScale);
        if (options.Optimizer == OptimizerKind.Adam)
        {
            StepAdam(options, parameters, gradients, firstMoments, secondMoments, learningRate, update);
        }
        else
        {
            StepRmsProp(options, parameters, gradients, firstMoments, secondMoments, learningRate);
        }
    }

    private static void StepAdam(
        LearnerOptions options, Tensor parameters, Tensor gradients, Tensor firstMoments, Tensor secondMoments, float learningRate, long update)
    {
        firstMoments.mul_(options.AdamBeta1).add_(gradients, alpha: 1f - options.AdamBeta1);
        secondMoments.mul_(options.AdamBeta2).addcmul_(gradients, gradients, value: 1f - options.AdamBeta2);
        Tensor divisor = secondMoments.sqrt().mul_(AdamOptimizer.RootCorrection(options.AdamBeta2, update)).add_(options.AdamEpsilon);
        parameters.addcdiv_(firstMoments, divisor, value: -AdamOptimizer.StepSize(learningRate, options.AdamBeta1, update));
    }

    private static void StepRmsProp(
        LearnerOptions options, Tensor parameters, Tensor gradients, Tensor firstMoments, Tensor secondMoments, float learningRate)
    {
        secondMoments.mul_(options.RmsPropDecay).addcmul_(gradients, gradients, value: 1f - options.RmsPropDecay);
        Tensor spread = secondMoments;
        if (options.RmsPropCentered)
        {
            firstMoments.mul_(options.RmsPropDecay).add_(gradients, alpha: 1f - options.RmsPropDecay);
            spread = secondMoments.addcmul(firstMoments, firstMoments, value: -1f).clamp_min_(0f);
        }

        Tensor divisor = spread.sqrt().add_(options.RmsPropEpsilon);
        parameters.addcdiv_(gradients, divisor, value: -learningRate);
    }
}
