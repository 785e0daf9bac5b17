namespace DqnAkka.Bench;

/// <summary>
/// One all-reduce in a ring: k members, the vector in k segments, 2 (k − 1) phases; a piece of a segment goes on as soon as it is added.
/// </summary>
/// <param name="cluster">Where.</param>
/// <param name="members">The members in their order.</param>
/// <param name="reduced">Called with a member's rank when it has the whole sum.</param>
internal sealed class SimulatedRing(SimulatedCluster cluster, SimulatedActor[] members, Action<int> reduced)
{
    private readonly double _segmentBytes = cluster.VectorBytes / members.Length;
    private readonly bool[] _hasEntered = new bool[members.Length];
    private readonly int[] _received = new int[members.Length];
    private readonly List<int>[] _early = [.. members.Select(_ => new List<int>())];

    private int Phases => 2 * (members.Length - 1);

    private int Pieces => SimulatedNetwork.Pieces(_segmentBytes);

    /// <summary>A member has its own gradient.</summary>
    /// <param name="rank">Which.</param>
    public void Enter(int rank)
    {
        _hasEntered[rank] = true;
        for (int piece = 0; piece < Pieces; piece++)
        {
            Pass(rank, phase: 0);
        }

        foreach (int phase in _early[rank])
        {
            Take(rank, phase);
        }
    }

    private void Pass(int from, int phase)
    {
        int to = (from + 1) % members.Length;
        cluster.Network.SendPiece(members[from], members[to], _segmentBytes, () =>
        {
            if (_hasEntered[to])
            {
                Take(to, phase);
            }
            else
            {
                _early[to].Add(phase);
            }
        });
    }

    private void Take(int rank, int phase)
    {
        // The first half of the phases adds, the second hands round.
        double seconds = phase < members.Length - 1 ? _segmentBytes / Pieces * cluster.Costs.AddByteSeconds : 0;
        members[rank].Run(seconds, () =>
        {
            if (phase + 1 < Phases)
            {
                Pass(rank, phase + 1);
            }

            if (++_received[rank] == Phases * Pieces)
            {
                reduced(rank);
            }
        });
    }
}
