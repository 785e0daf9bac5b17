using Akka.Actor.Setup;
using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Asks a node for the status of its cluster; <see cref="StatusClient.AskAsync"/> outside of tests.</summary>
internal delegate Task<IReadOnlyList<NodeStatus>> AskStatus(string node, Config akka, ActorSystemSetup setup, CancellationToken stop);

/// <summary>Prints the status of a cluster, as tables or as one JSON object.</summary>
internal sealed class StatusCommand(AskStatus ask, HostConsole console)
{
    /// <summary>Asks and prints.</summary>
    /// <param name="node">Any node of the cluster, <c>host:port</c>.</param>
    /// <param name="isJson">Whether a script reads it.</param>
    /// <param name="akka">Akka's settings, with the nodes' transport.</param>
    /// <param name="setup">The nodes' certificates; empty without TLS.</param>
    /// <param name="stop">Cancelled when the user gives up.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">The node is no <c>host:port</c>.</exception>
    public async Task<int> RunAsync(string node, bool isJson, Config akka, ActorSystemSetup setup, CancellationToken stop)
    {
        NodeOption.Require(node);
        IReadOnlyList<NodeStatus> members;
        try
        {
            members = await ask(node, akka, setup, stop).ConfigureAwait(false);
        }
        catch (NodeClientException exception)
        {
            await console.Error.WriteLineAsync($"error: {exception.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }

        if (isJson)
        {
            StatusDocument.Write(members, console.Output);
        }
        else
        {
            StatusTables.Write(members, console.Output);
        }

        return ExitCode.Done;
    }
}
