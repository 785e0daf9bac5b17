namespace DqnAkka.Learner;

/// <summary>A shard's file cannot be made, opened or read. The message is one line for the user: the file, what is wrong, and the remedy.</summary>
public sealed class ReplayFileException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One line.</param>
    /// <param name="innerException">What the system said, if anything.</param>
    public ReplayFileException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>Whether another process has the file, so that it may be had later.</summary>
    public bool IsInUse { get; init; }
}
