using System.Numerics;

namespace DqnAkka.Host;

/// <summary>
/// Which steps of a long episode are recorded: all of the first 500, then every second one until 1000, every fourth until 2000, and so on, so
/// that a million steps are some three thousand frames.
/// </summary>
internal static class FrameThinning
{
    /// <summary>Steps of which each is recorded.</summary>
    public const int Whole = 500;

    /// <summary>Whether a step is recorded; an episode's last one always is.</summary>
    /// <param name="step">The step, from 0.</param>
    public static bool Keeps(long step) => step % Stride(step) == 0;

    private static long Stride(long step) => step < Whole ? 1 : 2L << BitOperations.Log2((ulong)(step / Whole));
}
