using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Reads the checkpoints that training writes; acting on them needs no libtorch.</summary>
internal sealed class CheckpointSourceAdapter : ICheckpointSource
{
    /// <inheritdoc />
    public SavedPolicy Load(string path, CheckpointChoice choice)
    {
        LoadedCheckpoint checkpoint;
        try
        {
            checkpoint = CheckpointStore.Open(path).Load(choice);
        }
        catch (CheckpointException exception)
        {
            throw new UserErrorException(exception.Message);
        }

        CheckpointContent content = checkpoint.Content;
        PolicyNetwork policy = new(content.Layout);
        policy.Load(content.Policy);
        return new SavedPolicy(content.Layout, content.EnvironmentName, policy.GreedyActions, checkpoint.Notices);
    }
}
