using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Whom a shard talks to on its own node.</summary>
/// <param name="Node">Hears once a second where the shard stands (<see cref="NodeProtocol.PartReport"/>).</param>
/// <param name="Courier">Takes what the shard holds to its successor (<see cref="ShardCourierActor"/>).</param>
public sealed record ReplayShardLinks(IActorRef Node, IActorRef Courier)
{
    /// <summary>Ends the process's part in the run: the shard cannot keep what it would acknowledge.</summary>
    public Action<Exception> Fail { get; init; } = static _ => { };

    /// <summary>What the shards of the process may take together; of their own, and without a limit, where none is given.</summary>
    public ReplayBudget Budget { get; init; } = new(0);
}
