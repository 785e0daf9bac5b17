using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace DqnAkka.Actors;

/// <summary>
/// Gives each range to the node that has the fewest, and never takes it away again: a range that moves is empty, and the whole server would
/// return to its last checkpoint for it.
/// </summary>
internal sealed class RangeAllocation : IShardAllocationStrategy
{
    /// <inheritdoc />
    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        Task.FromResult(currentShardAllocations
            .OrderBy(region => region.Value.Count)
            .ThenBy(region => region.Key.Path.ToStringWithAddress(), StringComparer.Ordinal)
            .First().Key);

    /// <inheritdoc />
    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
        Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);
}
