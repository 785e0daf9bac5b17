using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// How many threads libtorch uses within one operation. The setting belongs to the calling thread (OpenMP), and libtorch's threads spin
/// while they wait, so that on a machine that others share one thread is the fastest.
/// </summary>
internal static class TorchThreads
{
    private const string SpinVariable = "GOMP_SPINCOUNT";
    [ThreadStatic]
    private static int _current;

    /// <summary>Has operations of this thread use that many threads.</summary>
    public static void Use(int threads)
    {
        if (_current != threads)
        {
            set_num_threads(threads);
            _current = threads;
        }
    }

    /// <summary>What is worth a line about the numbers asked for, or null.</summary>
    /// <param name="key">The key that asks.</param>
    /// <param name="threads">How many.</param>
    public static string? Warning(string key, int threads) =>
        threads > 1 && OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(SpinVariable) is null
            ? $"{key} = {threads}: libtorch's threads spin while they wait and slow down whatever shares the processors; start the process with {SpinVariable}=0 unless it has them to itself"
            : null;
}
