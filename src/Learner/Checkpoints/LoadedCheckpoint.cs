namespace DqnAkka.Learner;

/// <summary>A checkpoint that was read, every byte of it checked.</summary>
/// <param name="Content">What it holds.</param>
/// <param name="ManifestPath">The file that seals it.</param>
/// <param name="ContentHash">64 hexadecimal digits: equal for equal contents whenever, under whatever number and in whichever folder they were saved.</param>
/// <param name="Notices">One line for each newer checkpoint that was damaged or not finished and therefore passed over.</param>
public sealed record LoadedCheckpoint(CheckpointContent Content, string ManifestPath, string ContentHash, IReadOnlyList<string> Notices);

/// <summary>A checkpoint that was written.</summary>
/// <param name="Number">Its number in its folder: 1, 2, 3, …</param>
/// <param name="ManifestPath">The file that seals it.</param>
/// <param name="ContentHash">As <see cref="LoadedCheckpoint.ContentHash"/>.</param>
public sealed record SavedCheckpoint(long Number, string ManifestPath, string ContentHash);

/// <summary>Which of a folder's checkpoints is meant.</summary>
public enum CheckpointChoice
{
    /// <summary>The newest whole one.</summary>
    Newest,

    /// <summary>The whole one with the highest mean return of <see cref="CheckpointContent.Evaluation"/>; of equal ones the oldest, which was written soonest after it.</summary>
    Best,
}
