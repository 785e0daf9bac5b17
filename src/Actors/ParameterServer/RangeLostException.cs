namespace DqnAkka.Actors;

/// <summary>A range of the parameter server no longer holds what it held: all ranges return to the newest checkpoint. No fault of the learner's.</summary>
public sealed class RangeLostException : Exception
{
    /// <summary>Makes the exception with a one-line message.</summary>
    public RangeLostException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with a one-line message and its cause.</summary>
    public RangeLostException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Makes an exception without a message.</summary>
    public RangeLostException()
    {
    }
}
