namespace DqnAkka.Environments;

/// <summary>
/// The running episodes of a vector environment are gone and new ones have begun, as when the process that stepped them died and was started
/// again. No failure: the caller drops what it has not finished of them and goes on.
/// </summary>
public sealed class EpisodesLostException : Exception
{
    /// <summary>Makes the exception with one line on what happened.</summary>
    public EpisodesLostException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with one line on what happened and its cause.</summary>
    public EpisodesLostException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Makes an exception without a message.</summary>
    public EpisodesLostException()
    {
    }
}
