using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// Three whole nodes in one process, with the settings that ship, whose links are cut by Akka.Remote's throttle: the side of one ends,
/// the side of two goes on, and at no time do two learners publish.
/// </summary>
[Collection(WholeNodes.Name)]
public sealed class PartitionTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateTempSubdirectory("dqn-partition-").FullName;
    private readonly ConcurrentQueue<(string Node, long Generation, long Version)> _published = new();
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _end.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_smaller_side_ends_and_never_do_two_learners_publish()
    {
        Node alone = Start("alone", [ClusterRoles.Seed, ClusterRoles.Learner], seedPort: 0);
        int seedPort = AddressOf(await alone.System).Port!.Value;
        await WaitAsync(() => !_published.IsEmpty, "the first snapshot");
        Node replay = Start("replay", [ClusterRoles.Learner, ClusterRoles.Replay], seedPort);
        Node runner = Start("runner", [ClusterRoles.Runner], seedPort);
        await WaitAsync(() => _published.Any(snapshot => snapshot.Node == "runner" && snapshot.Version > 20), "a training over three nodes");
        long before = _published.Max(snapshot => snapshot.Generation);

        foreach (Node other in new[] { replay, runner })
        {
            await CutAsync(await alone.System, await other.System);
        }

        NodeEnd end = await alone.Run.WaitAsync(Limit);
        Assert.Equal(NodeEndKind.Removed, end.Kind);
        await WaitAsync(
            () => _published.Count(snapshot => snapshot.Node == "runner" && snapshot.Generation > before) > 20, "the other side's learner");
        Assert.False(replay.Run.IsCompleted || runner.Run.IsCompleted);

        long[] generations = [.. _published.Select(snapshot => snapshot.Generation)];
        Assert.Equal(generations.Order(), generations);
        foreach (IGrouping<string, (string Node, long Generation, long Version)> seen in _published.GroupBy(snapshot => snapshot.Node))
        {
            (long, long)[] versions = [.. seen.Select(snapshot => (snapshot.Generation, snapshot.Version))];
            Assert.Equal(versions.Order(), versions);
        }

        await _end.CancelAsync();
        NodeEnd[] left = await Task.WhenAll(replay.Run, runner.Run).WaitAsync(Limit);
        Assert.All(left, each => Assert.Equal(NodeEndKind.Left, each.Kind));
    }

    private static Address AddressOf(ActorSystem system) => Cluster.Get(system).SelfAddress;

    private static async Task CutAsync(ActorSystem one, ActorSystem other)
    {
        await BlackholeAsync(one, AddressOf(other));
        await BlackholeAsync(other, AddressOf(one));
    }

    private static async Task BlackholeAsync(ActorSystem at, Address from)
    {
        RemoteTransport transport = ((IRemoteActorRefProvider)((ExtendedActorSystem)at).Provider).Transport;
        Assert.True(await transport.ManagementCommand(
            new SetThrottle(from, ThrottleTransportAdapter.Direction.Both, Blackhole.Instance), CancellationToken.None));
    }

    private static async Task WaitAsync(Func<bool> isSo, string what)
    {
        using CancellationTokenSource limit = new(Limit);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        while (!isSo())
        {
            Assert.False(limit.IsCancellationRequested, $"not seen: {what}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private Node Start(string name, string[] roles, int seedPort)
    {
        TaskCompletionSource<ActorSystem> system = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<NodeEnd> run = ClusterNode.RunAsync(
            Options(),
            new NodeOptions { Roles = roles, Remote = new RemoteOptions { SeedNodes = seedPort > 0 ? [$"127.0.0.1:{seedPort}"] : [] } },
            ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.applied-adapters = [trttl]").WithFallback(TestSettings.Node),
            () => [],
            _ => { },
            _ => { },
            new NodeReadiness(),
            started =>
            {
                started.ActorOf(Props.Create(() => new Collector(name, _published)), "collector");
                system.SetResult(started);
            },
            _end.Token);
        return new Node(system.Task, run);
    }

    private TrainingOptions Options() => Make.Options() with
    {
        Environment = new EnvironmentSpecification { Id = "CartPole-v1" },
        Learner = Make.Options().Learner with { BatchSize = 32, BatchesPerRequest = 4 },
        Replay = new ReplayOptions { Capacity = 2000, Shards = 2, MinSize = 200, SamplesPerInsert = 2, SamplesPerInsertTolerance = 200 },
        Runner = Make.Options().Runner with { Count = 1, Environments = 2, Fragment = 8 },
        Snapshot = new SnapshotOptions { TargetPeriod = 50, Period = 10 },
        Evaluation = new EvaluationOptions { Episodes = 1, Period = 1_000_000 },
        Checkpoint = new CheckpointOptions { Period = 200 },
        Run = new RunOptions { Directory = _directory, Seed = 3 },
    };

    private sealed record Node(Task<ActorSystem> System, Task<NodeEnd> Run);

    private sealed class Collector : ReceiveActor
    {
        public Collector(string name, ConcurrentQueue<(string Node, long Generation, long Version)> published)
        {
            (long, long) newest = (0, 0);
            DistributedPubSub.Get(Context.System).Mediator.Tell(new Subscribe(SnapshotProtocol.SnapshotTopic, Self));
            // A manifest is repeated now and then: only new ones say that somebody publishes.
            Receive<SnapshotProtocol.Manifest>(manifest =>
            {
                if ((manifest.Generation, manifest.Version) != newest)
                {
                    newest = (manifest.Generation, manifest.Version);
                    published.Enqueue((name, manifest.Generation, manifest.Version));
                }
            });
        }
    }
}
