using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What <c>eval</c> needs of a checkpoint.</summary>
/// <param name="Layout">The network's shape.</param>
/// <param name="EnvironmentName">What the environment was called that it was trained on; empty where it does not say.</param>
/// <param name="Policy">The greedy policy.</param>
/// <param name="Notices">One line for each checkpoint that was passed over.</param>
internal sealed record SavedPolicy(NetworkLayout Layout, string EnvironmentName, GreedyPolicy Policy, IReadOnlyList<string> Notices);

/// <summary>Reads checkpoints.</summary>
internal interface ICheckpointSource
{
    /// <summary>Reads and verifies one.</summary>
    /// <param name="path">The checkpoints' folder, or one checkpoint's manifest.</param>
    /// <param name="choice">Which one of a folder.</param>
    /// <exception cref="UserErrorException">It is missing, cut short or altered.</exception>
    SavedPolicy Load(string path, CheckpointChoice choice);
}
