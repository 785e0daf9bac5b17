namespace DqnAkka.Learner;

/// <summary>A shard does not fit into the memory that it may take. The message is one line for the user: the shard, the figures, and the remedy.</summary>
public sealed class ReplayMemoryException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One line.</param>
    public ReplayMemoryException(string message) : base(message)
    {
    }
}
