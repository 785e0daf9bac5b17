namespace DqnAkka.Host;

/// <summary>Reads the checkpoints that training writes.</summary>
internal sealed class CheckpointSourceAdapter : ICheckpointSource
{
    /// <inheritdoc />
    public SavedPolicy Load(string directory) => throw new NotSupportedException("no checkpoint store is linked into this build");
}
