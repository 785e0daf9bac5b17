using DqnAkka.Process.Tests;

namespace DqnAkka.Bench;

/// <summary>What the real system does in a scenario, on this machine.</summary>
internal static class MeasuredScale
{
    private const string AllRoles = "seed,learner,replay,runner";
    private const string ServerRoles = "parameter-server";
    private const string WorkerRole = "gradient";
    // A process compiles what it runs often while it runs, for some seconds of one of the cores that all share.
    private static readonly TimeSpan SettlingOfProcess = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    /// <summary>Updates a second.</summary>
    /// <param name="scenario">In one process or in several on this machine.</param>
    public static double UpdatesPerSecond(ScaleScenario scenario)
    {
        using LearningCluster cluster = Start(scenario);
        cluster.WaitForMembers(Members(scenario));
        Thread.Sleep(SettlingOfProcess * cluster.Addresses.Count);
        return cluster.UpdatesPerSecond(Time);
    }

    /// <summary>Members that the learner is to speak of: devices of its own process are none.</summary>
    public static int Members(ScaleScenario scenario) => scenario.Mode is ScaleMode.Single or ScaleMode.Devices ? 1 : scenario.Workers;

    /// <summary>Starts the nodes of a scenario: each batch is used so often that playing costs little beside learning.</summary>
    public static LearningCluster Start(ScaleScenario scenario)
    {
        string[] common =
        [
            .. ClusterTraining.Endless,
            .. ScaleCostMeasurement.Settings,
            .. LearningCluster.Set("replay.samples-per-insert", 2048),
            .. LearningCluster.Set("replay.shards", 1),
            .. LearningCluster.Set("learner.batches-per-request", scenario.BatchesPerRound),
            .. LearningCluster.Set("snapshot.target-period", scenario.TargetPeriod),
            .. LearningCluster.Set("evaluation.period", 100_000_000),
            .. Mode(scenario),
        ];
        bool isOne = scenario.Placement == ScalePlacement.OneProcess;
        int more = isOne ? 0 : scenario.Workers;
        return scenario.Mode switch
        {
            ScaleMode.Replicas => new LearningCluster(common, AllRoles, [.. Enumerable.Repeat<string[]>(["learner"], more - 1)]),
            ScaleMode.Asynchronous or ScaleMode.Synchronous when isOne => new LearningCluster(common, $"{AllRoles},{ServerRoles},{WorkerRole}"),
            ScaleMode.Asynchronous or ScaleMode.Synchronous => new LearningCluster(
                common,
                AllRoles,
                [.. Enumerable.Repeat<string[]>([ServerRoles], scenario.Ranges), .. Enumerable.Repeat<string[]>([WorkerRole], more)]),
            _ => new LearningCluster(common, AllRoles),
        };
    }

    private static string[] Mode(ScaleScenario scenario) => scenario.Mode switch
    {
        ScaleMode.Single => [],
        ScaleMode.Devices =>
        [
            .. LearningCluster.Set("learner.mode", "data-parallel"),
            .. LearningCluster.Set("learner.devices", $"[{string.Join(',', Enumerable.Repeat("cpu", scenario.Workers))}]"),
        ],
        ScaleMode.Replicas =>
        [
            .. LearningCluster.Set("learner.mode", "data-parallel"),
            .. LearningCluster.Set("learner.replicas", scenario.Workers),
        ],
        _ =>
        [
            .. LearningCluster.Set("learner.mode", "parameter-server"),
            .. LearningCluster.Set("parameter-server.shards", scenario.Ranges),
            .. LearningCluster.Set("parameter-server.max-staleness", scenario.MaxStaleness),
            .. LearningCluster.Set("gradient.workers", scenario.Placement == ScalePlacement.OneProcess ? scenario.Workers : 1),
            .. scenario.Mode == ScaleMode.Synchronous
                ? [.. LearningCluster.Set("parameter-server.synchronous", "true"), .. LearningCluster.Set("parameter-server.gradients-per-update", scenario.Awaited)]
                : Array.Empty<string>(),
        ],
    };
}
