using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Runs a node on the actors of this process.</summary>
internal sealed class NodeSession : INodeSession
{
    /// <summary>Akka's settings of every node, under the user's.</summary>
    public static Config Settings => ConfigurationFactory.ParseString(EmbeddedHocon.Read("cluster.conf"))
        .WithFallback(ConfigurationFactory.ParseString(EmbeddedHocon.Read("akka.conf")));

    /// <inheritdoc />
    public Task<NodeEnd> RunAsync(NodeStart start, CancellationToken leave) => ClusterNode.RunAsync(
        start.Options, start.Node, start.Akka.WithFallback(Settings), start.OpenSinks, start.Logging, start.Line, start.Readiness, leave);
}
