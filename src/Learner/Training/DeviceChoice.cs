using System.Globalization;

namespace DqnAkka.Learner;

/// <summary>Where the learning step is computed, and why there.</summary>
/// <param name="Name"><c>cpu</c> or <c>cuda:N</c>; with several devices all of them.</param>
/// <param name="Reason">Completes "learner device …: ".</param>
public sealed record DeviceChoice(string Name, string Reason)
{
    /// <summary>What <c>learner.device</c> is called where the program chooses.</summary>
    public const string Automatic = "auto";

    /// <summary>The processor's name.</summary>
    public const string Cpu = "cpu";

    private const string Key = "dqn.learner.device";
    private const string Cuda = "cuda";
    private const string CudaPrefix = "cuda:";
    private const string BuildWithoutCuda = "this build has the libtorch of the CPU";

    // A step of a small network on a GPU is a hundred kernel launches, about a millisecond. In that time the kernels of one processor core do
    // 1e8 floating-point operations, and a step takes about 10 for each parameter and row.
    private const double SmallStep = 1e7;

    /// <summary>The devices, each <c>cpu</c> or <c>cuda:N</c>, a replica of the learner on each; mostly one.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [Name];

    /// <summary>Whether it is the processor.</summary>
    public bool IsCpu => Devices.All(device => device == Cpu);

    /// <summary>One line for the user.</summary>
    public override string ToString() => $"learner device{(Devices.Count > 1 ? "s" : "")} {Name}: {Reason}";

    /// <summary>Chooses, and checks that what is named is there. Loads libtorch only where a CUDA library is there, or a CUDA device is named.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="options">Device, backend and batch.</param>
    /// <exception cref="LearnerException">The device is unknown, not there, or not one that the backend can use.</exception>
    public static DeviceChoice Choose(NetworkLayout layout, LearnerOptions options) => Choose(layout, options, new CudaSupport());

    /// <summary>As <see cref="Choose(NetworkLayout, LearnerOptions)"/>, on what is told of the machine.</summary>
    internal static DeviceChoice Choose(NetworkLayout layout, LearnerOptions options, CudaSupport cuda)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        RequireSuitableNetwork(layout, options);
        if (DeviceLists.IsGiven(options))
        {
            return DeviceLists.Choose(options, (key, device) => Named(key, device, options, cuda));
        }

        return options.Device == Automatic ? ChooseOne(layout, options, cuda) : Named(Key, options.Device, options, cuda);
    }

    private static DeviceChoice ChooseOne(NetworkLayout layout, LearnerOptions options, CudaSupport cuda)
    {
        if (options.Backend == ComputeBackend.Simd)
        {
            return new DeviceChoice(Cpu, "dqn.learner.backend = simd computes there");
        }

        if (!cuda.HasLibrary)
        {
            return new DeviceChoice(Cpu, $"no CUDA device was looked for, since {BuildWithoutCuda}");
        }

        int devices = cuda.CountDevices();
        if (devices == 0)
        {
            return new DeviceChoice(Cpu, "this build has the libtorch of CUDA, which finds no device");
        }

        bool isSmall = (double)layout.ParameterCount * options.BatchSize <= SmallStep;
        return isSmall && options.Backend == ComputeBackend.Auto && !options.BFloat16 && SimdSupport.Covers(layout)
            ? new DeviceChoice(Cpu, $"{List(devices)} could be used, but a step of {layout.Description} on {options.BatchSize} rows is shorter than its way to a GPU")
            : new DeviceChoice(CudaPrefix + "0", $"found {List(devices)}{(devices > 1 ? " and took the first" : "")}");
    }

    private static DeviceChoice Named(string key, string name, LearnerOptions options, CudaSupport cuda)
    {
        if (name == Cpu)
        {
            return new DeviceChoice(Cpu, $"{key} says so");
        }

        if (options.Backend == ComputeBackend.Simd)
        {
            throw new LearnerException(
                $"dqn.learner.backend = simd computes on the CPU only, and {key} = {name}: set the backend to torch or the device to cpu");
        }

        int index = Index(key, name);
        int devices = cuda.CountDevices();
        if (index >= devices)
        {
            string there = devices > 0 ? $"there are cpu and {List(devices)}"
                : cuda.HasLibrary ? "there is only cpu, libtorch finds no CUDA device"
                : $"there is only cpu, {BuildWithoutCuda} (build with -p:TorchBackend=cuda on a machine with an NVIDIA GPU)";
            throw new LearnerException($"{key} = {name} is not there: {there}") { IsFinal = true };
        }

        return new DeviceChoice(string.Create(CultureInfo.InvariantCulture, $"{CudaPrefix}{index}"), $"{key} says so");
    }

    private static void RequireSuitableNetwork(NetworkLayout layout, LearnerOptions options)
    {
        if (options.BFloat16 && layout.Kind == NetworkKind.Custom)
        {
            throw new LearnerException("dqn.learner.bfloat16 = true is for the program's own networks, and dqn.network.kind = custom: cast within the module, or leave bfloat16");
        }

        if (options.BFloat16 && options.Backend == ComputeBackend.Simd)
        {
            throw new LearnerException("dqn.learner.backend = simd computes in float32 only, and dqn.learner.bfloat16 = true: set the backend to torch or leave bfloat16");
        }
    }

    private static string List(int devices) =>
        string.Join(", ", Enumerable.Range(0, devices).Select(device => string.Create(CultureInfo.InvariantCulture, $"{CudaPrefix}{device}")));

    private static int Index(string key, string name)
    {
        if (name == Cuda)
        {
            return 0;
        }

        return name.StartsWith(CudaPrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? index
            : throw new LearnerException($"{key} = {name} is not a device: use {(key == Key ? "auto, " : "")}cpu, cuda or cuda:N");
    }
}
