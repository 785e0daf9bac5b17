namespace DqnAkka.Bench;

/// <summary>
/// Messages to whom the sender knows by name alone: an entity, whose region knows its node (Cluster.Sharding), or a singleton, whose proxy does. Beside
/// sender and receiver three actors handle each: region or proxy of the sender's node, region or singleton of the receiver's, and the shard or the guardian above the receiver.
/// </summary>
/// <param name="cluster">Where.</param>
internal sealed class SimulatedRoutes(SimulatedCluster cluster)
{
    private readonly Dictionary<SimulatedNode, SimulatedActor> _regions = [];
    private readonly Dictionary<SimulatedActor, SimulatedActor> _parents = [];

    /// <summary>Sends a small message.</summary>
    public void Send(SimulatedActor from, SimulatedActor to, Action received) => Pass(from, to, cluster.Network.Send, received);

    /// <summary>Sends a vector of which only the end matters.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="received">Called when all of it is there.</param>
    public void SendWhole(SimulatedActor from, SimulatedActor to, double bytes, Action received)
    {
        Action pieceReceived = SimulatedNetwork.WhenWhole(bytes, received);
        for (int piece = 0; piece < SimulatedNetwork.Pieces(bytes); piece++)
        {
            Pass(from, to, (one, other, passed) => cluster.Network.SendPiece(one, other, bytes, passed), pieceReceived);
        }
    }

    private void Pass(SimulatedActor from, SimulatedActor to, Action<SimulatedActor, SimulatedActor, Action> send, Action received)
    {
        SimulatedActor own = RegionOf(from.Node);
        SimulatedActor other = RegionOf(to.Node);
        SimulatedActor parent = ParentOf(to);
        send(from, own, OnWay);

        void OnWay()
        {
            if (own == other)
            {
                Arrive();
            }
            else
            {
                send(own, other, Arrive);
            }
        }

        void Arrive() => send(other, parent, () => send(parent, to, received));
    }

    private SimulatedActor RegionOf(SimulatedNode node)
    {
        if (!_regions.TryGetValue(node, out SimulatedActor? region))
        {
            region = new SimulatedActor(node);
            _regions.Add(node, region);
        }

        return region;
    }

    private SimulatedActor ParentOf(SimulatedActor entity)
    {
        if (!_parents.TryGetValue(entity, out SimulatedActor? parent))
        {
            parent = new SimulatedActor(entity.Node);
            _parents.Add(entity, parent);
        }

        return parent;
    }
}
