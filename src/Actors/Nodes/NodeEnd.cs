namespace DqnAkka.Actors;

/// <summary>How a process's part in a cluster ended.</summary>
public enum NodeEndKind
{
    /// <summary>The run ended; every node leaves.</summary>
    RunEnded,

    /// <summary>The user asked this node to leave.</summary>
    Left,

    /// <summary>The cluster refused this node.</summary>
    Refused,

    /// <summary>The cluster went on without this node (a partition, or a pause that was too long); started again, it may join anew.</summary>
    Removed,

    /// <summary>Something in this process failed.</summary>
    Failed,
}

/// <summary>How a process's part in a cluster ended.</summary>
/// <param name="Kind">How.</param>
/// <param name="Message">One line that says why; empty where there is nothing to say.</param>
/// <param name="Reason">Why the run ended, where it did.</param>
public sealed record NodeEnd(NodeEndKind Kind, string Message, StopReason? Reason = null);
