namespace DqnAkka.Learner;

/// <summary>What the vectorised C# kernels compute.</summary>
internal static class SimdSupport
{
    /// <summary>Whether they have every layer of a network. Where they do they were faster than libtorch at every size measured (docs/benchmarks.md).</summary>
    public static bool Covers(NetworkLayout layout) => layout is { Kind: NetworkKind.Mlp or NetworkKind.MinAtar, Options.LayerNorm: false };

    /// <summary>Throws unless they do.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="key">The key that asks for them.</param>
    /// <exception cref="LearnerException">They do not.</exception>
    public static void Require(NetworkLayout layout, string key)
    {
        if (!Covers(layout))
        {
            throw new LearnerException($"{key} = simd has no kernels for the network {layout.Description}: set it to torch or auto");
        }
    }
}
