using Akka.Actor.Setup;
using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Asks a node to leave; <see cref="LeaveClient.AskAsync"/> outside of tests.</summary>
internal delegate Task<string> AskLeave(string node, Config akka, ActorSystemSetup setup, CancellationToken stop);

/// <summary>Lets a node leave its cluster: its runners stop, its shards move, its learner writes a checkpoint, its process ends.</summary>
internal sealed class LeaveCommand(AskLeave ask, HostConsole console)
{
    /// <summary>Asks, and returns when the node has begun to leave.</summary>
    /// <param name="node">The node, <c>host:port</c>.</param>
    /// <param name="akka">Akka's settings, with the nodes' transport.</param>
    /// <param name="setup">The nodes' certificates; empty without TLS.</param>
    /// <param name="stop">Cancelled when the user gives up.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">The node is no <c>host:port</c>.</exception>
    public async Task<int> RunAsync(string node, Config akka, ActorSystemSetup setup, CancellationToken stop)
    {
        NodeOption.Require(node);
        try
        {
            string address = await ask(node, akka, setup, stop).ConfigureAwait(false);
            await console.Output.WriteLineAsync($"{address} is leaving").ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (NodeClientException exception)
        {
            await console.Error.WriteLineAsync($"error: {exception.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
