namespace DqnAkka.Learner;

/// <summary>Learning cannot be set up or cannot go on as asked; the message is one line for the user.</summary>
public sealed class LearnerException : Exception
{
    /// <summary>Makes the exception with a one-line message that names the thing, the value and the remedy.</summary>
    public LearnerException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with a one-line message and its cause.</summary>
    public LearnerException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Whether the same would happen again, so that to start anew from the checkpoint cannot help.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Makes an exception without a message.</summary>
    public LearnerException()
    {
    }
}
