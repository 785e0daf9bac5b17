using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>The words by which replicas know whether they round alike: sums go in vectors of the processor's width.</summary>
internal static class ArithmeticNames
{
    /// <summary>The word of a backend on this processor.</summary>
    /// <param name="backend">What computes the update.</param>
    public static string Of(string backend)
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        return $"{backend} {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}-{bits}";
    }
}
