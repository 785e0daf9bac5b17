using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What the keys of learning with many learners demand of each other.</summary>
internal static class DistributedChecks
{
    private static readonly ParameterServerOptions Defaults = new();

    /// <summary>The checks, each with the keys that it reads.</summary>
    public static IReadOnlyList<(string[] Keys, Func<ConfigurationValues, string?> Check)> All { get; } =
    [
        (["learner.mode", "learner.devices"], DevicesHaveTheirMode),
        (["learner.mode", "learner.replicas"], ReplicasHaveTheirMode),
        (["learner.mode", "learner.devices", "learner.replicas", "learner.batch-size"], EveryReplicaHasARow),
        (["learner.mode", "run.deterministic"], DeterminismHasOneProcess),
        (["parameter-server.synchronous", "parameter-server.gradients-per-update"], SeveralGradientsAreAwaited),
        (["parameter-server.synchronous", "parameter-server.stale-gradients"], LateGradientsAreNotScaled),
        (["parameter-server.compression", "parameter-server.top-k-share"], ShareHasItsCompression),
        (["learner.mode", "gradient.delay-milliseconds", "parameter-server.timeout-seconds"], DelayEndsBeforeTheDeadline),
    ];

    private static string? DevicesHaveTheirMode(ConfigurationValues values) =>
        Devices(values).Count == 0 || Mode(values) == LearnerMode.DataParallel
            ? null
            : $"{values.Describe("learner.devices")} has no part in {values.Describe("learner.mode")}: leave it out (dqn.learner.device is the one device), or give dqn.learner.mode = data-parallel";

    private static string? ReplicasHaveTheirMode(ConfigurationValues values) =>
        values.Integer("learner.replicas") == 1 || Mode(values) == LearnerMode.DataParallel
            ? null
            : $"{values.Describe("learner.replicas")} has no part in {values.Describe("learner.mode")}: leave it out, or give dqn.learner.mode = data-parallel";

    private static string? EveryReplicaHasARow(ConfigurationValues values)
    {
        int devices = Math.Max(1, Devices(values).Count);
        int replicas = values.Integer("learner.replicas");
        if (Mode(values) != LearnerMode.DataParallel || (long)devices * replicas <= values.Integer("learner.batch-size"))
        {
            return null;
        }

        string members = (devices > 1, replicas > 1) switch
        {
            (true, true) => $"{values.Describe("learner.replicas")} times the {devices} devices of {values.Describe("learner.devices")} are more replicas",
            (true, false) => $"{values.Describe("learner.devices")} are {devices} replicas, more",
            _ => $"{values.Describe("learner.replicas")} is more",
        };
        return $"{members} than {values.Describe("learner.batch-size")} has rows for: give fewer replicas or a larger batch";
    }

    private static string? DeterminismHasOneProcess(ConfigurationValues values) =>
        !values.Flag("run.deterministic") || Mode(values) != LearnerMode.ParameterServer
            ? null
            : $"{values.Describe("run.deterministic")} has everything in one order, but with {values.Describe("learner.mode")} gradients come in any: give dqn.run.deterministic = false, or another mode";

    private static string? SeveralGradientsAreAwaited(ConfigurationValues values) =>
        values.Integer("parameter-server.gradients-per-update") == 1 || values.Flag("parameter-server.synchronous")
            ? null
            : $"{values.Describe("parameter-server.gradients-per-update")} needs updates that wait for them, but {values.Describe("parameter-server.synchronous")}: give dqn.parameter-server.synchronous = true, or 1 gradient";

    private static string? LateGradientsAreNotScaled(ConfigurationValues values) =>
        values.Get<StaleGradients>("parameter-server.stale-gradients") == StaleGradients.Discard || !values.Flag("parameter-server.synchronous")
            ? null
            : $"{values.Describe("parameter-server.stale-gradients")} has no part in {values.Describe("parameter-server.synchronous")}, which averages gradients of the newest version only: give dqn.parameter-server.stale-gradients = discard, or asynchronous updates";

    private static string? ShareHasItsCompression(ConfigurationValues values) =>
        values.Number("parameter-server.top-k-share").Equals(Defaults.TopKShare)
        || values.Get<GradientCompression>("parameter-server.compression") == GradientCompression.TopK
            ? null
            : $"{values.Describe("parameter-server.top-k-share")} has no part in {values.Describe("parameter-server.compression")}: leave it out, or give dqn.parameter-server.compression = top-k";

    private static string? DelayEndsBeforeTheDeadline(ConfigurationValues values) =>
        Mode(values) != LearnerMode.ParameterServer
        || values.Number("gradient.delay-milliseconds") < 1_000 * values.Number("parameter-server.timeout-seconds")
            ? null
            : $"{values.Describe("gradient.delay-milliseconds")} is no shorter than {values.Describe("parameter-server.timeout-seconds")}, so the server would give every worker up: lower the delay or raise the deadline";

    private static LearnerMode Mode(ConfigurationValues values) => values.Get<LearnerMode>("learner.mode");

    private static IReadOnlyList<string> Devices(ConfigurationValues values) => values.Get<IReadOnlyList<string>>("learner.devices");
}
