using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Reads the checkpoints that training writes; acting on them needs libtorch only for what the vectorised kernels do not have.</summary>
internal sealed class CheckpointSourceAdapter : ICheckpointSource
{
    /// <inheritdoc />
    public SavedPolicy Load(string directory, IReadOnlyList<string> networkPath)
    {
        CheckpointContent content;
        try
        {
            content = new CheckpointStore(directory).Load();
        }
        catch (CheckpointException exception)
        {
            throw new UserErrorException(exception.Message);
        }

        PolicyNetwork policy = MakePolicy(content.Layout.WithSearchPaths(networkPath));
        policy.Load(content.Policy);
        return new SavedPolicy(content.Layout, content.EnvironmentName, policy.GreedyActions, policy);
    }

    private static PolicyNetwork MakePolicy(NetworkLayout layout)
    {
        try
        {
            return new PolicyNetwork(layout);
        }
        catch (LearnerException exception)
        {
            throw new UserErrorException(exception.Message);
        }
    }
}
