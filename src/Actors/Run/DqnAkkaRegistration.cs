using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Registers a node's actors with Akka.Hosting, as its roles ask for: one line for each kind, in the order in which they need each other.</summary>
public static class DqnAkkaRegistration
{
    /// <summary>
    /// Starts what every node has (its own actor, the policy mirror, the way to the training and to the replay shards) and what its
    /// roles add: replay shards, runners, the place of the training.
    /// </summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="run">The run.</param>
    /// <param name="node">The process.</param>
    /// <param name="links">Whom the node's actor tells, given the way to the training.</param>
    public static AkkaConfigurationBuilder AddDqnAkka(
        this AkkaConfigurationBuilder builder, TrainingRun run, NodeOptions node, Func<IActorRef, NodeLinks> links)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(node);
        return builder
            .WithDistributedPubSub(null!)
            .AddTraining(run, node)
            .WithActors((system, registry) =>
            {
                NodeLinks nodeLinks = links(registry.Get<TrainingActor>());
                registry.Register<NodeActor>(system.ActorOf(NodeActor.CreateProps(node, nodeLinks), NodeProtocol.ActorName));
                registry.Register<ShardCourierActor>(system.ActorOf(ShardCourierActor.CreateProps(), "courier"));
            })
            .AddReplayShards(run, node)
            .WithActors((system, registry) => StartPlayers(system, registry, run, node))
            .WithActors((_, registry) => registry.Get<NodeActor>().Tell(NodeActor.Join.Instance));
    }

    private static AkkaConfigurationBuilder AddReplayShards(this AkkaConfigurationBuilder builder, TrainingRun run, NodeOptions node)
    {
        TrainingOptions options = run.Options;
        NetworkLayout layout = run.Layout;
        ReplayRegion routing = new(options.Replay.Shards);
        if (!node.Roles.Contains(ClusterRoles.Replay))
        {
            return builder.WithShardRegionProxy<ReplayRegion>(ReplayRegion.TypeName, ClusterRoles.Replay, routing);
        }

        return builder.WithShardRegion<ReplayRegion>(
            ReplayRegion.TypeName,
            (_, registry, _) =>
            {
                ReplayShardLinks links = new(registry.Get<NodeActor>(), registry.Get<ShardCourierActor>())
                {
                    Fail = exception => run.Summary.TrySetException(exception),
                    Budget = new ReplayBudget(options.Replay.MemoryLimit),
                };
                return entity => ReplayShardActor
                    .CreateProps(int.Parse(entity, CultureInfo.InvariantCulture), layout, options, links)
                    .WithDispatcher(Dispatchers.Replay);
            },
            routing,
            new ShardOptions
            {
                Role = ClusterRoles.Replay,
                StateStoreMode = StateStoreMode.DData,
                RememberEntities = false,
                ShouldPassivateIdleEntities = false,
                HandOffStopMessage = ReplayShardActor.StopShard.Instance,
            });
    }

    private static AkkaConfigurationBuilder AddTraining(this AkkaConfigurationBuilder builder, TrainingRun run, NodeOptions node)
    {
        if (!node.Roles.Contains(ClusterRoles.Learner))
        {
            return builder.WithSingletonProxy<TrainingActor>(
                TrainingActor.SingletonName, new ClusterSingletonOptions { Role = ClusterRoles.Learner });
        }

        return builder.WithSingleton<TrainingActor>(
            TrainingActor.SingletonName,
            (_, registry, _) => TrainingActor.CreateProps(
                // The others are there by the time that the singleton starts: before, the node does not join.
                run, () => new TrainingLinks(registry.Get<ReplayRegion>(), registry.Get<PolicyMirrorActor>(), registry.Get<NodeActor>())),
            new ClusterSingletonOptions { Role = ClusterRoles.Learner, TerminationMessage = RunProtocol.HandOver.Instance });
    }

    private static void StartPlayers(ActorSystem system, IActorRegistry registry, TrainingRun run, NodeOptions node)
    {
        IActorRef nodeActor = registry.Get<NodeActor>();
        IActorRef training = registry.Get<TrainingActor>();
        IActorRef mirror = system.ActorOf(PolicyMirrorActor.CreateProps(nodeActor, training, run.Layout.Length), "mirror");
        registry.Register<PolicyMirrorActor>(mirror);
        if (node.Roles.Contains(ClusterRoles.Runner))
        {
            RunnerPoolLinks links = new(registry.Get<ReplayRegion>(), mirror, training, nodeActor) { Source = run.Source };
            registry.Register<RunnerPoolActor>(system.ActorOf(RunnerPoolActor.CreateProps(run.Layout, run.Options, links), "runners"));
        }

        if (run.Options.Learner.Mode == LearnerMode.ParameterServer && node.Roles.Contains(ClusterRoles.Gradient))
        {
            string address = NodeAddress.Format(Cluster.Get(system).SelfAddress);
            GradientWorkerLinks links = new(registry.Get<ReplayRegion>(), registry.Get<ParameterServerRegion>(), training, nodeActor, address)
            {
                Fail = exception => run.Summary.TrySetException(exception),
            };
            registry.Register<GradientPoolActor>(system.ActorOf(GradientPoolActor.CreateProps(run.Layout, run.Options, links), "gradients"));
        }

        LearnerOptions learner = run.Options.Learner;
        if (node.Roles.Contains(ClusterRoles.Learner) && learner is { Mode: LearnerMode.DataParallel, Replicas: > 1 })
        {
            LearnerReplicaLinks replicaLinks = new(training, nodeActor, () => CreateReplicaTrainer(run))
            {
                HasTraining = () => run.HasTraining,
                Fail = exception => run.Summary.TrySetException(exception),
            };
            system.ActorOf(LearnerReplicaActor.CreateProps(run.Layout, run.Options, replicaLinks), "replica");
        }
    }

    /// <summary>Its parameters come from the learner.</summary>
    private static IGradientTrainer CreateReplicaTrainer(TrainingRun run) =>
        (IGradientTrainer)TrainerFactory.Create(run.Layout, run.Options.Learner, new float[run.Layout.Length]);
}
