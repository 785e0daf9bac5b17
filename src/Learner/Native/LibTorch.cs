using System.Runtime.InteropServices;
using System.Threading;

namespace DqnAkka.Learner;

/// <summary>
/// The gate before everything that touches TorchSharp. TorchSharp loads its native library on first use, names a missing package whatever the
/// reason is, and cannot be asked again; so the library is loaded here first, and what is wrong is said in our own words.
/// </summary>
internal static class LibTorch
{
    private static readonly Lazy<string?> FirstProblem =
        new(() => new LibTorchLoading(NativePlatform.Current(), Load).FindProblem(), LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Whether libtorch can be used in this process; loads it on the first call (about 0.1 s).</summary>
    public static bool IsAvailable => FirstProblem.Value is null;

    /// <summary>Returns where libtorch can be used in this process, which it loads on the first call.</summary>
    /// <param name="layout">The network that is to be computed.</param>
    /// <param name="key">The configuration key of the backend that needs libtorch.</param>
    /// <exception cref="LearnerException">It cannot; the message names the cause and the remedy.</exception>
    public static void Require(NetworkLayout layout, string key)
    {
        if (FirstProblem.Value is { } problem)
        {
            throw new LearnerException(Message(layout, key, problem));
        }
    }

    /// <summary>Returns where libtorch can be used in this process, as a user's own module needs it; loads it on the first call.</summary>
    /// <exception cref="LearnerException">It cannot; the message names the cause and the remedy.</exception>
    public static void RequireForModule()
    {
        if (FirstProblem.Value is { } problem)
        {
            throw new LearnerException(
                $"libtorch cannot be used, and the module of dqn.network.type needs it: {problem}; or take a network that needs none: one of kind mlp or minatar");
        }
    }

    /// <summary>What a user is told.</summary>
    public static string Message(NetworkLayout layout, string key, string problem) => SimdSupport.Covers(layout)
        ? $"libtorch cannot be used ({key}): {problem}; or set {key} = simd, which needs no libtorch for this network"
        : $"libtorch cannot be used ({key}): {problem}; or choose a network that {key} = simd computes without it: one of kind mlp or minatar";

    private static string? Load(string pathOrName)
    {
        try
        {
            _ = Path.IsPathRooted(pathOrName)
                ? NativeLibrary.Load(pathOrName)
                : NativeLibrary.Load(pathOrName, typeof(TorchSharp.torch).Assembly, null);
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            return exception.Message;
        }
    }
}
