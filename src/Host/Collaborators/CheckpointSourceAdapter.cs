using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Reads the checkpoints that training writes; by default acting on them needs libtorch only for what the vectorised kernels do not have.</summary>
internal sealed class CheckpointSourceAdapter : ICheckpointSource
{
    /// <inheritdoc />
    public SavedPolicy Load(string path, CheckpointChoice choice, IReadOnlyList<string> networkPath, RunnerOptions runner)
    {
        LoadedCheckpoint checkpoint = Read(path, choice);
        CheckpointContent content = checkpoint.Content;
        PolicyNetwork policy = new(content.Layout.WithSearchPaths(networkPath), runner.Backend, runner.TorchThreads);
        policy.Load(content.Policy);
        return new SavedPolicy(content.Layout, content.EnvironmentName, policy.GreedyActions, checkpoint.Notices, policy);
    }

    /// <inheritdoc />
    public LoadedCheckpoint Read(string path, CheckpointChoice choice)
    {
        try
        {
            return CheckpointStore.Open(path).Load(choice);
        }
        catch (CheckpointException exception)
        {
            throw new UserErrorException(exception.Message);
        }
    }
}
