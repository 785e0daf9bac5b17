namespace DqnAkka.Learner;

/// <summary>Whether a network can be computed here as it is asked.</summary>
public static class BackendRequirement
{
    /// <summary>Returns where it can, having loaded libtorch where the network needs it.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="backend">What is asked to compute it.</param>
    /// <param name="key">The configuration key that asks, for the message.</param>
    /// <exception cref="LearnerException">The vectorised kernels are asked for and do not have its layers, or libtorch is needed and cannot be loaded.</exception>
    public static void Require(NetworkLayout layout, ComputeBackend backend, string key)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (backend == ComputeBackend.Simd)
        {
            SimdSupport.Require(layout, key);
        }
        else if (backend == ComputeBackend.Torch || !SimdSupport.Covers(layout))
        {
            LibTorch.Require(layout, key);
        }
    }
}
