using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>What one core of this machine can do at best: fused multiply-adds in registers, and copies between large blocks.</summary>
/// <param name="FlopsPerSecond">Floating-point operations a second.</param>
/// <param name="CopiedBytesPerSecond">Bytes read and written again a second, each byte counted once.</param>
internal sealed record MachineFloor(double FlopsPerSecond, double CopiedBytesPerSecond)
{
    private const int Repeats = 7;
    private const int Chains = 16;
    private const int Rounds = 4_000_000;

    /// <summary>Measures both, best of several.</summary>
    public static MachineFloor Measure() => new(
        Enumerable.Range(0, Repeats).Max(_ => MultiplyAdds()),
        Enumerable.Range(0, Repeats).Max(_ => Copies()));

    /// <summary>The least time of one learning step: the arithmetic of its passes, or the bytes that have to move, whichever is longer.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="batch">Rows.</param>
    public TimeSpan Step(NetworkLayout layout, int batch)
    {
        (double forward, double first) = NetworkCost.MultiplyAdds(layout);
        // Three forward passes, and a backward one by parameters and by inputs, except by the observation.
        double flops = 2 * batch * ((5 * forward) - first);
        return Longest(flops, NetworkCost.StepBytes(layout, batch));
    }

    /// <summary>The least time of one forward pass: its arithmetic, since parameters and observations of these sizes stay in caches.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="batch">Rows.</param>
    public TimeSpan Forward(NetworkLayout layout, int batch) =>
        TimeSpan.FromSeconds(2 * batch * NetworkCost.MultiplyAdds(layout).Forward / FlopsPerSecond);

    private TimeSpan Longest(double flops, double bytes) => TimeSpan.FromSeconds(Math.Max(flops / FlopsPerSecond, bytes / CopiedBytesPerSecond));

    private static double MultiplyAdds()
    {
        long start = Stopwatch.GetTimestamp();
        // Sums that nobody uses would not be computed.
        GC.KeepAlive(Spin());
        return 2.0 * Vector512<float>.Count * Chains * Rounds / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Without a call inside, before which registers would have to be saved.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Spin()
    {
        Vector512<float> factor = Vector512.Create(0.999f);
        Vector512<float> s0 = factor, s1 = factor, s2 = factor, s3 = factor, s4 = factor, s5 = factor, s6 = factor, s7 = factor;
        Vector512<float> s8 = factor, s9 = factor, s10 = factor, s11 = factor, s12 = factor, s13 = factor, s14 = factor, s15 = factor;
        for (int i = 0; i < Rounds; i++)
        {
            s0 = Vector512.MultiplyAddEstimate(s0, factor, factor);
            s1 = Vector512.MultiplyAddEstimate(s1, factor, factor);
            s2 = Vector512.MultiplyAddEstimate(s2, factor, factor);
            s3 = Vector512.MultiplyAddEstimate(s3, factor, factor);
            s4 = Vector512.MultiplyAddEstimate(s4, factor, factor);
            s5 = Vector512.MultiplyAddEstimate(s5, factor, factor);
            s6 = Vector512.MultiplyAddEstimate(s6, factor, factor);
            s7 = Vector512.MultiplyAddEstimate(s7, factor, factor);
            s8 = Vector512.MultiplyAddEstimate(s8, factor, factor);
            s9 = Vector512.MultiplyAddEstimate(s9, factor, factor);
            s10 = Vector512.MultiplyAddEstimate(s10, factor, factor);
            s11 = Vector512.MultiplyAddEstimate(s11, factor, factor);
            s12 = Vector512.MultiplyAddEstimate(s12, factor, factor);
            s13 = Vector512.MultiplyAddEstimate(s13, factor, factor);
            s14 = Vector512.MultiplyAddEstimate(s14, factor, factor);
            s15 = Vector512.MultiplyAddEstimate(s15, factor, factor);
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11 + s12 + s13 + s14 + s15);
    }

    private static unsafe double Copies()
    {
        const int Bytes = 256 << 20;
        byte* from = (byte*)NativeMemory.AllocZeroed(Bytes);
        byte* to = (byte*)NativeMemory.AllocZeroed(Bytes);
        try
        {
            NativeMemory.Fill(from, Bytes, 1);
            NativeMemory.Fill(to, Bytes, 2);
            long start = Stopwatch.GetTimestamp();
            NativeMemory.Copy(from, to, Bytes);
            return Bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        finally
        {
            NativeMemory.Free(from);
            NativeMemory.Free(to);
        }
    }
}
