using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DqnAkka.Host;

/// <summary>
/// Answers <c>/healthz</c> and <c>/readyz</c> over HTTP. One request to a connection, a few connections at a time, each with a limit
/// on what is read and on how long it may take: whoever reaches the port cannot hold up the node.
/// </summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private const int MaxConnections = 16;
    private const int MaxHead = 4096;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private readonly Socket _listener;
    private readonly Func<(bool Ready, string Reason)> _readiness;
    private readonly Func<bool> _isAlive;
    private readonly TimeSpan _deadline;
    private readonly SemaphoreSlim _places = new(MaxConnections);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private HealthServer(Socket listener, Func<(bool Ready, string Reason)> readiness, Func<bool> isAlive, TimeSpan deadline)
    {
        _listener = listener;
        _readiness = readiness;
        _isAlive = isAlive;
        _deadline = deadline;
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port that is listened to.</summary>
    public int Port { get; }

    /// <summary>Starts to answer.</summary>
    /// <param name="hostname">Address or name to bind to.</param>
    /// <param name="port">Port; 0 takes a free one.</param>
    /// <param name="readiness">Whether the node can do its part, and what it lacks.</param>
    /// <param name="isAlive">Whether the actor system runs.</param>
    /// <exception cref="InvalidOperationException">The port is in use, or the name is none of this machine's; the message is one line.</exception>
    public static HealthServer Start(string hostname, int port, Func<(bool Ready, string Reason)> readiness, Func<bool> isAlive) =>
        Start(hostname, port, readiness, isAlive, Deadline);

    /// <summary>As the other, with another limit on how long a request may take.</summary>
    internal static HealthServer Start(string hostname, int port, Func<(bool Ready, string Reason)> readiness, Func<bool> isAlive, TimeSpan deadline)
    {
        Socket? listener = null;
        try
        {
            IPAddress address = ListenAddress.Resolve(hostname);
            listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any))
            {
                listener.DualMode = true;
            }

            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(MaxConnections);
            return new HealthServer(listener, readiness, isAlive, deadline);
        }
        catch (SocketException exception)
        {
            listener?.Dispose();
            string why = exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "is in use: give another one",
                SocketError.AccessDenied => "is not allowed to this user: give one above 1023",
                _ => $"cannot be opened on {hostname}: {exception.Message.ReplaceLineEndings(" ")}",
            };
            throw new InvalidOperationException($"dqn.health.port = {port} {why}", exception);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        for (int i = 0; i < MaxConnections; i++)
        {
            await _places.WaitAsync().ConfigureAwait(false);
        }

        _places.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                Socket connection = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                _places.Release();
                return;
            }
            catch (SocketException)
            {
                // Whoever wanted to connect has given up.
                _places.Release();
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(_deadline);
        try
        {
            using NetworkStream stream = new(connection, ownsSocket: true);
            byte[] answer = await ReadHeadAsync(stream, limit.Token).ConfigureAwait(false) is { } head
                ? HealthAnswer.To(head.Split("\r\n")[0], _readiness, _isAlive)
                : HealthAnswer.TooLong();
            await stream.WriteAsync(answer, limit.Token).ConfigureAwait(false);
            // The end of what is sent before the end of the connection: unread input would turn the answer into a reset.
            connection.Shutdown(SocketShutdown.Send);
            await DrainAsync(stream, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked has gone, or was too slow.
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>The request up to its empty line; null where it is too long.</summary>
    private static async Task<string?> ReadHeadAsync(NetworkStream stream, CancellationToken limit)
    {
        byte[] buffer = new byte[MaxHead];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), limit).ConfigureAwait(false);
            if (read == 0)
            {
                throw new IOException("the request ended early");
            }

            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
            {
                return Encoding.ASCII.GetString(buffer, 0, length);
            }
        }

        return null;
    }

    private static async Task DrainAsync(NetworkStream stream, CancellationToken limit)
    {
        byte[] rest = new byte[MaxHead];
        for (int i = 0; i < MaxConnections && await stream.ReadAsync(rest, limit).ConfigureAwait(false) > 0; i++)
        {
            // A client that has more to say is not heard to the end.
        }
    }
}
