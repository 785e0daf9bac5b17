using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What <c>eval</c> needs of a checkpoint.</summary>
/// <param name="Layout">The network's shape.</param>
/// <param name="EnvironmentName">What the environment was called that it was trained on; empty where it does not say.</param>
/// <param name="Policy">The greedy policy.</param>
/// <param name="Notices">One line for each checkpoint that was passed over.</param>
/// <param name="Network">What computes it, disposed of with this; null where there is nothing to dispose of.</param>
internal sealed record SavedPolicy(
    NetworkLayout Layout, string EnvironmentName, GreedyPolicy Policy, IReadOnlyList<string> Notices, PolicyNetwork? Network = null) : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => Network?.Dispose();
}

/// <summary>Reads checkpoints.</summary>
internal interface ICheckpointSource
{
    /// <summary>Reads and verifies one, ready to act.</summary>
    /// <param name="path">The checkpoints' folder, or one checkpoint's manifest.</param>
    /// <param name="choice">Which one of a folder.</param>
    /// <param name="networkPath">Folders in which the assembly of a user's own network is looked for.</param>
    /// <param name="runner">What computes it, and on how many threads.</param>
    /// <exception cref="UserErrorException">It is missing, cut short or altered.</exception>
    /// <exception cref="LearnerException">Its network is a user's own and not to be had, or the backend cannot compute it.</exception>
    SavedPolicy Load(string path, CheckpointChoice choice, IReadOnlyList<string> networkPath, RunnerOptions runner);

    /// <summary>Reads and verifies one.</summary>
    /// <param name="path">A run's folder, the checkpoints' folder, or one checkpoint's manifest.</param>
    /// <param name="choice">Which one of a folder.</param>
    /// <exception cref="UserErrorException">It is missing, cut short or altered.</exception>
    LoadedCheckpoint Read(string path, CheckpointChoice choice);
}
