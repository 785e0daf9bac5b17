using Akka.Actor;
using Akka.Event;
using Akka.Hosting.Logging;

namespace DqnAkka.Actors;

/// <summary>
/// Akka's log events, handed to Microsoft.Extensions.Logging, without the line and stack trace that Akka.Remote writes for every single
/// message that it cannot read: whoever sends many of them would fill the disk. <see cref="WireCounters"/> says it instead.
/// </summary>
public sealed class NodeLogger : LoggerFactoryLogger
{
    private const string UnreadableMessage = "Deserialization failed for message";

    /// <inheritdoc />
    protected override void Log(LogEvent log, ActorPath path)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log is not Warning { Message: LogMessage message } || !message.Format.StartsWith(UnreadableMessage, StringComparison.Ordinal))
        {
            base.Log(log, path);
        }
        else if (!IsCounted(log.Cause))
        {
            WireCounters.Get(Context.System).Reject(log.Cause?.Message ?? UnreadableMessage);
        }
    }

    private static bool IsCounted(Exception? cause) => cause is WireException || (cause is not null && IsCounted(cause.InnerException));
}
