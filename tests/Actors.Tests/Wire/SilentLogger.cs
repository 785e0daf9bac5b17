using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace DqnAkka.Actors.Tests;

/// <summary>A logger that writes nothing, for systems whose log a test reads off the event stream.</summary>
public sealed class SilentLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public SilentLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        ReceiveAny(_ => { });
    }
}
