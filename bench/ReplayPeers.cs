namespace DqnAkka.Bench;

/// <summary>
/// What Python's replay buffers reach on a machine of the same kind (2 vCPU AMD EPYC with AVX-512, one thread, capacity 10⁶), millions of transitions per
/// second. Measured on another day than whatever is printed beside: uniform is the vectorised buffer of Stable-Baselines3, prioritised that of
/// Tianshou with its compiled tree; updates are the bare tree's.
/// </summary>
internal static class ReplayPeers
{
    /// <summary>The peer's rate and how many times that ours is required to be; NaN where there is none.</summary>
    public static (double Rate, double Required) Find(bool prioritized, string observation, string operation) => (prioritized, observation, operation) switch
    {
        (false, ReplayBenchmark.Floats, "add 64") => (22, 1),
        (false, ReplayBenchmark.Floats, "sample 32") => (1.0, double.NaN),
        (false, ReplayBenchmark.Floats, "sample 512") => (4.1, 5),
        (false, _, "add 64") => (13.4, double.NaN),
        (false, _, "sample 32") => (0.8, double.NaN),
        (false, ReplayBenchmark.Integers, "sample 512") => (2.1, 5),
        (false, ReplayBenchmark.Booleans, "sample 512") => (2.1, 10),
        (true, ReplayBenchmark.Floats, "add 64") => (0.219, double.NaN),
        (true, ReplayBenchmark.Floats, "sample 32") => (0.835, double.NaN),
        (true, ReplayBenchmark.Floats, "sample 512") => (3.1, 5),
        (true, _, "add 64") => (0.199, double.NaN),
        (true, _, "sample 32") => (0.723, double.NaN),
        (true, _, "sample 512") => (2.25, double.NaN),
        (true, _, "update 512") => (18, double.NaN),
        _ => (double.NaN, double.NaN),
    };
}
