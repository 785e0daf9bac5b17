using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace DqnAkka.Actors.Tests;

/// <summary>A node of a cluster within the test's process: a whole system with its node actor, on a loopback port.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TaskCompletionSource _isUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<NodeEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<Func<string, bool>, TaskCompletionSource<string>> _awaited = new();

    private TestNode(TestNodeOptions options)
    {
        Config config = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote.dot-netty.tcp.port = {{options.Port}}
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.cluster.roles = [{{string.Join(",", options.Roles)}}]
            {{options.Settings}}
            """)).WithFallback(TestSettings.Cluster);
        System = ActorSystem.Create(TrainingSession.SystemName, config);
        Cluster = Cluster.Get(System);
        Cluster.RegisterOnMemberUp(() => _isUp.TrySetResult());
        Address = NodeAddress.Format(Cluster.SelfAddress);
        Training = System.ActorOf(Props.Create(() => new Recorder(Notices)), "training");
        NodeOptions node = new()
        {
            Roles = options.Roles,
            Remote = new RemoteOptions { SeedNodes = options.SeedNodes == TestNodeOptions.Itself ? [Address] : options.SeedNodes },
            Agreement = options.Agreement,
        };
        NodeLinks links = new(Training, _end, OnLine)
        {
            IsEmbedded = options.IsEmbedded,
            Remembered = options.Remembered,
            Remember = members => Remembered.Add(members),
            Time = options.Time,
        };
        Node = System.ActorOf(NodeActor.CreateProps(node, links), NodeProtocol.ActorName);
        Node.Tell(NodeActor.Join.Instance);
    }

    public ActorSystem System { get; }

    public Cluster Cluster { get; }

    public string Address { get; }

    public int Port => Cluster.SelfAddress.Port!.Value;

    public IActorRef Node { get; }

    public IActorRef Training { get; }

    public ConcurrentQueue<string> Lines { get; } = new();

    public BlockingCollection<ProgressProtocol.Notice> Notices { get; } = [];

    public BlockingCollection<IReadOnlyList<string>> Remembered { get; } = [];

    public bool HasEnded => _end.Task.IsCompleted;

    public static TestNode Start(TestNodeOptions options) => new(options);

    /// <summary>Waits until the node is up and says so of itself.</summary>
    public async Task Up()
    {
        await _isUp.Task.WaitAsync(Patience);
        // Akka calls who registered by another subscription than the one that keeps the member's own status.
        Assert.True(SpinWait.SpinUntil(() => Cluster.SelfMember.Status == MemberStatus.Up, Patience), "the node is up, and its own status never says so");
    }

    public Task<NodeEnd> End() => _end.Task.WaitAsync(Patience);

    public Task<string> Line(Func<string, bool> which)
    {
        TaskCompletionSource<string> line = _awaited.GetOrAdd(which, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Lines.FirstOrDefault(which) is { } said)
        {
            line.TrySetResult(said);
        }

        return line.Task.WaitAsync(Patience);
    }

    /// <summary>Waits until the node has kept itself and these members, or, where none are given, nobody.</summary>
    public void ExpectRemembered(params string[] others)
    {
        string[] members = others.Length == 0 ? [] : [.. others.Append(Address).Order(StringComparer.Ordinal)];
        IReadOnlyList<string>? remembered;
        do
        {
            Assert.True(Remembered.TryTake(out remembered, Patience), $"[{string.Join(", ", members)}] was never remembered");
        }
        while (!remembered.SequenceEqual(members));
    }

    /// <summary>Sends a message to the node's actor and takes one answer.</summary>
    public Task<T> Ask<T>(object message) => Node.Ask<T>(message, Patience);

    /// <summary>Ends the system without leaving the cluster, as a killed process does.</summary>
    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        Notices.Dispose();
        Remembered.Dispose();
    }

    private void OnLine(string line)
    {
        Lines.Enqueue(line);
        foreach ((Func<string, bool> which, TaskCompletionSource<string> awaited) in _awaited)
        {
            if (which(line))
            {
                awaited.TrySetResult(line);
            }
        }
    }

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(BlockingCollection<ProgressProtocol.Notice> notices) => Receive<ProgressProtocol.Notice>(notices.Add);
    }
}

/// <summary>How a test's node is started.</summary>
internal sealed record TestNodeOptions
{
    /// <summary>The node's own address, whatever its port will be.</summary>
    public static IReadOnlyList<string> Itself { get; } = ["itself:1"];

    public IReadOnlyList<string> Roles { get; init; } = [ClusterRoles.Replay];

    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    public IReadOnlyList<string> Remembered { get; init; } = [];

    public IReadOnlyDictionary<string, string> Agreement { get; init; } = new Dictionary<string, string> { ["dqn.replay.shards"] = "2" };

    public int Port { get; init; }

    public bool IsEmbedded { get; init; }

    public string Settings { get; init; } = "";

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
