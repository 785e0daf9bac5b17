namespace DqnAkka.Bench;

/// <summary>Predicts how fast a way to learn is, from measured costs, event by event. The same inputs give the same prediction.</summary>
internal static class ScaleSimulator
{
    // Work that is simulated: members times updates, within bounds.
    private const int Gradients = 4_000;
    private const int LeastUpdates = 5;
    private const int MostUpdates = 500;

    /// <summary>Predicts.</summary>
    /// <param name="costs">What was measured.</param>
    /// <param name="scenario">What is to be predicted.</param>
    /// <exception cref="ArgumentException">The scenario cannot be: more replicas than the batch has rows, or a server that waits for more gradients than there are workers.</exception>
    public static ScalePrediction Predict(ScaleCosts costs, ScaleScenario scenario)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scenario.Workers, 1);
        SimulatedCluster cluster = new(costs, scenario);
        ISimulatedLearning learning = Place(cluster);
        learning.Start();
        int measured = Math.Clamp(Gradients / UpdateGradients(scenario), LeastUpdates, MostUpdates);
        // An asynchronous server's workers begin all at once; it takes some gradients of each until they are spread.
        long warmUp = Math.Max(measured / 4, scenario.Mode == ScaleMode.Asynchronous ? 4L * Math.Min(scenario.Workers, scenario.MaxStaleness + 1) : LeastUpdates);
        cluster.Events.RunUntil(() => learning.Updates >= warmUp);
        Reading begin = Reading.Of(cluster, learning);
        cluster.Events.RunUntil(() => learning.Updates >= warmUp + measured);
        return begin.Until(cluster, learning);
    }

    private static int UpdateGradients(ScaleScenario scenario) => scenario.Mode == ScaleMode.Asynchronous ? 1 : scenario.Workers;

    private static ISimulatedLearning Place(SimulatedCluster cluster)
    {
        ScaleScenario scenario = cluster.Scenario;
        switch (scenario.Mode)
        {
            case ScaleMode.Single when scenario.Workers > 1:
                throw new ArgumentException($"a single learner is one, not {scenario.Workers}");
            case ScaleMode.Devices or ScaleMode.Replicas when scenario.Workers > cluster.Costs.BatchRows:
                throw new ArgumentException($"a batch of {cluster.Costs.BatchRows} rows cannot be shared by {scenario.Workers} replicas");
            case ScaleMode.Synchronous when scenario.Awaited > scenario.Workers:
                throw new ArgumentException($"{scenario.Workers} workers never make {scenario.Awaited} gradients of one version");
            case ScaleMode.Asynchronous or ScaleMode.Synchronous:
                return new SimulatedServer(cluster);
            default:
                return new SimulatedReplicas(cluster);
        }
    }

    /// <summary>What has been counted up to a moment.</summary>
    private sealed record Reading(double Time, long Updates, double Rows, long Discarded, long Applied, long Staleness, double[] Sent, double[] Received, double[] Busy)
    {
        public static Reading Of(SimulatedCluster cluster, ISimulatedLearning learning) => new(
            cluster.Events.Now,
            learning.Updates,
            learning.Rows,
            learning.Discarded,
            learning.Applied,
            learning.Staleness,
            [.. cluster.Nodes.Select(node => node.BytesSent)],
            [.. cluster.Nodes.Select(node => node.BytesReceived)],
            [.. cluster.Machines.Select(machine => machine.BusySeconds)]);

        public ScalePrediction Until(SimulatedCluster cluster, ISimulatedLearning learning)
        {
            Reading end = Of(cluster, learning);
            double seconds = end.Time - Time;
            double[] sent = [.. end.Sent.Zip(Sent, (after, before) => (after - before) / seconds)];
            double[] received = [.. end.Received.Zip(Received, (after, before) => (after - before) / seconds)];
            long applied = end.Applied - Applied;
            long discarded = end.Discarded - Discarded;
            return new ScalePrediction(
                (end.Updates - Updates) / seconds,
                (end.Rows - Rows) / seconds,
                sent.Sum(),
                Math.Max(sent.Max(), received.Max()),
                (double)discarded / Math.Max(1, applied + discarded),
                (double)(end.Staleness - Staleness) / Math.Max(1, applied),
                end.Busy.Zip(Busy, (after, before) => (after - before) / seconds).Max());
        }
    }
}
