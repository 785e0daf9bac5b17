namespace DqnAkka.Bench;

/// <summary>
/// A learner that scatters each batch over replicas of itself and takes one update with all of them: alone, on devices of its process, or on nodes that
/// reduce their gradients in a ring.
/// </summary>
internal sealed class SimulatedReplicas : ISimulatedLearning
{
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedSampling _sampling;
    private readonly SimulatedActor[] _members;
    private readonly double _rows;

    /// <summary>Places learner, replicas and a replay shard.</summary>
    public SimulatedReplicas(SimulatedCluster cluster)
    {
        _cluster = cluster;
        _rows = cluster.Costs.BatchRows;
        SimulatedActor learner = cluster.StartNode();
        _members = new SimulatedActor[cluster.Scenario.Workers];
        _members[0] = learner;
        for (int rank = 1; rank < _members.Length; rank++)
        {
            _members[rank] = cluster.Scenario.Mode == ScaleMode.Replicas ? cluster.StartNode() : new SimulatedActor(learner.Node);
        }

        _sampling = new SimulatedSampling(cluster, learner, cluster.StartNode(), coordinator: null, _rows);
    }

    /// <inheritdoc />
    public long Updates { get; private set; }

    /// <inheritdoc />
    public double Rows => Updates * _rows;

    /// <inheritdoc />
    public long Discarded => 0;

    /// <inheritdoc />
    public long Applied => Updates * _members.Length;

    /// <inheritdoc />
    public long Staleness => 0;

    private double ApplySeconds => _cluster.Costs.Parameters * _cluster.Costs.ApplyParameterSeconds;

    private double OwnRows => _rows / _members.Length;

    /// <inheritdoc />
    public void Start() => Step();

    private void Step() => _sampling.Take(() => _members[0].Run(_sampling.OwnSeconds, () =>
    {
        if (_members.Length == 1)
        {
            _members[0].Run(_cluster.GradientSeconds(_rows) + (_cluster.Costs.Parameters * _cluster.Costs.StepParameterSeconds), End);
        }
        else if (_cluster.Scenario.Mode == ScaleMode.Devices)
        {
            StepOnDevices();
        }
        else
        {
            StepOnNodes();
        }
    }));

    private void End()
    {
        Updates++;
        Step();
    }

    private void StepOnDevices()
    {
        // Every thread adds up a part of the vector, so that all together read each gradient once.
        double reduce = _cluster.VectorBytes * _cluster.Costs.AddByteSeconds;
        Everyone(_ => _cluster.GradientSeconds(OwnRows), () => Everyone(_ => reduce, () => Everyone(_ => ApplySeconds, End)));
    }

    /// <summary>Has each thread do something, and goes on when the last is done and the learner's is awake again.</summary>
    private void Everyone(Func<SimulatedActor, double> seconds, Action done)
    {
        int left = _members.Length;
        foreach (SimulatedActor member in _members)
        {
            _cluster.Events.After(member == _members[0] ? 0 : _cluster.Costs.Transport.LocalSeconds, () => member.Run(seconds(member), () =>
            {
                if (--left == 0)
                {
                    done();
                }
            }));
        }
    }

    private void StepOnNodes()
    {
        // The learner has the gradient when its part of the ring is through, and goes on when every replica has said so of its own.
        int left = _members.Length;
        SimulatedRing ring = new(_cluster, _members, OnReduced);
        for (int rank = 1; rank < _members.Length; rank++)
        {
            int member = rank;
            _cluster.Network.SendWhole(_members[0], _members[rank], OwnRows * _cluster.Costs.RowBytes, () =>
                _members[member].Run(ApplySeconds + _cluster.GradientSeconds(OwnRows), () => ring.Enter(member)));
        }

        _members[0].Run(_cluster.GradientSeconds(OwnRows), () => ring.Enter(0));

        void OnReduced(int rank)
        {
            if (rank == 0)
            {
                Count();
            }
            else
            {
                _cluster.Network.Send(_members[rank], _members[0], Count);
            }
        }

        void Count()
        {
            if (--left == 0)
            {
                _members[0].Run(ApplySeconds, End);
            }
        }
    }
}
