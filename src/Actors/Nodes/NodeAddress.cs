using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>A node's address as users write it: <c>host:port</c>, an IPv6 host in brackets.</summary>
public static class NodeAddress
{
    /// <summary>Reads <c>host:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="host">The host, an IPv6 address still in its brackets.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? host, out int port)
    {
        host = null;
        port = 0;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number is < 1 or > 65535)
        {
            return false;
        }

        string name = text![..colon];
        bool isBracketed = name.StartsWith('[') && name.EndsWith(']') && name.Length > 2;
        if (name.Any(char.IsWhiteSpace) || name.AsSpan().IndexOfAny("/@") >= 0 || (name.Contains(':', StringComparison.Ordinal) && !isBracketed))
        {
            return false;
        }

        host = name;
        port = number;
        return true;
    }

    /// <summary>Writes an address as users do.</summary>
    internal static string Format(Address address) => string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");

    /// <summary>The address of a node of our system, reached by the same protocol as <paramref name="protocol"/>.</summary>
    internal static Address Parse(string text, string protocol) =>
        TryParse(text, out string? host, out int port)
            ? new Address(protocol, TrainingSession.SystemName, host, port)
            : throw new FormatException($"{text} is no host:port");

    /// <summary>Where a node's <c>/user/node</c> is.</summary>
    internal static ActorPath ActorOf(Address address) => new RootActorPath(address) / "user" / NodeProtocol.ActorName;
}
