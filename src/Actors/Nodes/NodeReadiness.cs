namespace DqnAkka.Actors;

/// <summary>Whether a node can do its part. Written by the node's actor about once a second, read by any thread.</summary>
public sealed class NodeReadiness
{
    private volatile Answer _answer = new(false, "the node has just started");

    /// <summary>Whether the node is ready, and what it lacks if not.</summary>
    public (bool Ready, string Reason) Current => (_answer.Ready, _answer.Reason);

    /// <summary>The node's address, <c>host:port</c>; null before it is known, which a free port is only when it is taken.</summary>
    public string? Address { get; internal set; }

    /// <summary>Judges a node by its status.</summary>
    /// <param name="status">The node's own status.</param>
    /// <param name="isMember">Whether it is a member of the cluster that is up.</param>
    internal void Update(NodeStatus status, bool isMember) => _answer = Judge(status, isMember);

    private static Answer Judge(NodeStatus status, bool isMember)
    {
        if (!isMember)
        {
            return new Answer(false, status.WaitsFor.Length > 0 ? $"waits for {status.WaitsFor}" : "is not up as a member of the cluster");
        }

        if (status.Roles.Contains(ClusterRoles.Gradient) && !status.GradientMembers.Any(member => member.Epoch > 0))
        {
            return new Answer(false, "has no gradient worker that takes part yet");
        }

        if (!status.Roles.Contains(ClusterRoles.Runner))
        {
            return new Answer(true, "");
        }

        return status switch
        {
            { Runners: not { Runners.Count: > 0 } } => new Answer(false, "has no runner index yet"),
            { Mirror: not { Generation: > 0 } } => new Answer(false, "has no policy snapshot yet"),
            _ => new Answer(true, ""),
        };
    }

    private sealed record Answer(bool Ready, string Reason);
}
