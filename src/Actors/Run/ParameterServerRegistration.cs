using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The parameter server's region on a node, where the run has a parameter server.</summary>
internal static class ParameterServerRegistration
{
    /// <summary>Starts the region on a node with the role, and the way to it on any other.</summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="run">The run.</param>
    /// <param name="node">The process.</param>
    public static AkkaConfigurationBuilder AddParameterServer(this AkkaConfigurationBuilder builder, TrainingRun run, NodeOptions node) =>
        run.Options.Learner.Mode != LearnerMode.ParameterServer
            ? builder
            : builder.WithActors((system, registry) => registry.Register<ParameterServerRegion>(Start(system, registry, run, node)));

    /// <summary>Where the training finds the region; null where the run has none.</summary>
    /// <param name="registry">The node's actors.</param>
    /// <param name="run">The run.</param>
    /// <param name="system">The node's system.</param>
    public static ParameterServerPlace? Place(IReadOnlyActorRegistry registry, TrainingRun run, ActorSystem system)
    {
        if (run.Options.Learner.Mode != LearnerMode.ParameterServer)
        {
            return null;
        }

        Cluster cluster = Cluster.Get(system);
        // In a cluster of one there is nobody to wait for.
        Func<int> nodes = run.StartsWithTraining
            ? () => cluster.State.Members.Count(member => member.Status == MemberStatus.Up && member.HasRole(ClusterRoles.ParameterServer))
            : () => int.MaxValue;
        return new ParameterServerPlace(registry.Get<ParameterServerRegion>(), nodes);
    }

    private static IActorRef Start(ActorSystem system, IActorRegistry registry, TrainingRun run, NodeOptions node)
    {
        TrainingOptions options = run.Options;
        ParameterServerRegion routing = new(options.ParameterServer.Shards);
        ClusterSharding sharding = ClusterSharding.Get(system);
        if (!node.Roles.Contains(ClusterRoles.ParameterServer))
        {
            return sharding.StartProxy(ParameterServerRegion.TypeName, ClusterRoles.ParameterServer, routing);
        }

        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(run.Layout.Length, options.ParameterServer.Shards);
        IActorRef nodeActor = registry.Get<NodeActor>();
        return sharding.Start(
            ParameterServerRegion.TypeName,
            entity => ParameterServerShardActor.CreateProps(ranges[int.Parse(entity, CultureInfo.InvariantCulture)], options, nodeActor),
            ClusterShardingSettings.Create(system).WithRole(ClusterRoles.ParameterServer),
            routing,
            new RangeAllocation(),
            PoisonPill.Instance);
    }
}
