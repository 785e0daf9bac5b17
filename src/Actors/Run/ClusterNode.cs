using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Actors;

/// <summary>One process of a cluster: joins, does what its roles ask for, and leaves when the run ends, when the user asks, or when it must.</summary>
public static class ClusterNode
{
    // The phase of hocon/cluster.conf after the shards have stopped and before the node leaves.
    private const string HandOverPhase = "dqn-hand-over";
    private static readonly TimeSpan HandOverTimeout = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan RangesTimeout = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RegionTimeout = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan OthersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OthersPeriod = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs the node to its end.</summary>
    /// <param name="options">The run's options, validated; with the role learner the run's directory exists.</param>
    /// <param name="node">The process.</param>
    /// <param name="akka">Akka's configuration with the dispatchers of <see cref="Dispatchers"/>.</param>
    /// <param name="openSinks">Makes those who hear of progress, when the training starts on this node.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <param name="line">Takes lines that the user must see.</param>
    /// <param name="readiness">Where the node keeps whether it is ready to work.</param>
    /// <param name="leave">Cancelled when the user asks the node to leave.</param>
    /// <exception cref="Environments.EnvironmentException">The environment cannot be made, or is none that DQN can learn.</exception>
    /// <exception cref="InvalidOperationException">The actor system could not start (a port in use, for example).</exception>
    public static Task<NodeEnd> RunAsync(
        TrainingOptions options,
        NodeOptions node,
        Config akka,
        Func<IReadOnlyList<IProgressSink>> openSinks,
        Action<ILoggingBuilder> logging,
        Action<string> line,
        NodeReadiness readiness,
        CancellationToken leave) => RunAsync(options, node, akka, openSinks, logging, line, readiness, _ => { }, leave);

    /// <summary>As the other; tests reach the actor system through <paramref name="started"/>.</summary>
    internal static async Task<NodeEnd> RunAsync(
        TrainingOptions options,
        NodeOptions node,
        Config akka,
        Func<IReadOnlyList<IProgressSink>> openSinks,
        Action<ILoggingBuilder> logging,
        Action<string> line,
        NodeReadiness readiness,
        Action<ActorSystem> started,
        CancellationToken leave)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(readiness);
        // Whatever ends this node's part, an evaluation under way is not waited for.
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(leave);
        TrainingRun run = new(options, openSinks, leaving.Token) { StartsWithTraining = true };
        TaskCompletionSource<NodeEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Setup> setups = [];
        Config remote = Remote(node.Remote);
        if (node.Remote.Tls is { } tls)
        {
            setups.Add(ClusterTls.CreateSetup(tls, line));
            remote = remote.WithFallback(ClusterTls.Settings);
        }

        using IHost host = NodeHost.Build(run, node, Links, remote.WithFallback(akka), logging, system => PrepareLeaving(system, run), setups);
        await NodeHost.StartAsync(host).ConfigureAwait(false);
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        readiness.Address = NodeAddress.Format(Cluster.Get(system).SelfAddress);
        started(system);
        using CancellationTokenRegistration registration = leave.Register(() => end.TrySetResult(new NodeEnd(NodeEndKind.Left, "")));
        NodeEnd ended = await EndAsync(run, end.Task, system).ConfigureAwait(false);
        await leaving.CancelAsync().ConfigureAwait(false);
        if (run.Summary.Task.IsCompletedSuccessfully)
        {
            await OthersHaveLeftAsync(system).ConfigureAwait(false);
        }

        if (ended.Kind == NodeEndKind.Removed)
        {
            // There is nobody to hand over to, and on the losing side of a partition the learner must not linger.
            await system.Terminate().ConfigureAwait(false);
        }

        string? from = ended.Kind switch
        {
            // After the run nobody needs what the shards hold.
            NodeEndKind.RunEnded => CoordinatedShutdown.PhaseClusterLeave,
            // The other phases would wait for actors that are gone.
            NodeEndKind.Removed => CoordinatedShutdown.PhaseActorSystemTerminate,
            _ => null,
        };
        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance, from).ConfigureAwait(false);
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return ended;

        NodeLinks Links(IActorRef toTraining)
        {
            NodeLinks links = new(toTraining, end, line) { Readiness = readiness };
            if (options.Run.Directory.Length == 0)
            {
                return links;
            }

            MemberFile members = new(options.Run.Directory, $"{node.Remote.Hostname}-{node.Remote.Port}", line);
            return links with { Remembered = members.Read(), Remember = members.Write };
        }
    }

    private static Config Remote(RemoteOptions remote) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka.remote.dot-netty.tcp {
          hostname = "{{remote.Hostname}}"
          port = {{remote.Port}}
          public-hostname = "{{remote.PublicHostname}}"
        }
        """));

    private static async Task<NodeEnd> EndAsync(TrainingRun run, Task<NodeEnd> end, ActorSystem system)
    {
        await Task.WhenAny(end, run.Summary.Task, system.WhenTerminated).ConfigureAwait(false);
        if (end.IsCompleted)
        {
            NodeEnd ended = await end.ConfigureAwait(false);
            // A node that Akka ends leaves its cluster, or never comes to join: the cause says more than either.
            return ended.Kind == NodeEndKind.Removed && ClusterTls.Ended(system) is { } cause ? ended with { Message = cause } : ended;
        }

        if (run.Summary.Task.IsCompletedSuccessfully)
        {
            RunSummary summary = await run.Summary.Task.ConfigureAwait(false);
            return new NodeEnd(NodeEndKind.RunEnded, summary.Failure, summary.Reason);
        }

        if (ClusterTls.Ended(system) is { } reason)
        {
            return new NodeEnd(NodeEndKind.Removed, reason);
        }

        if (run.Summary.Task.Exception?.GetBaseException() is SupersededException superseded)
        {
            return new NodeEnd(NodeEndKind.Removed, superseded.Message);
        }

        if (run.Summary.Task.Exception?.GetBaseException() is ReplicaRefusedException refused)
        {
            return new NodeEnd(NodeEndKind.Refused, refused.Message);
        }

        return run.Summary.Task.Exception is { } failure
            ? new NodeEnd(NodeEndKind.Failed, Failures.Describe(failure))
            : new NodeEnd(NodeEndKind.Failed, "the actor system stopped; the log says why");
    }

    /// <summary>The node that tells the others of the run's end goes last, or not much later than they should have gone.</summary>
    private static async Task OthersHaveLeftAsync(ActorSystem system)
    {
        Cluster cluster = Cluster.Get(system);
        using CancellationTokenSource limit = new(OthersTimeout);
        using PeriodicTimer timer = new(OthersPeriod);
        try
        {
            while (cluster.State.Members.Any(member => !member.Address.Equals(cluster.SelfAddress)))
            {
                await timer.WaitForNextTickAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // A node that does not answer is left to its supervisor.
        }
    }

    /// <summary>A node that has the role and no range leaves nobody waiting: without a range that moves, the server would stand still until it gave up.</summary>
    private static async Task<bool> HasRangesAsync(ActorSystem system, IActorRef region)
    {
        if (!Cluster.Get(system).SelfRoles.Contains(ClusterRoles.ParameterServer))
        {
            return false;
        }

        try
        {
            CurrentShardRegionState state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, RegionTimeout).ConfigureAwait(false);
            return state.Shards.Count > 0;
        }
        catch (AskTimeoutException)
        {
            return true;
        }
    }

    /// <summary>What the ranges hold goes into a checkpoint; where there is no training to write it, nothing is lost that one would miss.</summary>
    private static async Task SaveRangesAsync(IActorRef training, ParameterServerProtocol.RangesLeave leave)
    {
        try
        {
            await training.Ask<ParameterServerProtocol.RangesMayLeave>(leave, RangesTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The server goes on from the checkpoint before.
        }
    }

    private static void PrepareLeaving(ActorSystem system, TrainingRun run)
    {
        ActorRegistry registry = ActorRegistry.For(system);
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        StopBeforeLeaving<RunnerPoolActor>("stop-runners");
        StopBeforeLeaving<GradientPoolActor>("stop-gradient-workers");

        if (registry.TryGet<ParameterServerRegion>(out IActorRef ranges))
        {
            IActorRef training = registry.Get<TrainingActor>();
            ParameterServerProtocol.RangesLeave leave = new(NodeAddress.Format(Cluster.Get(system).SelfAddress));
            shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "save-ranges", async () =>
            {
                // Where the training hands over, this node's way to the ranges is closed already.
                if (run.HasTraining || await HasRangesAsync(system, ranges).ConfigureAwait(false))
                {
                    await SaveRangesAsync(training, leave).ConfigureAwait(false);
                }

                return Akka.Done.Instance;
            });
        }

        IActorRef courier = registry.Get<ShardCourierActor>();
        shutdown.AddTask(HandOverPhase, "hand-over-shards", async () =>
        {
            await courier.Ask<ShardCourierActor.Idle>(ShardCourierActor.WhenIdle.Instance, HandOverTimeout).ConfigureAwait(false);
            return Akka.Done.Instance;
        });

        void StopBeforeLeaving<T>(string task)
        {
            if (registry.TryGet<T>(out IActorRef pool))
            {
                shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, task, async () =>
                {
                    await pool.GracefulStop(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
                    return Akka.Done.Instance;
                });
            }
        }
    }
}
