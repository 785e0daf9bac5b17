namespace DqnAkka.Learner;

/// <summary>Makes the trainer that the options name.</summary>
public static class TrainerFactory
{
    /// <summary>
    /// Makes a trainer whose online and target networks both have the given parameters. <see cref="ComputeBackend.Auto"/> takes
    /// <see cref="SimdTrainer"/> on the CPU where its kernels have the network's layers and <see cref="TorchTrainer"/> elsewhere.
    /// </summary>
    /// <param name="layout">The networks' shape.</param>
    /// <param name="options">The learning step, its device and backend.</param>
    /// <param name="initialParameters">The parameters in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <exception cref="ArgumentException">The parameters are not as long as the layout.</exception>
    /// <exception cref="LearnerException">The backend cannot use the device, the device is unknown or not available, or libtorch cannot be loaded.</exception>
    public static ITrainer Create(NetworkLayout layout, LearnerOptions options, ReadOnlySpan<float> initialParameters)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        bool isCpu = TorchDevice.IsCpu(options.Device);
        if (options.Backend == ComputeBackend.Simd && !isCpu)
        {
            throw new LearnerException(
                $"dqn.learner.backend = simd computes on the CPU only, and dqn.learner.device = {options.Device}: set the backend to torch or the device to cpu");
        }

        if (options.Backend == ComputeBackend.Simd)
        {
            SimdSupport.Require(layout, "dqn.learner.backend");
        }

        if (isCpu && options.Backend != ComputeBackend.Torch && SimdSupport.Covers(layout))
        {
            return new SimdTrainer(layout, options, initialParameters);
        }

        LibTorch.Require(layout, "dqn.learner.backend");
        return new TorchTrainer(layout, options, initialParameters);
    }
}
