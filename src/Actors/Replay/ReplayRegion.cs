using System.Globalization;
using Akka.Cluster.Sharding;

namespace DqnAkka.Actors;

/// <summary>The shard region's key in the actor registry, and its routing: entity id = shard id = the shard's index.</summary>
public sealed class ReplayRegion : HashCodeMessageExtractor
{
    /// <summary>Name of the region's type in the cluster.</summary>
    public const string TypeName = "replay";

    /// <summary>Makes the routing.</summary>
    /// <param name="shards">Number of shards.</param>
    public ReplayRegion(int shards) : base(shards)
    {
    }

    /// <inheritdoc />
    public override string? EntityId(object message) =>
        message is IReplayShardMessage shardMessage ? shardMessage.Shard.ToString(CultureInfo.InvariantCulture) : null;

    /// <inheritdoc />
    public override string ShardId(string entityId, object? messageHint = null) => entityId;
}
