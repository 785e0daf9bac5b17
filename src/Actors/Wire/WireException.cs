using System.Runtime.Serialization;

namespace DqnAkka.Actors;

/// <summary>
/// Bytes that are no message of this protocol, or one that this version does not know. Akka.Remote drops a message on a
/// <see cref="SerializationException"/> and keeps the association.
/// </summary>
internal sealed class WireException : SerializationException
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="reason">What is wrong with the frame.</param>
    /// <param name="isNewer">Whether the frame may well be sound, and only comes from a newer minor version.</param>
    public WireException(string reason, bool isNewer = false) : base(reason) => IsNewer = isNewer;

    /// <summary>Whether the frame is skipped as one of a newer minor version, and not rejected.</summary>
    public bool IsNewer { get; }
}
