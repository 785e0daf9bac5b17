namespace DqnAkka.Host;

/// <summary>What keys demand of each other. A check is left out where one of its keys could not be read.</summary>
internal static class CrossChecks
{
    /// <summary>One line for each demand that is not met.</summary>
    public static IEnumerable<string> Problems(ConfigurationValues values)
    {
        (string[] Keys, Func<ConfigurationValues, string?> Check)[] checks =
        [
            (["environment.id", "environment.type"], EnvironmentIsNamed),
            (["network.kind", "network.type"], NetworkTypeHasItsKind),
            (["learner.batch-size", "replay.capacity"], BatchFits),
            (["replay.min-size", "replay.capacity"], MinimumFits),
            (["stop.steps", "replay.min-size"], StepsReachTheMinimum),
            (["replay.shards", "replay.capacity"], EveryShardHoldsSomething),
            (["replay.removal", "replay.prioritized"], RemovalHasPriorities),
            (["runner.environments", "runner.fragment", "replay.shards", "replay.capacity"], FragmentFits),
            (["replay.samples-per-insert", "replay.samples-per-insert-tolerance", "learner.batch-size"], ToleranceTakesABatch),
            (["replay.samples-per-insert", "replay.samples-per-insert-tolerance", "runner.environments", "runner.fragment"], ToleranceTakesAFragment),
            (["learner.backend", "learner.device", "learner.devices"], BackendSuitsDevice),
            (["run.deterministic", "stop.minutes"], DeterminismHasNoClock),
            (["run.deterministic", "learner.device", "learner.devices"], DeterminismIsOnTheCpu),
            (["run.deterministic", "replay.durable"], DeterminismKeepsReplayInCheckpoints),
            (["remote.tls.certificate", "remote.tls.private-key", "remote.tls.authority"], TlsFilesAreComplete),
            (["remote.port", "health.port"], PortsDiffer),
            .. DistributedChecks.All,
        ];
        return checks
            .Where(check => check.Keys.All(values.Has))
            .Select(check => check.Check(values))
            .OfType<string>();
    }

    private static string? EnvironmentIsNamed(ConfigurationValues values) =>
        values.Text("environment.id").Length > 0 || values.Text("environment.type").Length > 0
            ? null
            : "dqn.environment.id and dqn.environment.type are both empty: name an environment (the envs command lists them)";

    private static string? NetworkTypeHasItsKind(ConfigurationValues values) =>
        (values.Get<Learner.NetworkKind>("network.kind"), values.Text("network.type").Length > 0) switch
        {
            (Learner.NetworkKind.Custom, false) => $"{values.Describe("network.kind")} but dqn.network.type is empty: name the type of your module, or give another kind",
            (Learner.NetworkKind.Auto or Learner.NetworkKind.Custom, _) or (_, false) => null,
            _ => $"{values.Describe("network.type")} has no part in {values.Describe("network.kind")}: leave the type out, or give dqn.network.kind = custom",
        };

    private static string? BatchFits(ConfigurationValues values) =>
        values.Integer("learner.batch-size") <= values.Integer("replay.capacity")
            ? null
            : $"{values.Describe("learner.batch-size")} exceeds {values.Describe("replay.capacity")}: lower the batch size or raise the capacity";

    private static string? MinimumFits(ConfigurationValues values) =>
        values.Integer("replay.min-size") <= values.Integer("replay.capacity")
            ? null
            : $"{values.Describe("replay.min-size")} exceeds {values.Describe("replay.capacity")}, so learning would never start: lower the minimum or raise the capacity";

    private static string? StepsReachTheMinimum(ConfigurationValues values) =>
        values.Long("stop.steps") == 0 || values.Long("stop.steps") > values.Integer("replay.min-size")
            ? null
            : $"{values.Describe("stop.steps")} does not exceed {values.Describe("replay.min-size")}, so learning would never start: raise the steps or lower the minimum";

    private static string? EveryShardHoldsSomething(ConfigurationValues values) =>
        values.Integer("replay.shards") <= values.Integer("replay.capacity")
            ? null
            : $"{values.Describe("replay.shards")} exceeds {values.Describe("replay.capacity")}: give fewer shards or raise the capacity";

    private static string? RemovalHasPriorities(ConfigurationValues values) =>
        values.Get<Learner.RemovalKind>("replay.removal") == Learner.RemovalKind.Fifo || values.Flag("replay.prioritized")
            ? null
            : $"{values.Describe("replay.removal")} needs priorities, but {values.Describe("replay.prioritized")}: give dqn.replay.removal = fifo or dqn.replay.prioritized = true";

    private static string? FragmentFits(ConfigurationValues values)
    {
        long fragment = Fragment(values);
        int shard = values.Integer("replay.capacity") / values.Integer("replay.shards");
        return fragment <= shard || shard == 0
            ? null
            : $"one fragment is {fragment} transitions ({values.Describe("runner.environments")} times {values.Describe("runner.fragment")}), more than the {shard} that a replay shard holds ({values.Describe("replay.capacity")}): lower dqn.runner.fragment or raise the capacity";
    }

    private static string? ToleranceTakesABatch(ConfigurationValues values)
    {
        double ratio = values.Number("replay.samples-per-insert");
        double needed = Math.Ceiling(values.Integer("learner.batch-size") / ratio);
        return ratio == 0 || values.Number("replay.samples-per-insert-tolerance") >= needed
            ? null
            : $"{values.Describe("replay.samples-per-insert-tolerance")} is less than one batch needs, so sampling would stall: give at least {needed:0} ({values.Describe("learner.batch-size")} over {values.Describe("replay.samples-per-insert")})";
    }

    private static string? ToleranceTakesAFragment(ConfigurationValues values)
    {
        long fragment = Fragment(values);
        return values.Number("replay.samples-per-insert") == 0 || values.Number("replay.samples-per-insert-tolerance") >= fragment
            ? null
            : $"{values.Describe("replay.samples-per-insert-tolerance")} is less than one fragment, so inserting would stall: give at least {fragment} ({values.Describe("runner.environments")} times {values.Describe("runner.fragment")})";
    }

    private static string? BackendSuitsDevice(ConfigurationValues values) =>
        values.Get<Learner.ComputeBackend>("learner.backend") != Learner.ComputeBackend.Simd || DeviceBesideTheCpu(values) is not { } key
            ? null
            : $"{values.Describe("learner.backend")} runs on the CPU only, but {values.Describe(key)}: give dqn.learner.backend = torch or dqn.{key} = {CpuOf(key)}";

    private static string? DeterminismHasNoClock(ConfigurationValues values) =>
        !values.Flag("run.deterministic") || values.Number("stop.minutes") == 0
            ? null
            : $"{values.Describe("run.deterministic")} cannot end by the clock, but {values.Describe("stop.minutes")}: give dqn.stop.minutes = 0 and limit the run with dqn.stop.steps";

    private static string? DeterminismIsOnTheCpu(ConfigurationValues values) =>
        !values.Flag("run.deterministic") || DeviceBesideTheCpu(values) is not { } key
            ? null
            : $"{values.Describe("run.deterministic")} computes on the CPU, since libtorch does not promise the same sums on a GPU twice, but {values.Describe(key)}: give dqn.{key} = {CpuOf(key)}";

    private static string? DeterminismKeepsReplayInCheckpoints(ConfigurationValues values) =>
        !values.Flag("run.deterministic") || values.Get<Learner.ReplayDurability>("replay.durable") != Learner.ReplayDurability.On
            ? null
            : $"{values.Describe("run.deterministic")} keeps the replay memory in its checkpoints, but {values.Describe("replay.durable")}: give dqn.replay.durable = auto";

    private static string? TlsFilesAreComplete(ConfigurationValues values)
    {
        string[] keys = ["remote.tls.certificate", "remote.tls.private-key", "remote.tls.authority"];
        string? missing = Array.Find(keys, key => values.Text(key).Length == 0);
        string? given = Array.Find(keys, key => values.Text(key).Length > 0);
        return missing is null || given is null
            ? null
            : $"{values.Describe(given)} but dqn.{missing} is empty: give all three files, or none of them";
    }

    private static string? PortsDiffer(ConfigurationValues values) =>
        values.Integer("health.port") == 0 || values.Integer("health.port") != values.Integer("remote.port")
            ? null
            : $"{values.Describe("health.port")} is also {values.Describe("remote.port")}: give two ports";

    /// <summary>The key that names a device beside the CPU; null where none does.</summary>
    private static string? DeviceBesideTheCpu(ConfigurationValues values) =>
        values.Text("learner.device") is not ("cpu" or "auto") ? "learner.device"
        : values.Get<IReadOnlyList<string>>("learner.devices").Any(device => device != "cpu") ? "learner.devices"
        : null;

    private static string CpuOf(string key) => key == "learner.devices" ? "[cpu, cpu]" : "cpu";

    private static long Fragment(ConfigurationValues values) => (long)values.Integer("runner.environments") * values.Integer("runner.fragment");
}
