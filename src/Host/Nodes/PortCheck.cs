using System.Net.Sockets;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Tries to listen before the actor system does, whose own complaint takes dozens of lines.</summary>
internal static class PortCheck
{
    /// <summary>Why the node cannot listen where it is told to: one line, or null.</summary>
    public static string? Problem(RemoteOptions remote)
    {
        try
        {
            using TcpListener listener = new(ListenAddress.Resolve(remote.Hostname), remote.Port);
            listener.Start();
            return null;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return $"dqn.remote.port = {remote.Port} is in use on {remote.Hostname}: give another with --port, or end what listens there";
        }
        catch (SocketException exception)
        {
            return $"dqn.remote.hostname = {remote.Hostname} cannot be listened on ({exception.Message}): give an address of this machine with --hostname";
        }
    }
}
