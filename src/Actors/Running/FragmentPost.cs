using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>Takes a runner's messages to the shards.</summary>
/// <param name="region">The shards' region.</param>
/// <param name="shards">Number of shards.</param>
internal sealed class FragmentPost(IActorRef region, int shards)
{
    private readonly bool[] _isElsewhere = new bool[shards];

    /// <summary>Takes note of where a shard is: on another node, or in this process.</summary>
    /// <param name="shard">The shard's index.</param>
    /// <param name="reference">The shard.</param>
    public void Locate(int shard, IActorRef reference) => _isElsewhere[shard] = !reference.Path.Address.HasLocalScope;

    /// <summary>Sends a probe.</summary>
    public void Send(ReplayProtocol.CreditProbe probe) => region.Tell(probe);

    /// <summary>
    /// Sends a fragment: the object itself to a shard in this process, whatever its size, and in pieces of a frame each to one elsewhere. A
    /// shard that moves away in between does not get a fragment too long for the wire, and asks for it like for any that is lost.
    /// </summary>
    public void Send(ReplayProtocol.Insert insert)
    {
        if (_isElsewhere[insert.Shard] && WireParts.Cut(insert) is { } parts)
        {
            foreach (ReplayProtocol.InsertPart part in parts)
            {
                region.Tell(part);
            }
        }
        else
        {
            region.Tell(insert);
        }
    }
}
