using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Registers the actors of a training run with Akka.Hosting: one line for each kind, in the order in which they need each other.</summary>
public static class DqnAkkaRegistration
{
    /// <summary>Starts the mirror, the replay shards, the learner singleton, the runners, the evaluator and what watches them.</summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="run">The run.</param>
    public static AkkaConfigurationBuilder AddDqnAkka(this AkkaConfigurationBuilder builder, TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(run);
        NetworkLayout layout = run.Layout;
        TrainingOptions options = run.Options;
        return builder
            .WithDistributedPubSub(null!)
            .WithActors((system, registry) => StartWatchers(system, registry, run))
            .WithShardRegion<ReplayRegion>(
                ReplayRegion.TypeName,
                (_, registry, _) =>
                {
                    ReplayShardLinks links = new(ActorRefs.Nobody, registry.Get<ShardCourierActor>());
                    return entity => ReplayShardActor.CreateProps(int.Parse(entity, CultureInfo.InvariantCulture), layout, options, links)
                        .WithDispatcher(Dispatchers.Replay);
                },
                new ReplayRegion(options.Replay.Shards),
                new ShardOptions
                {
                    Role = ClusterRoles.Replay,
                    StateStoreMode = StateStoreMode.DData,
                    RememberEntities = false,
                    ShouldPassivateIdleEntities = false,
                    HandOffStopMessage = ReplayShardActor.StopShard.Instance,
                })
            .WithSingleton<LearnerGuardianActor>(
                "learner",
                (_, registry, _) => LearnerGuardianActor.CreateProps(layout, options, new LearnerGuardianLinks(
                    registry.Get<ReplayRegion>(),
                    registry.Get<CheckpointWriterActor>(),
                    registry.Get<RunCoordinatorActor>(),
                    registry.Get<ProgressActor>(),
                    run.LoadCheckpoint)),
                new ClusterSingletonOptions { Role = ClusterRoles.Learner })
            .WithActors((system, registry) => StartPlayers(system, registry, run));
    }

    private static void StartWatchers(ActorSystem system, IActorRegistry registry, TrainingRun run)
    {
        IActorRef progress = system.ActorOf(ProgressActor.CreateProps(run.Sinks, run.StartTimestamp), "progress");
        registry.Register<ProgressActor>(progress);
        registry.Register<RunCoordinatorActor>(system.ActorOf(RunCoordinatorActor.CreateProps(run.Options, run.Summary), "coordinator"));
        registry.Register<CheckpointWriterActor>(system.ActorOf(
            CheckpointWriterActor.CreateProps(run.Layout, run.Options, run.CheckpointDirectory, progress), "checkpoints"));
        registry.Register<ShardCourierActor>(system.ActorOf(ShardCourierActor.CreateProps(), "courier"));
        registry.Register<PolicyMirrorActor>(system.ActorOf(PolicyMirrorActor.CreateProps(), "mirror"));
    }

    private static void StartPlayers(ActorSystem system, IActorRegistry registry, TrainingRun run)
    {
        IActorRef coordinator = registry.Get<RunCoordinatorActor>();
        IActorRef checkpoints = registry.Get<CheckpointWriterActor>();
        IActorRef mirror = registry.Get<PolicyMirrorActor>();
        IActorRef progress = registry.Get<ProgressActor>();
        EvaluatorLinks evaluatorLinks = new(mirror, coordinator, checkpoints, progress, run.StartTimestamp, run.Stop);
        IActorRef evaluator = system.ActorOf(EvaluatorActor.CreateProps(run.Layout, run.Options, evaluatorLinks), "evaluator");
        RunnerLinks runnerLinks = new(registry.Get<ReplayRegion>(), mirror, progress);
        IActorRef runners = system.ActorOf(RunnerPoolActor.CreateProps(run.Layout, run.Options, runnerLinks, coordinator), "runners");
        registry.Register<EvaluatorActor>(evaluator);
        registry.Register<RunnerPoolActor>(runners);
        coordinator.Tell(new RunMembers(runners, registry.Get<LearnerGuardianActor>(), checkpoints, evaluator, progress));
    }
}
