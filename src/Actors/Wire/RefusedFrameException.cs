using System.Runtime.Serialization;

namespace DqnAkka.Actors;

/// <summary>
/// A message from another node that was refused or skipped, and is counted. Akka.Remote drops the message on a
/// <see cref="SerializationException"/> and keeps the association.
/// </summary>
internal sealed class RefusedFrameException : SerializationException
{
    /// <summary>Says why.</summary>
    /// <param name="reason">Why.</param>
    public RefusedFrameException(string reason) : base(reason)
    {
    }
}
