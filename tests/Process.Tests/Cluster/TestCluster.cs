using System.Net;
using System.Net.Sockets;
using Akka.Actor.Setup;
using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Process.Tests;

/// <summary>The processes of one cluster on loopback, each on a port of its own; all are ended by their ids when the test is over.</summary>
internal sealed class TestCluster : IDisposable
{
    private static readonly Config Akka =
        ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "akka.conf")));

    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(500);
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _common;
    private readonly int _seedPort;
    private readonly List<HostProcess> _processes = [];

    /// <summary>Prepares a cluster whose nodes share a run directory.</summary>
    /// <param name="common">What every node's command line holds beside its roles and addresses.</param>
    public TestCluster(params string[] common)
    {
        _common = common;
        _seedPort = FreePort();
    }

    /// <summary>The seed's port.</summary>
    public int SeedPort => _seedPort;

    /// <summary>The run's folder.</summary>
    public string RunDirectory => _folder.Combine("run");

    /// <summary>A TCP port on loopback that nobody listens on.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Describes a node; it is started by <see cref="Start"/>.</summary>
    public static TestNode Node(string roles, params string[] further) => new(roles, FreePort(), further);

    /// <summary>Describes the seed.</summary>
    public TestNode Seed(string roles, params string[] further) => new(roles, _seedPort, further);

    /// <summary>Starts a node, for the first time or again after it ended.</summary>
    public HostProcess Start(TestNode node)
    {
        HostProcess process = HostProcess.Start(
            _folder.Root,
            [
                "node",
                "--roles", node.Roles,
                "--port", $"{node.Port}",
                "--seed-node", $"127.0.0.1:{_seedPort}",
                "--run-dir", RunDirectory,
                .. _common,
                .. node.Further,
            ],
            node.Environment);
        node.Process = process;
        _processes.Add(process);
        return process;
    }

    /// <summary>Asks a node for the status of the whole cluster.</summary>
    /// <returns>One status for each member, or null where the node does not answer.</returns>
    public static async Task<IReadOnlyList<NodeStatus>?> StatusAsync(TestNode node)
    {
        try
        {
            return await StatusClient.AskAsync(node.Address, Akka, ActorSystemSetup.Empty, CancellationToken.None);
        }
        catch (NodeClientException)
        {
            return null;
        }
    }

    /// <summary>Waits until the status of the cluster, as one node sees it, is as wanted.</summary>
    public static async Task<IReadOnlyList<NodeStatus>> WaitForAsync(
        TestNode node, Func<IReadOnlyList<NodeStatus>, bool> isWanted, TimeSpan limit, string what)
    {
        DateTime end = DateTime.UtcNow + limit;
        IReadOnlyList<NodeStatus>? last = null;
        using PeriodicTimer timer = new(PollPeriod);
        while (DateTime.UtcNow < end)
        {
            last = await StatusAsync(node) ?? last;
            if (last is not null && isWanted(last))
            {
                return last;
            }

            if (node.Process!.HasExited)
            {
                break;
            }

            await timer.WaitForNextTickAsync();
        }

        HostResult soFar = node.Process!.SoFar;
        throw new TimeoutException(
            $"not seen within {limit.TotalSeconds} s: {what}; last status: {string.Join(" | ", last ?? [])}; output: {soFar.Output}; error: {soFar.Error}");
    }

    public void Dispose()
    {
        foreach (HostProcess process in _processes)
        {
            process.Dispose();
        }

        _folder.Dispose();
    }
}

/// <summary>One process of a cluster.</summary>
internal sealed record TestNode(string Roles, int Port, IReadOnlyList<string> Further)
{
    /// <summary>Its present process.</summary>
    public HostProcess? Process { get; set; }

    /// <summary>Environment variables of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Its address as <c>status</c> shows it.</summary>
    public string Address => $"127.0.0.1:{Port}";
}
