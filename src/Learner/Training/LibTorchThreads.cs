namespace DqnAkka.Learner;

/// <summary>What to know before libtorch is given more than one thread.</summary>
public static class LibTorchThreads
{
    private const string SpinVariable = "GOMP_SPINCOUNT";

    /// <summary>One line where the number asked for is slow unless the machine has nothing else to do; null where nothing is to be said.</summary>
    /// <param name="key">The key that asks.</param>
    /// <param name="threads">How many.</param>
    public static string? Warning(string key, int threads) =>
        threads > 1 && OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(SpinVariable) is null
            ? $"{key} = {threads}: libtorch's threads spin while they wait and slow down whatever shares the processors; start the process with {SpinVariable}=0 unless it has them to itself"
            : null;
}
