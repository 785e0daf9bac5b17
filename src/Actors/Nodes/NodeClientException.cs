namespace DqnAkka.Actors;

/// <summary>A node does not answer; the message is one line that names it and the remedy.</summary>
public sealed class NodeClientException : Exception
{
    /// <summary>Makes the exception.</summary>
    public NodeClientException(string message) : base(message)
    {
    }
}
