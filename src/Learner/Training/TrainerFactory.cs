using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>Makes the trainer that the options name.</summary>
public static class TrainerFactory
{
    /// <summary>Makes a trainer on the device that <see cref="DeviceChoice.Choose(NetworkLayout, LearnerOptions)"/> gives.</summary>
    /// <param name="layout">The networks' shape.</param>
    /// <param name="options">The learning step, its device and backend.</param>
    /// <param name="initialParameters">The parameters in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <exception cref="ArgumentException">The parameters are not as long as the layout.</exception>
    /// <exception cref="LearnerException">The backend cannot use the device, the device is unknown or not available, or libtorch cannot be loaded.</exception>
    public static IGradientTrainer Create(NetworkLayout layout, LearnerOptions options, ReadOnlySpan<float> initialParameters) =>
        Create(layout, options, DeviceChoice.Choose(layout, options), initialParameters);

    /// <summary>
    /// Makes a trainer whose online and target networks both have the given parameters. <see cref="ComputeBackend.Auto"/> takes
    /// <see cref="SimdTrainer"/> on the CPU where its kernels have the network's layers and libtorch elsewhere. Several devices get a replica each.
    /// </summary>
    /// <param name="layout">The networks' shape.</param>
    /// <param name="options">The learning step and its backend.</param>
    /// <param name="device">Where.</param>
    /// <param name="initialParameters">The parameters in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <exception cref="ArgumentException">The parameters are not as long as the layout.</exception>
    /// <exception cref="LearnerException">The vectorised kernels are asked for and do not have the network's layers, libtorch cannot be loaded, or memory does not suffice.</exception>
    public static IGradientTrainer Create(NetworkLayout layout, LearnerOptions options, DeviceChoice device, ReadOnlySpan<float> initialParameters)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        if (options.Backend == ComputeBackend.Simd)
        {
            SimdSupport.Require(layout, "dqn.learner.backend");
        }

        try
        {
            return device.Devices.Count == 1
                ? CreateOne(layout, options, device.Devices[0], initialParameters)
                : CreateReplicas(layout, options, device.Devices, initialParameters);
        }
        catch (Exception exception) when (MemoryShortage.IsCause(exception))
        {
            throw MemoryShortage.Describe(layout, options, device.Name, exception);
        }
    }

    private static DataParallelTrainer CreateReplicas(
        NetworkLayout layout, LearnerOptions options, IReadOnlyList<string> devices, ReadOnlySpan<float> initialParameters)
    {
        List<IGradientTrainer> replicas = [];
        try
        {
            foreach (string device in devices)
            {
                replicas.Add(CreateOne(layout, options, device, initialParameters));
            }

            return new DataParallelTrainer(replicas, devices, options.ChecksumPeriod);
        }
        catch
        {
            replicas.ForEach(replica => replica.Dispose());
            throw;
        }
    }

    private static IGradientTrainer CreateOne(NetworkLayout layout, LearnerOptions options, string device, ReadOnlySpan<float> initialParameters) =>
        device == DeviceChoice.Cpu && !options.BFloat16 && options.Backend != ComputeBackend.Torch && SimdSupport.Covers(layout)
            ? new SimdTrainer(layout, options, initialParameters)
            : CreateOnTorch(layout, options, device, initialParameters);

    // A method of its own, so that nothing of TorchSharp is loaded where it is not called.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IGradientTrainer CreateOnTorch(NetworkLayout layout, LearnerOptions options, string device, ReadOnlySpan<float> initialParameters)
    {
        LibTorch.Require(layout, "dqn.learner.backend");
        return device == DeviceChoice.Cpu && !options.BFloat16
            ? new TorchTrainer(layout, options, initialParameters)
            : new DeviceTrainer(layout, options, initialParameters, new Device(device));
    }
}
