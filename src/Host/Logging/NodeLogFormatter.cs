using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace DqnAkka.Host;

/// <summary>Writes log entries as a node's lines, and leaves out those that are not shown.</summary>
internal sealed class NodeLogFormatter(Func<string> address, string roles, bool isDebug, LogAdmission admission, TimeProvider time)
    : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name.</summary>
    public const string FormatterName = "node";

    /// <inheritdoc />
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        LogText parts = LogText.Read(logEntry.Category, logEntry.State, text, logEntry.Exception);
        if (!admission.Admit(logEntry.LogLevel, parts))
        {
            return;
        }

        // Akka's long texts explain at length, with stack traces, from the second line on.
        string message = parts.IsAkka && !parts.IsOwn && !isDebug ? FirstLine(parts.Message) : parts.Message;
        textWriter.WriteLine(LogLine.Format(time.GetUtcNow(), Label(logEntry.LogLevel), address(), roles, message));
        if (isDebug && logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(exception);
        }
    }

    private static string FirstLine(string message)
    {
        int end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end];
    }

    private static string Label(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
