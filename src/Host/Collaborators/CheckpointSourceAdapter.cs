using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Reads the checkpoints that training writes; acting on them needs no libtorch.</summary>
internal sealed class CheckpointSourceAdapter : ICheckpointSource
{
    /// <inheritdoc />
    public SavedPolicy Load(string directory)
    {
        CheckpointContent content;
        try
        {
            content = CheckpointStore.Open(directory).Load().Content;
        }
        catch (CheckpointException exception)
        {
            throw new UserErrorException(exception.Message);
        }

        PolicyNetwork policy = new(content.Layout);
        policy.Load(content.Policy);
        return new SavedPolicy(content.Layout, content.EnvironmentName, policy.GreedyActions);
    }
}
