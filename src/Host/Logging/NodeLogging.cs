using DqnAkka.Actors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace DqnAkka.Host;

/// <summary>Sends a node's log to standard error, one line an entry; standard output is for the run's own lines, which scripts read.</summary>
internal static class NodeLogging
{
    private static readonly TimeSpan FailurePeriod = TimeSpan.FromMinutes(1);

    /// <summary>Adds it.</summary>
    /// <param name="logging">The loggers of a host.</param>
    /// <param name="address">The node's address, <c>host:port</c>; asked for each line, since a free port is known only later.</param>
    /// <param name="roles">The node's roles.</param>
    /// <param name="isDebug">Shows everything, with stack traces.</param>
    public static void Configure(ILoggingBuilder logging, Func<string> address, IReadOnlyList<string> roles, bool isDebug)
    {
        LogAdmission admission = new(isDebug, new RepeatLimit(FailurePeriod, TimeProvider.System));
        logging.Services.AddSingleton<ConsoleFormatter>(
            new NodeLogFormatter(address, string.Join(',', roles), isDebug, admission, TimeProvider.System));
        logging.SetMinimumLevel(isDebug ? LogLevel.Debug : LogLevel.Information).AddConsole(console =>
        {
            console.FormatterName = NodeLogFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
    }
}
