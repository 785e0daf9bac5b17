using System.Text.RegularExpressions;
using DqnAkka.Actors;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Host;

/// <summary>
/// Decides which log entries are shown: what this program's actors tell, and what others warn of. A peer that is down or refused
/// fails again with each attempt to reach it, and while shards move their regions ask for them each second: of those the first of each
/// minute is shown.
/// </summary>
/// <param name="isDebug">Shows everything.</param>
/// <param name="limit">Remembers what was shown of each peer.</param>
internal sealed partial class LogAdmission(bool isDebug, RepeatLimit limit)
{
    private static readonly string[] Transports = ["remoting", "TcpTransport", "TcpClientHandler", "TcpServerHandler"];

    private static readonly string[] Failures =
    [
        "AssociationError",
        "Association with remote system",
        "Association failed",
        "Tried to associate",
        "TLS handshake failed",
        "Rejected incoming connection",
        "Mutual TLS required",
        "Connection refused",
        // What Akka's writer throws when its connection has failed before it stood.
        "NullReferenceException",
    ];

    /// <summary>Whether an entry is shown.</summary>
    public bool Admit(LogLevel level, LogText text)
    {
        if (isDebug)
        {
            return true;
        }

        if (level < LogLevel.Warning)
        {
            return level == LogLevel.Information && text.IsOwn;
        }

        if (level == LogLevel.Warning && IsWaitForShards(text))
        {
            return limit.Admit(text.Source);
        }

        return !IsFailureOfConnection(text) || limit.Admit(Peer(text));
    }

    private static bool IsWaitForShards(LogText text) => text.IsAkka && !text.IsOwn && text.Source.Contains("/system/sharding/", StringComparison.Ordinal);

    private static bool IsFailureOfConnection(LogText text) =>
        text.IsAkka
        && (text.Source.Contains("/system/endpointManager", StringComparison.Ordinal) || StartsWithOneOf(text.Source, Transports))
        && StartsWithOneOf(text.Message, Failures);

    private static bool StartsWithOneOf(string text, string[] beginnings) =>
        Array.Exists(beginnings, beginning => text.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Whom the entry is about: the last address in its source or its message; the first there are one's own.</summary>
    private static string Peer(LogText text)
    {
        string source = Uri.UnescapeDataString(text.Source);
        MatchCollection inSource = ActorAddress().Matches(source);
        if (source.Contains("/system/endpointManager", StringComparison.Ordinal) && inSource.Count > 0)
        {
            return inSource[^1].Groups[1].Value;
        }

        Match dialled = ActorAddress().Match(text.Message);
        MatchCollection connected = SocketAddress().Matches(text.Message);
        return dialled.Success ? dialled.Groups[1].Value : connected.Count > 0 ? connected[^1].Groups[1].Value : text.Source;
    }

    [GeneratedRegex(@"tcp://[^@/\s]+@([^/\s\]]+?:\d+)")]
    private static partial Regex ActorAddress();

    [GeneratedRegex(@"\[(?:::ffff:)?([0-9a-fA-F.:%]+)\]:\d+")]
    private static partial Regex SocketAddress();
}
