using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Reads the checkpoints that training writes; acting on them needs no libtorch.</summary>
internal sealed class CheckpointSourceAdapter : ICheckpointSource
{
    /// <inheritdoc />
    public SavedPolicy Load(string directory)
    {
        CheckpointContent content = Read(directory, CheckpointChoice.Newest).Content;
        PolicyNetwork policy = new(content.Layout);
        policy.Load(content.Policy);
        return new SavedPolicy(content.Layout, content.EnvironmentName, policy.GreedyActions);
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
