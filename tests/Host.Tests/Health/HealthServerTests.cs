using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DqnAkka.Host.Tests;

public sealed class HealthServerTests
{
    private (bool Ready, string Reason) _readiness = (true, "");
    private bool _isAlive = true;

    [Theory]
    [InlineData("/healthz", "{\"alive\":true}\n")]
    [InlineData("/readyz", "{\"ready\":true}\n")]
    [InlineData("/readyz?verbose=1", "{\"ready\":true}\n")]
    public async Task A_node_that_is_well_answers_ok(string path, string body)
    {
        await using HealthServer server = Start();
        using HttpClient client = Client(server);
        using HttpResponseMessage response = await client.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(body, await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task A_node_that_is_not_ready_says_what_it_lacks()
    {
        _readiness = (false, "waits for \"127.0.0.1:4053\"");
        await using HealthServer server = Start();
        using HttpClient client = Client(server);
        using HttpResponseMessage ready = await client.GetAsync("/readyz", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("{\"ready\":false,\"reason\":\"waits for \\u0022127.0.0.1:4053\\u0022\"}\n", await ready.Content.ReadAsStringAsync(Stop));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz", Stop)).StatusCode);
        _readiness = (true, "");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz", Stop)).StatusCode);
    }

    [Fact]
    public async Task A_node_whose_actor_system_has_ended_is_not_alive()
    {
        _isAlive = false;
        await using HealthServer server = Start();
        using HttpClient client = Client(server);
        using HttpResponseMessage response = await client.GetAsync("/healthz", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("{\"alive\":false}\n", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task A_head_request_gets_no_body()
    {
        await using HealthServer server = Start();
        string answer = await TalkAsync(server, "HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ")]
    [InlineData("GET /healthz/x HTTP/1.0\r\n\r\n", "HTTP/1.1 404 ")]
    [InlineData("POST /healthz HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405 ")]
    [InlineData("\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("\u0016\u0003\u0001 tls\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /healthz HTTP/2\r\n\r\n", "HTTP/1.1 400 ")]
    public async Task Other_requests_are_refused(string request, string status)
    {
        await using HealthServer server = Start();
        Assert.StartsWith(status, await TalkAsync(server, request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_does_not_end_is_refused()
    {
        await using HealthServer server = Start();
        string answer = await TalkAsync(server, $"GET /healthz HTTP/1.1\r\nX: {new string('x', 10_000)}");
        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_say_nothing_give_way_to_one_that_does()
    {
        await using HealthServer server = Start(TimeSpan.FromMilliseconds(200));
        List<Socket> silent = [];
        for (int i = 0; i < 16; i++)
        {
            silent.Add(await ConnectAsync(server));
        }

        Assert.StartsWith("HTTP/1.1 200 ", await TalkAsync(server, "GET /healthz HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        silent.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task It_ends_while_a_client_waits()
    {
        HealthServer server = Start();
        using Socket client = await ConnectAsync(server);
        await client.SendAsync("GET /hea"u8.ToArray(), Stop);
        await server.DisposeAsync();
        Assert.Throws<SocketException>(() => ConnectAsync(server).GetAwaiter().GetResult());
    }

    [Fact]
    public async Task A_port_in_use_is_named_in_one_line()
    {
        await using HealthServer server = Start();
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(
            () => HealthServer.Start("127.0.0.1", server.Port, () => _readiness, () => _isAlive));
        Assert.Equal($"dqn.health.port = {server.Port} is in use: give another one", exception.Message);
    }

    [Fact]
    public void An_address_of_another_machine_is_named_in_one_line()
    {
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(
            () => HealthServer.Start("192.0.2.1", 0, () => _readiness, () => _isAlive));
        Assert.StartsWith("dqn.health.port = 0 cannot be opened on 192.0.2.1: ", exception.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static HttpClient Client(HealthServer server) => new() { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };

    private static async Task<Socket> ConnectAsync(HealthServer server)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, Stop);
        return socket;
    }

    private static async Task<string> TalkAsync(HealthServer server, string request)
    {
        using Socket socket = await ConnectAsync(server);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), Stop);
        using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(Stop).WaitAsync(TimeSpan.FromSeconds(20), Stop);
    }

    private HealthServer Start(TimeSpan? deadline = null) =>
        HealthServer.Start("127.0.0.1", 0, () => _readiness, () => _isAlive, deadline ?? TimeSpan.FromSeconds(20));
}
