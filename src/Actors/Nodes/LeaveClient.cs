using Akka.Actor.Setup;
using Akka.Configuration;

namespace DqnAkka.Actors;

/// <summary>Asks a node to leave its cluster and end.</summary>
public static class LeaveClient
{
    /// <summary>Asks one node.</summary>
    /// <param name="node">The node, <c>host:port</c>.</param>
    /// <param name="akka">Akka's configuration of the nodes.</param>
    /// <param name="setup">What else the nodes' systems are set up with (certificates); <see cref="ActorSystemSetup.Empty"/> without.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <returns>The address of the node, which has begun to leave.</returns>
    /// <exception cref="NodeClientException">The node does not answer within 10 s.</exception>
    public static Task<string> AskAsync(string node, Config akka, ActorSystemSetup setup, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return NodeClient.AskAsync(
            node, akka, setup, NodeProtocol.LeaveRequest.Instance, message => (message as NodeProtocol.LeaveAccepted)?.Address, stop);
    }
}
