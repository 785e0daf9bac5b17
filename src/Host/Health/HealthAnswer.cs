using System.Text;
using System.Text.Json;

namespace DqnAkka.Host;

/// <summary>What the health endpoints answer to the first line of a request.</summary>
internal static class HealthAnswer
{
    /// <summary>The whole answer, as it goes over the wire.</summary>
    /// <param name="requestLine"><c>GET /healthz HTTP/1.1</c>.</param>
    /// <param name="readiness">Whether the node can do its part, and what it lacks.</param>
    /// <param name="isAlive">Whether the actor system runs.</param>
    public static byte[] To(string requestLine, Func<(bool Ready, string Reason)> readiness, Func<bool> isAlive)
    {
        string[] parts = requestLine.Split(' ');
        if (parts.Length != 3 || !parts[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
        {
            return Compose("400 Bad Request", new { error = "not a request of HTTP/1" }, withBody: true);
        }

        string method = parts[0];
        if (method is not ("GET" or "HEAD"))
        {
            return Compose("405 Method Not Allowed", new { error = "GET or HEAD only" }, withBody: true, "Allow: GET, HEAD\r\n");
        }

        bool withBody = method == "GET";
        switch (parts[1].Split('?')[0])
        {
            case "/healthz":
                bool alive = isAlive();
                return Compose(Status(alive), new { alive }, withBody);
            case "/readyz":
                (bool ready, string reason) = readiness();
                return ready
                    ? Compose(Status(ready), new { ready }, withBody)
                    : Compose(Status(ready), new { ready, reason }, withBody);
            default:
                return Compose("404 Not Found", new { error = "/healthz or /readyz" }, withBody);
        }
    }

    /// <summary>The answer to a request whose head is too long.</summary>
    public static byte[] TooLong() => Compose("431 Request Header Fields Too Large", new { error = "the request is too long" }, withBody: true);

    private static string Status(bool isWell) => isWell ? "200 OK" : "503 Service Unavailable";

    private static byte[] Compose<T>(string status, T body, bool withBody, string headers = "")
    {
        byte[] json = [.. JsonSerializer.SerializeToUtf8Bytes(body), (byte)'\n'];
        string head = $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\nCache-Control: no-store\r\n{headers}Connection: close\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. withBody ? json : []];
    }
}
