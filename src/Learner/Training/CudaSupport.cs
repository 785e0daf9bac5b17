using System.Runtime.InteropServices;
using TorchSharp;

namespace DqnAkka.Learner;

/// <summary>What this program and this machine have for CUDA.</summary>
internal class CudaSupport
{
    private const string SearchPathVariable = "LD_LIBRARY_PATH";

    /// <summary>
    /// Whether libtorch's CUDA library lies where it would be loaded from. Found without loading libtorch, which takes a second and half a
    /// gigabyte that a program on the CPU may not need.
    /// </summary>
    public virtual bool HasLibrary
    {
        get
        {
            string name = OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so";
            string[] searched = (Environment.GetEnvironmentVariable(SearchPathVariable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
            return searched
                .Append(AppContext.BaseDirectory)
                .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"))
                .Any(folder => File.Exists(Path.Combine(folder, name)));
        }
    }

    /// <summary>CUDA devices that libtorch sees; loads libtorch.</summary>
    public virtual int CountDevices()
    {
        // A first touch of TorchSharp that fails would stay failed, with words of its own.
        if (!LibTorch.IsAvailable)
        {
            return 0;
        }

        try
        {
            return torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        }
        catch (Exception exception) when (exception is NotSupportedException or DllNotFoundException or TypeInitializationException or ExternalException)
        {
            // The library is there, and what it needs itself (a driver, cuDNN) is not.
            return 0;
        }
    }
}
