using Akka.Configuration;
using DqnAkka.Actors;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Host;

/// <summary>Everything that one process of a cluster is started with.</summary>
/// <param name="Options">Checked options of the run.</param>
/// <param name="Node">The process.</param>
/// <param name="Akka">What the user and the roles set under <c>akka</c>, to be laid over the program's own Akka configuration.</param>
/// <param name="OpenSinks">Makes those who hear of progress, when the training starts here.</param>
/// <param name="Logging">Where log lines go.</param>
/// <param name="Line">Takes lines that the user must see.</param>
/// <param name="Readiness">Where the node keeps whether it is ready to work.</param>
internal sealed record NodeStart(
    TrainingOptions Options,
    NodeOptions Node,
    Config Akka,
    Func<IReadOnlyList<IProgressSink>> OpenSinks,
    Action<ILoggingBuilder> Logging,
    Action<string> Line,
    NodeReadiness Readiness);

/// <summary>Runs one process of a cluster to its end.</summary>
internal interface INodeSession
{
    /// <summary>Runs it.</summary>
    /// <param name="start">What it is started with.</param>
    /// <param name="leave">Cancelled when the user asks the node to leave.</param>
    Task<NodeEnd> RunAsync(NodeStart start, CancellationToken leave);
}
