namespace DqnAkka.Learner;

/// <summary>A checkpoint cannot be read or written; the message is one line for the user.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>What the message about a damaged checkpoint ends with.</summary>
    internal const string Remedy = "use another checkpoint";

    /// <summary>Makes the exception with a one-line message that names the file, the fault and the remedy.</summary>
    public CheckpointException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with a one-line message and its cause.</summary>
    public CheckpointException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Makes an exception without a message.</summary>
    public CheckpointException()
    {
    }

    /// <summary>Whether the checkpoint is whole, but another version's: an older one must not silently take its place.</summary>
    internal bool IsForeign { get; init; }

    /// <summary>A file that is not as it was written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <param name="cause">What found it.</param>
    internal static CheckpointException Damaged(string path, string fault, Exception? cause = null) =>
        cause is null ? new CheckpointException(DamageMessage(path, fault)) : new CheckpointException(DamageMessage(path, fault), cause);

    private static string DamageMessage(string path, string fault) => $"checkpoint {path} is damaged: {fault}; {Remedy}";
}
