namespace DqnAkka.Bench;

/// <summary>The batches of a learner or a worker, asked for in rounds before they are needed.</summary>
/// <param name="cluster">Where.</param>
/// <param name="owner">Whose they are.</param>
/// <param name="shard">The replay shard that it samples from.</param>
/// <param name="coordinator">Who plans its rounds; null where it does so itself.</param>
/// <param name="rows">Rows of a batch.</param>
internal sealed class SimulatedSampling(SimulatedCluster cluster, SimulatedActor owner, SimulatedActor shard, SimulatedActor? coordinator, double rows)
{
    private readonly int _batches = cluster.Scenario.BatchesPerRound;
    private int _ready;
    private bool _isAsked;
    private Action? _waiting;

    /// <summary>Processor time of the owner for a batch: unpacking and weighing its rows.</summary>
    public double OwnSeconds => rows * cluster.Costs.SampleRowSeconds / 2;

    /// <summary>Takes a batch as soon as there is one.</summary>
    public void Take(Action taken)
    {
        _waiting = taken;
        Serve();
    }

    private void Serve()
    {
        if (_waiting is { } taken && _ready > 0)
        {
            _ready--;
            _waiting = null;
            taken();
        }

        if (!_isAsked && _ready <= _batches)
        {
            _isAsked = true;
            Plan(Ask);
        }
    }

    private void Plan(Action planned)
    {
        if (coordinator is null)
        {
            planned();
            return;
        }

        cluster.Routes.Send(owner, coordinator, () => cluster.Network.Send(coordinator, owner, planned));
    }

    private void Ask()
    {
        double all = _batches * rows;
        cluster.Routes.Send(owner, shard, () =>
            shard.Run(all * cluster.Costs.SampleRowSeconds / 2, () =>
                cluster.Network.SendWhole(shard, owner, all * cluster.Costs.RowBytes, () =>
                {
                    _isAsked = false;
                    _ready += _batches;
                    Serve();
                })));
    }
}
