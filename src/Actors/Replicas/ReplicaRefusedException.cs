namespace DqnAkka.Actors;

/// <summary>The learner cannot take this node as a replica, now or later.</summary>
/// <param name="message">One line: what differs, and the remedy.</param>
internal sealed class ReplicaRefusedException(string message) : Exception(message);
