using Akka.Configuration;
using DqnAkka.Actors;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Host;

/// <summary>Log lines of a node, on standard error: when, how grave, which node, its roles, what.</summary>
/// <param name="node">The node.</param>
/// <param name="readiness">Knows the node's address once it has one.</param>
/// <param name="akka">What the user set under <c>akka</c>: whoever sets <c>akka.loglevel</c> to INFO or DEBUG sees everything.</param>
/// <param name="error">Standard error.</param>
internal sealed class NodeLog(NodeOptions node, NodeReadiness readiness, Config akka, TextWriter error)
{
    private readonly string _configured =
        $"{(node.Remote.PublicHostname.Length > 0 ? node.Remote.PublicHostname : node.Remote.Hostname)}:{node.Remote.Port}";

    // A free port is known only when it is taken.
    private string Address => readiness.Address ?? _configured;

    /// <summary>Something that happened.</summary>
    public void Say(string message) => Write("info", message);

    /// <summary>Something that somebody should look at.</summary>
    public void Warn(string message) => Write("warn", message);

    /// <summary>Sends the log of the actor system the same way.</summary>
    public void Configure(ILoggingBuilder logging) =>
        NodeLogging.Configure(logging, () => Address, node.Roles, akka.GetString("akka.loglevel", "").ToUpperInvariant() is "INFO" or "DEBUG");

    private void Write(string level, string message) =>
        error.WriteLine(LogLine.Format(DateTimeOffset.UtcNow, level, Address, string.Join(',', node.Roles), message));
}
