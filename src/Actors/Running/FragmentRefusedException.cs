namespace DqnAkka.Actors;

/// <summary>A shard refused a fragment for good; the message is one line for the user.</summary>
public sealed class FragmentRefusedException : Exception
{
    /// <summary>Makes the exception with a one-line message.</summary>
    public FragmentRefusedException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with a one-line message and its cause.</summary>
    public FragmentRefusedException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Makes an exception without a message.</summary>
    public FragmentRefusedException()
    {
    }
}
