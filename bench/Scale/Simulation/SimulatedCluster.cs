namespace DqnAkka.Bench;

/// <summary>The processes of a scenario, their network and their clock.</summary>
internal sealed class SimulatedCluster
{
    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<SimulatedMachine> _machines = [];
    private readonly Random _random;

    /// <summary>Prepares a cluster without nodes.</summary>
    /// <param name="costs">What was measured.</param>
    /// <param name="scenario">What is to be predicted.</param>
    public SimulatedCluster(ScaleCosts costs, ScaleScenario scenario)
    {
        Costs = costs;
        Scenario = scenario;
        Network = new SimulatedNetwork(Events, costs.Transport, scenario.LinkSeconds, scenario.LinkBytesPerSecond);
        Routes = new SimulatedRoutes(this);
        _random = new Random(scenario.Seed);
    }

    /// <summary>What was measured.</summary>
    public ScaleCosts Costs { get; }

    /// <summary>What is to be predicted.</summary>
    public ScaleScenario Scenario { get; }

    /// <summary>The clock.</summary>
    public EventQueue Events { get; } = new();

    /// <summary>What messages travel through.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>The way of messages to entities and singletons.</summary>
    public SimulatedRoutes Routes { get; }

    /// <summary>The processes.</summary>
    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>The machines.</summary>
    public IReadOnlyList<SimulatedMachine> Machines => _machines;

    /// <summary>Bytes of a whole parameter vector.</summary>
    public double VectorBytes => sizeof(float) * (double)Costs.Parameters;

    /// <summary>Starts a process where the scenario has it, with an actor in it.</summary>
    public SimulatedActor StartNode()
    {
        if (_nodes.Count == 0 || Scenario.Placement == ScalePlacement.MachineEach)
        {
            _machines.Add(new SimulatedMachine(Events, Scenario.Cores));
        }

        if (_nodes.Count == 0 || Scenario.Placement != ScalePlacement.OneProcess)
        {
            _nodes.Add(new SimulatedNode(_machines[^1]));
        }

        return new SimulatedActor(_nodes[^1]);
    }

    /// <summary>The time that a gradient takes this time: about its mean, with the deviation that was measured, and at least half of it.</summary>
    /// <param name="rows">Its rows.</param>
    public double GradientSeconds(double rows)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        return Costs.Gradient(rows) * Math.Max(0.5, 1 + (Costs.GradientDeviation * normal));
    }
}
