using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What <c>eval</c> needs of a checkpoint.</summary>
/// <param name="Layout">The network's shape.</param>
/// <param name="EnvironmentName">What the environment was called that it was trained on; empty where it does not say.</param>
/// <param name="Policy">The greedy policy.</param>
/// <param name="Network">What computes it, disposed of with this; null where there is nothing to dispose of.</param>
internal sealed record SavedPolicy(NetworkLayout Layout, string EnvironmentName, GreedyPolicy Policy, PolicyNetwork? Network = null) : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => Network?.Dispose();
}

/// <summary>Reads checkpoints.</summary>
internal interface ICheckpointSource
{
    /// <summary>Reads and verifies one.</summary>
    /// <param name="directory">The checkpoint's folder.</param>
    /// <param name="networkPath">Folders in which the assembly of a user's own network is looked for.</param>
    /// <exception cref="UserErrorException">It is missing, cut short or altered, or its network is a user's own and not to be had.</exception>
    SavedPolicy Load(string directory, IReadOnlyList<string> networkPath);
}
