using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>Whom gradient workers talk to.</summary>
/// <param name="Replay">The replay shards' region.</param>
/// <param name="Server">The region of the parameter server's ranges.</param>
/// <param name="Training">The way to the training singleton.</param>
/// <param name="Node">The node's actor, which is told where the workers stand.</param>
/// <param name="Address">The node's address, by which people know its workers.</param>
public sealed record GradientWorkerLinks(IActorRef Replay, IActorRef Server, IActorRef Training, IActorRef Node, string Address)
{
    /// <summary>Ends the process's part in the run: its workers cannot take part in it.</summary>
    public Action<Exception> Fail { get; init; } = static _ => { };
}
