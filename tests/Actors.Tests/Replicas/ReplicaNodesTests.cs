using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Two whole nodes in one process: the one that has the training learns together with the other, and where it leaves, the other goes on.</summary>
[Collection(WholeNodes.Name)]
public sealed class ReplicaNodesTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateTempSubdirectory("dqn-replicas-").FullName;
    private readonly CancellationTokenSource _leave = new();
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _leave.Dispose();
        _end.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_node_with_the_role_learner_is_a_replica_until_it_has_the_training_itself()
    {
        RecordingSink first = new();
        RecordingSink second = new();
        (Task<ActorSystem> system, Task<NodeEnd> learner) = Start(
            [ClusterRoles.Seed, ClusterRoles.Learner], 0, first, _leave.Token);
        int seedPort = Cluster.Get(await system.WaitAsync(Limit)).SelfAddress.Port!.Value;
        (_, Task<NodeEnd> replica) = Start([ClusterRoles.Seed, ClusterRoles.Learner, ClusterRoles.Replay, ClusterRoles.Runner], seedPort, second, _end.Token);
        await WaitAsync(() => first.Notices.Any(notice => notice.EndsWith("2 of at most 2 learn together", StringComparison.Ordinal)), first);
        long updates = first.Reports.Last().Updates;
        await WaitAsync(() => first.Reports.Last().Updates > updates + 200, first);
        Assert.DoesNotContain(first.Notices, notice => notice.Contains(" left the learners", StringComparison.Ordinal));

        await _leave.CancelAsync();
        Assert.Equal(NodeEndKind.Left, (await learner.WaitAsync(Limit)).Kind);
        await WaitAsync(() => second.Reports.LastOrDefault()?.Updates > updates + 300, second);
        await _end.CancelAsync();
        Assert.Equal(NodeEndKind.Left, (await replica.WaitAsync(Limit)).Kind);
    }

    private static async Task WaitAsync(Func<bool> isSo, RecordingSink sink)
    {
        using CancellationTokenSource limit = new(Limit);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        while (!isSo())
        {
            Assert.False(limit.IsCancellationRequested, $"{sink.Reports.LastOrDefault()}: {string.Join("; ", sink.Notices)}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private (Task<ActorSystem> System, Task<NodeEnd> Run) Start(string[] roles, int seedPort, RecordingSink sink, CancellationToken leave)
    {
        TaskCompletionSource<ActorSystem> system = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<NodeEnd> run = ClusterNode.RunAsync(
            Options(),
            new NodeOptions { Roles = roles, Remote = new RemoteOptions { SeedNodes = seedPort > 0 ? [$"127.0.0.1:{seedPort}"] : [] } },
            ConfigurationFactory.ParseString("").WithFallback(TestSettings.Node),
            () => [sink],
            _ => { },
            _ => { },
            new NodeReadiness(),
            system.SetResult,
            leave);
        return (system.Task, run);
    }

    private TrainingOptions Options() => Make.Options() with
    {
        Environment = new EnvironmentSpecification { Id = "CartPole-v1" },
        Learner = Make.Options().Learner with { BatchSize = 32, BatchesPerRequest = 4, Mode = LearnerMode.DataParallel, Replicas = 2, ChecksumPeriod = 10 },
        Replay = new ReplayOptions { Capacity = 2000, Shards = 2, MinSize = 200, SamplesPerInsert = 2, SamplesPerInsertTolerance = 200 },
        Runner = Make.Options().Runner with { Count = 1, Environments = 2, Fragment = 8 },
        Snapshot = new SnapshotOptions { TargetPeriod = 50, Period = 10 },
        Evaluation = new EvaluationOptions { Episodes = 1, Period = 1_000_000 },
        Checkpoint = new CheckpointOptions { Period = 200 },
        Run = new RunOptions { Directory = _directory, Seed = 3 },
    };
}
