using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Whom the learner talks to.</summary>
/// <param name="Region">The replay shards' region.</param>
/// <param name="Publisher">The snapshot publisher.</param>
/// <param name="CheckpointWriter">Who writes checkpoints.</param>
/// <param name="Coordinator">Who ends the run.</param>
/// <param name="Progress">The Progress actor.</param>
/// <param name="Resume">Gives the checkpoint to go on from, or null.</param>
public sealed record LearnerLinks(
    IActorRef Region,
    IActorRef Publisher,
    IActorRef CheckpointWriter,
    IActorRef Coordinator,
    IActorRef Progress,
    Func<CheckpointContent?> Resume)
{
    /// <summary>The run, by which shards know their transitions from another run's; 0 where it has no number.</summary>
    public long Run { get; init; }

    /// <summary>The folder of the run's checkpoints; empty where it has none.</summary>
    public string CheckpointDirectory { get; init; } = "";

    /// <summary>The way to the learner's replicas on other nodes; null where there can be none.</summary>
    internal ReplicaExchange? Replicas { get; init; }

    /// <summary>Wall time of the run so far in milliseconds, all its processes together; goes into checkpoints.</summary>
    public Func<long> ElapsedMilliseconds { get; init; } = () => 0;
}
