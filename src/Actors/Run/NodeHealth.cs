namespace DqnAkka.Actors;

/// <summary>What the health endpoints answer; written by the node's actor, read by any thread.</summary>
public sealed class NodeHealth
{
    private volatile Answer _answer = new(false, "the node is starting");

    /// <summary>Whether the process is of use: its actor system runs.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether the node does what its roles ask of it, and what it waits for if not.</summary>
    public (bool IsReady, string Reason) Readiness => (_answer.IsReady, _answer.Reason);

    /// <summary>Sets the readiness.</summary>
    /// <param name="isReady">Whether the node is ready.</param>
    /// <param name="reason">What it waits for; empty where it is ready.</param>
    public void Set(bool isReady, string reason) => _answer = new Answer(isReady, reason);

    /// <summary>The actor system has ended.</summary>
    public void SetDead() => IsAlive = false;

    private sealed record Answer(bool IsReady, string Reason);
}
