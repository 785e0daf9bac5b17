using Akka.Event;
using DqnAkka.Environments;

namespace DqnAkka.Actors;

/// <summary>Takes what an environment's Python process writes into the log of an actor.</summary>
internal static class PythonLog
{
    /// <summary>Receives texts on any thread: warnings are warnings, what the environment prints is information.</summary>
    /// <param name="log">The actor's log.</param>
    /// <param name="owner">Whose process it is.</param>
    public static Action<string> To(ILoggingAdapter log, string owner) => text =>
    {
        if (BridgeWarnings.IsWarning(text))
        {
            log.Warning("{Owner}'s Python: {Text}", owner, text);
        }
        else
        {
            log.Info("{Owner}'s Python: {Text}", owner, text);
        }
    };
}
