using Akka.Actor;
using Akka.Cluster;

namespace DqnAkka.Actors;

/// <summary>How the courier reaches a shard whose new place it does not know.</summary>
public interface ICourierRoute
{
    /// <summary>Sends to the shard through the shard region of some other node.</summary>
    /// <param name="message">What is sent.</param>
    /// <param name="sender">Who is answered.</param>
    /// <returns>Whether there is such a node.</returns>
    bool TryTell(IReplayShardMessage message, IActorRef sender);

    /// <summary>Takes another node the next time, where there are several.</summary>
    void Turn();
}

/// <summary>
/// Through the regions of the other members that hold shards. The own region is no way: on a node that leaves it stops as soon as its
/// last shard has.
/// </summary>
internal sealed class CourierRoute(ActorSystem system) : ICourierRoute
{
    private readonly Cluster _cluster = Cluster.Get(system);
    private int _turn;

    public bool TryTell(IReplayShardMessage message, IActorRef sender)
    {
        Member[] others = [.. _cluster.State.Members.Except(_cluster.State.Unreachable).Where(IsOpen)];
        if (others.Length == 0)
        {
            return false;
        }

        Address address = others[_turn % others.Length].Address;
        system.ActorSelection(new RootActorPath(address) / "system" / "sharding" / ReplayRegion.TypeName).Tell(message, sender);
        return true;
    }

    public void Turn() => _turn = (_turn + 1) & int.MaxValue;

    private bool IsOpen(Member member) =>
        member.Status == MemberStatus.Up && member.HasRole(ClusterRoles.Replay) && member.UniqueAddress != _cluster.SelfUniqueAddress;
}
