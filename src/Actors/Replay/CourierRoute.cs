using Akka.Actor;
using Akka.Cluster;

namespace DqnAkka.Actors;

/// <summary>How the courier reaches a shard whose new place it does not know.</summary>
public interface ICourierRoute
{
    /// <summary>Sends to the shard through the shard region of some node.</summary>
    /// <param name="message">What is sent.</param>
    /// <param name="sender">Who is answered.</param>
    /// <returns>Whether there is such a node.</returns>
    bool TryTell(IReplayShardMessage message, IActorRef sender);

    /// <summary>Takes another node the next time, where there are several.</summary>
    void Turn();
}

/// <summary>
/// Through the regions of the members that hold shards, the own one among them, since a shard may come back before it has been handed
/// over. On a node that leaves the own region is no way: it stops as soon as its last shard has.
/// </summary>
internal sealed class CourierRoute(ActorSystem system) : ICourierRoute
{
    private readonly Cluster _cluster = Cluster.Get(system);
    private int _turn;

    public bool TryTell(IReplayShardMessage message, IActorRef sender)
    {
        Member[] open = [.. _cluster.State.Members.Except(_cluster.State.Unreachable).Where(IsOpen)];
        if (open.Length == 0)
        {
            return false;
        }

        Address address = open[_turn % open.Length].Address;
        system.ActorSelection(new RootActorPath(address) / "system" / "sharding" / ReplayRegion.TypeName).Tell(message, sender);
        return true;
    }

    public void Turn() => _turn = (_turn + 1) & int.MaxValue;

    private bool IsOpen(Member member) =>
        member.Status == MemberStatus.Up && member.HasRole(ClusterRoles.Replay)
        && (member.UniqueAddress != _cluster.SelfUniqueAddress || CoordinatedShutdown.Get(system).ShutdownReason is null);
}
