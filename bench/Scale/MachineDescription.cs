using System.Runtime.InteropServices;

namespace DqnAkka.Bench;

/// <summary>A machine, in words.</summary>
internal static class MachineDescription
{
    private const string Processors = "/proc/cpuinfo";

    /// <summary>This machine: its processor where the system says so, its cores and its system.</summary>
    public static string OfThis()
    {
        string? model = File.Exists(Processors)
            ? File.ReadLines(Processors).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
    }
}
