using DqnAkka.Actors;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Host;

/// <summary>Log lines of a node, on standard error: when, how grave, which node, its roles, what.</summary>
internal sealed class NodeLog(NodeOptions node, TextWriter error)
{
    /// <summary>Something that happened.</summary>
    public void Say(string message) => Write("info", message);

    /// <summary>Something that somebody should look at.</summary>
    public void Warn(string message) => Write("warn", message);

    /// <summary>Sends the log of the actor system the same way.</summary>
    public static void Configure(ILoggingBuilder logging) => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);

    private void Write(string level, string message) => error.WriteLine(
        $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ} {level} {node.Remote.Hostname}:{node.Remote.Port} [{string.Join(',', node.Roles)}] {message}");
}
