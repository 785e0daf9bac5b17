using Akka.Event;

namespace DqnAkka.Actors;

/// <summary>
/// What Akka writes with before its loggers stand and after they have stopped (<c>akka.stdout-logger-class</c>): nothing. Standard
/// output belongs to the run's own lines, which scripts read.
/// </summary>
public sealed class SilentLogger : MinimalLogger
{
    /// <inheritdoc />
    protected override void Log(object message)
    {
    }
}
