using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The update rules of <see cref="AdamOptimizer"/>, <see cref="RmsPropOptimizer"/> and <see cref="AdaGradOptimizer"/> as at most nine
/// tensor operations on flat tensors, for devices whose memory the processor does not see. Whether the step is taken is a tensor too, so that
/// nobody waits for the answer.
/// </summary>
internal sealed class TensorOptimizer : IDisposable
{
    private readonly LearnerOptions _options;
    // A scalar is a native object with a finalizer: one for all steps where it stays the same.
    private readonly Scalar _minusOne = -1f;
    private readonly Scalar _zero = 0f;
    private readonly Scalar _firstShare;
    private readonly Scalar _secondShare;
    private readonly Scalar _minusSecondShare;

    /// <summary>Makes the optimizer of the options.</summary>
    public TensorOptimizer(LearnerOptions options)
    {
        _options = options;
        bool isAdam = options.Optimizer == OptimizerKind.Adam;
        float first = 1f - (isAdam ? options.AdamBeta1 : options.RmsPropDecay);
        float second = 1f - (isAdam ? options.AdamBeta2 : options.RmsPropDecay);
        _firstShare = first;
        _secondShare = second;
        _minusSecondShare = -second;
    }

    /// <summary>Takes one step and leaves a gradient of zero. Flat tensors are float32 of one length.</summary>
    /// <param name="parameters">θ, changed.</param>
    /// <param name="gradients">∂L/∂θ before clipping; zero afterwards.</param>
    /// <param name="firstMoments">The first moments, changed.</param>
    /// <param name="secondMoments">The second moments, changed.</param>
    /// <param name="gradientScale">What the gradient is multiplied by (clipping), float32 []; 0 where the step is not taken.</param>
    /// <param name="isTaken">1, or 0 where everything stays as it is, float32 []; the gradient need not be finite then.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="update">The number of this update, the first being 1.</param>
    public void Step(
        Tensor parameters, Tensor gradients, Tensor firstMoments, Tensor secondMoments, Tensor gradientScale, Tensor isTaken, float learningRate, long update)
    {
        using IDisposable inference = no_grad();
        using DisposeScope scope = NewDisposeScope();
        gradients.nan_to_num_(0, 0, 0);
        gradients.mul_(gradientScale);
        if (_options.Optimizer == OptimizerKind.AdaGrad)
        {
            StepAdaGrad(parameters, gradients, secondMoments, learningRate);
            return;
        }

        secondMoments.mul_(isTaken.mul(_minusSecondShare).add_(TorchScalars.One, TorchScalars.One)).addcmul_(gradients, gradients, _secondShare);
        if (_options.Optimizer == OptimizerKind.Adam)
        {
            // The correction of the root is taken out of it: m/(√v·c + ε) = (m/c)/(√v + ε/c). A step that is not taken divides by infinity.
            float correction = AdamOptimizer.RootCorrection(_options.AdamBeta2, update);
            using Scalar epsilon = _options.AdamEpsilon / correction;
            using Scalar stepSize = -AdamOptimizer.StepSize(learningRate, _options.AdamBeta1, update) / correction;
            firstMoments.lerp_(gradients, isTaken.mul(_firstShare));
            Tensor divisor = secondMoments.sqrt().add_(isTaken.reciprocal().mul_(epsilon), TorchScalars.One);
            parameters.addcdiv_(firstMoments, divisor, stepSize);
        }
        else
        {
            StepRmsProp(parameters, gradients, firstMoments, secondMoments, isTaken, learningRate);
        }

        gradients.zero_();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _minusOne.Dispose();
        _zero.Dispose();
        _firstShare.Dispose();
        _secondShare.Dispose();
        _minusSecondShare.Dispose();
    }

    // A step that is not taken has a gradient of zero, which changes nothing here.
    private void StepAdaGrad(Tensor parameters, Tensor gradients, Tensor secondMoments, float learningRate)
    {
        using Scalar epsilon = _options.AdaGradEpsilon;
        using Scalar stepSize = -learningRate;
        secondMoments.addcmul_(gradients, gradients, TorchScalars.One);
        parameters.addcdiv_(gradients, secondMoments.sqrt().add_(epsilon, TorchScalars.One), stepSize);
        gradients.zero_();
    }

    private void StepRmsProp(Tensor parameters, Tensor gradients, Tensor firstMoments, Tensor secondMoments, Tensor isTaken, float learningRate)
    {
        Tensor spread = secondMoments;
        if (_options.RmsPropCentered)
        {
            firstMoments.lerp_(gradients, isTaken.mul(_firstShare));
            spread = secondMoments.addcmul(firstMoments, firstMoments, _minusOne).clamp_min_(_zero);
        }

        using Scalar epsilon = _options.RmsPropEpsilon;
        using Scalar stepSize = -learningRate;
        parameters.addcdiv_(gradients, spread.sqrt().add_(epsilon, TorchScalars.One), stepSize);
    }
}
