using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>Whom the node's actor speaks to, and how it tells its process.</summary>
/// <param name="Training">Proxy of the training singleton; hears what stands still.</param>
/// <param name="End">Completed once, when the process's part in the cluster is over. Its continuations must run asynchronously.</param>
/// <param name="Line">Shows one line to the user. Called from the actors' threads.</param>
public sealed record NodeLinks(IActorRef Training, TaskCompletionSource<NodeEnd> End, Action<string> Line)
{
    /// <summary>Whether the whole cluster is this process: nobody may join, and there is nobody to join.</summary>
    public bool IsEmbedded { get; init; }

    /// <summary>Members of the cluster that an earlier process of this node was in, <c>host:port</c> each.</summary>
    public IReadOnlyList<string> Remembered { get; init; } = [];

    /// <summary>Keeps the cluster's other members for a later process of this node; may write a file.</summary>
    public Action<IReadOnlyList<string>> Remember { get; init; } = static _ => { };

    /// <summary>Where the node keeps whether it is ready to work, for who asks from outside.</summary>
    public NodeReadiness Readiness { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
