namespace DqnAkka.Environments;

/// <summary>An environment cannot be made or used as asked; the message is one line for the user.</summary>
public sealed class EnvironmentException : Exception
{
    /// <summary>Makes the exception with a one-line message that names the thing, the value and the remedy.</summary>
    public EnvironmentException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with a one-line message and its cause.</summary>
    public EnvironmentException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Makes an exception without a message.</summary>
    public EnvironmentException()
    {
    }
}
