using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>Reads <c>dqn.learner.device</c>.</summary>
internal static class TorchDevice
{
    /// <summary>The device of that name.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <exception cref="LearnerException">The name is another one, or the device is not there.</exception>
    public static Device Open(string name)
    {
        if (IsCpu(name))
        {
            return CPU;
        }

        int index = Index(name);
        if (!IsCudaAvailable())
        {
            throw new LearnerException(
                $"dqn.learner.device = {name} is not available: build with -p:TorchBackend=cuda on a machine with an NVIDIA GPU, or set dqn.learner.device = cpu");
        }

        if (index >= cuda.device_count())
        {
            throw new LearnerException(
                $"dqn.learner.device = {name} is not there: this machine has {cuda.device_count()} CUDA devices, counted from 0");
        }

        return new Device(DeviceType.CUDA, index);
    }

    /// <summary>Whether that name is the processor's.</summary>
    public static bool IsCpu(string name) => name == "cpu";

    private static int Index(string name)
    {
        if (name == "cuda")
        {
            return 0;
        }

        const string Prefix = "cuda:";
        if (name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Prefix.Length), System.Globalization.NumberStyles.None, null, out int index))
        {
            return index;
        }

        throw new LearnerException($"dqn.learner.device = {name} is not a device: use cpu, cuda or cuda:N");
    }

    private static bool IsCudaAvailable()
    {
        try
        {
            return cuda.is_available();
        }
        catch (Exception exception) when (exception is NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            // A build with the libtorch of the CPU has no CUDA library to load.
            return false;
        }
    }
}
