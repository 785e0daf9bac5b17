using System.Net;
using System.Net.Sockets;

namespace DqnAkka.Host;

/// <summary>The address that a configured host name stands for on this machine.</summary>
internal static class ListenAddress
{
    /// <summary>An address as it is; of a name's addresses an IPv4 one where there is one.</summary>
    /// <exception cref="SocketException">The name is not known.</exception>
    public static IPAddress Resolve(string hostname)
    {
        if (IPAddress.TryParse(hostname, out IPAddress? address))
        {
            return address;
        }

        IPAddress[] addresses = Dns.GetHostAddresses(hostname);
        return Array.Find(addresses, candidate => candidate.AddressFamily == AddressFamily.InterNetwork)
            ?? (addresses.Length > 0 ? addresses[0] : throw new SocketException((int)SocketError.HostNotFound));
    }
}
