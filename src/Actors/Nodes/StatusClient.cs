using Akka.Actor.Setup;
using Akka.Configuration;

namespace DqnAkka.Actors;

/// <summary>Asks a node for the status of its whole cluster.</summary>
public static class StatusClient
{
    /// <summary>Asks one node, which asks all others.</summary>
    /// <param name="node">The node, <c>host:port</c>.</param>
    /// <param name="akka">Akka's configuration of the nodes.</param>
    /// <param name="setup">What else the nodes' systems are set up with (certificates); <see cref="ActorSystemSetup.Empty"/> without.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <returns>One status for each member, by address.</returns>
    /// <exception cref="NodeClientException">The node does not answer within 10 s.</exception>
    public static Task<IReadOnlyList<NodeStatus>> AskAsync(string node, Config akka, ActorSystemSetup setup, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(setup);
        SortedDictionary<string, NodeStatus> members = new(StringComparer.Ordinal);
        return NodeClient.AskAsync<IReadOnlyList<NodeStatus>>(node, akka, setup, new NodeProtocol.StatusRequest(WholeCluster: true), Take, stop);

        IReadOnlyList<NodeStatus>? Take(object message)
        {
            if (message is NodeStatus status)
            {
                members[status.Address] = status;
            }

            return message is NodeProtocol.StatusEnd ? [.. members.Values] : null;
        }
    }
}
