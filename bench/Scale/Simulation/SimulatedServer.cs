namespace DqnAkka.Bench;

/// <summary>
/// Workers and a parameter server. A worker pushes its gradient in parts, one to each range; when all ranges hold theirs, the coordinator has
/// them applied, at once or with k − 1 others, or dropped; ranges answer with new parameters, without which the worker does not go on.
/// </summary>
internal sealed class SimulatedServer : ISimulatedLearning
{
    private const int WorkersPerShard = 8;
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedActor _coordinator;
    private readonly SimulatedActor[] _ranges;
    private readonly Worker[] _workers;
    private readonly List<Worker> _held = [];
    private long _version;

    /// <summary>Places coordinator, ranges, replay shards (one for every eight workers) and workers.</summary>
    public SimulatedServer(SimulatedCluster cluster)
    {
        _cluster = cluster;
        _coordinator = cluster.StartNode();
        _ranges = [.. Enumerable.Range(0, cluster.Scenario.Ranges).Select(_ => cluster.StartNode())];
        int workers = cluster.Scenario.Workers;
        SimulatedActor[] shards = [.. Enumerable.Range(0, (workers + WorkersPerShard - 1) / WorkersPerShard).Select(_ => cluster.StartNode())];
        _workers = [.. Enumerable.Range(0, workers).Select(index => new Worker(cluster, _coordinator, shards[index / WorkersPerShard]))];
    }

    /// <inheritdoc />
    public long Updates => _version;

    /// <inheritdoc />
    public double Rows => (double)Applied * _cluster.Costs.BatchRows;

    /// <inheritdoc />
    public long Discarded { get; private set; }

    /// <inheritdoc />
    public long Applied { get; private set; }

    /// <inheritdoc />
    public long Staleness { get; private set; }

    private bool IsSynchronous => _cluster.Scenario.Mode == ScaleMode.Synchronous;

    private double RangeParameters => (double)_cluster.Costs.Parameters / _ranges.Length;

    /// <inheritdoc />
    public void Start()
    {
        foreach (Worker worker in _workers)
        {
            Compute(worker);
        }
    }

    private void Compute(Worker worker) => worker.Sampling.Take(() =>
    {
        CompressionCosts form = _cluster.Scenario.Compression(_cluster.Costs);
        double encode = _cluster.Costs.Parameters * form.EncodeParameterSeconds;
        worker.Actor.Run(worker.Sampling.OwnSeconds + _cluster.GradientSeconds(_cluster.Costs.BatchRows) + encode, () => Push(worker, form));
    });

    private void Push(Worker worker, CompressionCosts form)
    {
        int left = _ranges.Length + 1;
        _cluster.Routes.Send(worker.Actor, _coordinator, Held);
        foreach (SimulatedActor range in _ranges)
        {
            _cluster.Routes.SendWhole(worker.Actor, range, RangeParameters * form.BytesPerParameter, () => _cluster.Network.Send(range, _coordinator, Held));
        }

        void Held()
        {
            if (--left == 0)
            {
                Decide(worker, form);
            }
        }
    }

    private void Decide(Worker worker, CompressionCosts form)
    {
        long staleness = _version - worker.Version;
        if (staleness > (IsSynchronous ? 0 : _cluster.Scenario.MaxStaleness))
        {
            Discarded++;
            Answer([worker], rangeSeconds: 0, isUpdate: false);
            return;
        }

        Staleness += staleness;
        _held.Add(worker);
        if (_held.Count < (IsSynchronous ? _cluster.Scenario.Awaited : 1))
        {
            return;
        }

        Worker[] all = [.. _held];
        _held.Clear();
        _version++;
        Applied += all.Length;
        Answer(all, RangeParameters * ((all.Length * form.DecodeParameterSeconds) + _cluster.Costs.RangeParameterSeconds), isUpdate: true);
    }

    /// <summary>Lets every range do its part, and answer the workers with the parameters as they are then.</summary>
    private void Answer(Worker[] workers, double rangeSeconds, bool isUpdate)
    {
        long version = _version;
        long target = version - (version % _cluster.Scenario.TargetPeriod);
        int[] left = [.. workers.Select(_ => _ranges.Length)];
        foreach (SimulatedActor range in _ranges)
        {
            _cluster.Routes.Send(_coordinator, range, () => range.Run(rangeSeconds, () =>
            {
                if (isUpdate)
                {
                    _cluster.Network.Send(range, _coordinator, () => { });
                }

                for (int i = 0; i < workers.Length; i++)
                {
                    int index = i;
                    Worker worker = workers[i];
                    double vectors = worker.TargetVersion < target ? 2 : 1;
                    _cluster.Network.SendWhole(range, worker.Actor, vectors * sizeof(float) * RangeParameters, () =>
                    {
                        if (--left[index] == 0)
                        {
                            worker.Version = version;
                            worker.TargetVersion = target;
                            Compute(worker);
                        }
                    });
                }
            }));
        }
    }

    /// <summary>A worker, with a process of its own where processes are not one.</summary>
    private sealed class Worker
    {
        public Worker(SimulatedCluster cluster, SimulatedActor coordinator, SimulatedActor shard)
        {
            Actor = cluster.StartNode();
            Sampling = new SimulatedSampling(cluster, Actor, shard, coordinator, cluster.Costs.BatchRows);
        }

        public SimulatedActor Actor { get; }

        public SimulatedSampling Sampling { get; }

        public long Version { get; set; }

        public long TargetVersion { get; set; }
    }
}
