namespace DqnAkka.Learner;

/// <summary>A checkpoint cannot be read or written; the message is one line for the user.</summary>
public sealed class CheckpointException : Exception
{
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
}
