using System.Globalization;
using Akka.Cluster.Sharding;

namespace DqnAkka.Actors;

/// <summary>The key of the parameter server's region in the actor registry, and its routing: entity id = shard id = the range's number.</summary>
public sealed class ParameterServerRegion : HashCodeMessageExtractor
{
    /// <summary>Name of the region's type in the cluster.</summary>
    public const string TypeName = "parameter-server";

    /// <summary>Makes the routing.</summary>
    /// <param name="ranges">Number of ranges.</param>
    public ParameterServerRegion(int ranges) : base(ranges)
    {
    }

    /// <inheritdoc />
    public override string? EntityId(object message) =>
        message is IParameterRangeMessage rangeMessage ? rangeMessage.Range.ToString(CultureInfo.InvariantCulture) : null;

    /// <inheritdoc />
    public override string ShardId(string entityId, object? messageHint = null) => entityId;
}
