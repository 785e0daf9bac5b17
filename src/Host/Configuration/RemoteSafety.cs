using System.Net;
using System.Net.Sockets;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Secure by default: a node that others than this machine's processes can reach needs mutual TLS, or the user's word that it does not.</summary>
internal static class RemoteSafety
{
    private const string AllowKey = "dqn.remote.allow-insecure";

    /// <summary>Why the node must not start; null where it may.</summary>
    public static string? Problem(RemoteOptions remote) => Problem(remote, Dns.GetHostAddresses);

    /// <summary>What is to be said at every start; null where there is nothing to say.</summary>
    public static string? Warning(RemoteOptions remote) => Warning(remote, Dns.GetHostAddresses);

    /// <summary>As the other, with another way from names to addresses.</summary>
    internal static string? Problem(RemoteOptions remote, Func<string, IPAddress[]> resolve)
    {
        if (remote.Tls is not null || remote.AllowInsecure)
        {
            return null;
        }

        return IsLoopback(remote.Hostname, resolve) switch
        {
            true => null,
            false => $"dqn.remote.hostname = {remote.Hostname} can be reached from other machines, and whoever reaches a node can take part in the training: "
                + $"give the three files of dqn.remote.tls (--config tls), or {AllowKey} = true on a network that you trust",
            null => $"dqn.remote.hostname = {remote.Hostname} has no address here: name one of this machine's addresses or names",
        };
    }

    /// <summary>As the other, with another way from names to addresses.</summary>
    internal static string? Warning(RemoteOptions remote, Func<string, IPAddress[]> resolve)
    {
        if (!remote.AllowInsecure)
        {
            return null;
        }

        if (remote.Tls is not null)
        {
            return $"{AllowKey} = true changes nothing beside the files of dqn.remote.tls, which are in use: take it out";
        }

        return IsLoopback(remote.Hostname, resolve) == true
            ? $"{AllowKey} = true is not needed on loopback (dqn.remote.hostname = {remote.Hostname}): take it out"
            : $"{AllowKey} = true: nothing is encrypted, and whoever reaches {remote.Hostname} can take part in the training";
    }

    /// <summary>Whether only this machine's processes can reach a name; null where it has no address.</summary>
    private static bool? IsLoopback(string hostname, Func<string, IPAddress[]> resolve)
    {
        if (IPAddress.TryParse(hostname, out IPAddress? address))
        {
            return IPAddress.IsLoopback(address);
        }

        // Akka binds an empty name to every address.
        if (hostname.Length == 0)
        {
            return false;
        }

        try
        {
            IPAddress[] addresses = resolve(hostname);
            return addresses.Length == 0 ? null : Array.TrueForAll(addresses, IPAddress.IsLoopback);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return null;
        }
    }
}
