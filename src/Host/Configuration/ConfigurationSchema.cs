using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Every key of <c>dqn { }</c> with its type and range, in the order of <c>hocon/reference.conf</c>, which holds defaults and meanings.</summary>
internal static class ConfigurationSchema
{
    /// <summary>The group whose keys are free: the arguments of the environment's constructor.</summary>
    public const string ArgumentsGroup = "environment.kwargs";

    private const double Unbounded = double.PositiveInfinity;

    /// <summary>The keys.</summary>
    public static IReadOnlyList<Setting> Settings { get; } =
    [
        new TextSetting("environment.id", "an id that the envs command lists, or that Gymnasium registers"),
        new TextSetting("environment.type", "\"Namespace.Type, Assembly\", gymnasium, or empty"),
        new TextListSetting("environment.path", "a list of folders"),
        new IntegerSetting("environment.max-episode-steps", 0, int.MaxValue),
        new TextListSetting("environment.wrappers", "a list of calls such as \"FrameStackObservation(stack_size=4)\""),
        new TextSetting("environment.python", "a program", @"\S"),
        new NumberSetting("environment.start-timeout-seconds", 0.1, 86_400),
        new NumberSetting("environment.step-timeout-seconds", 0.1, 86_400),
        new IntegerSetting("environment.max-restarts", 0, int.MaxValue),

        new ChoiceSetting(
            "network.kind",
            [
                ("auto", NetworkKind.Auto), ("mlp", NetworkKind.Mlp), ("minatar", NetworkKind.MinAtar), ("nature", NetworkKind.Nature),
                ("impala", NetworkKind.Impala), ("custom", NetworkKind.Custom),
            ]),
        new TextSetting("network.type", "\"Namespace.Type, Assembly\", or empty"),
        new TextListSetting("network.path", "a list of folders"),
        new IntegerListSetting("network.hidden", 1, 65_536),
        new ChoiceSetting("network.activation", [("relu", Activation.Relu), ("tanh", Activation.Tanh)]),
        new BooleanSetting("network.layer-norm"),
        new BooleanSetting("network.dueling"),

        new ChoiceSetting("learner.algorithm", [("dqn", Algorithm.Dqn), ("double-dqn", Algorithm.DoubleDqn)]),
        new ChoiceSetting("learner.loss", [("squared-error", LossKind.SquaredError), ("huber", LossKind.Huber)]),
        new NumberSetting("learner.huber-threshold", 0, Unbounded) { AboveMinimum = true },
        new IntegerSetting("learner.batch-size", 1, int.MaxValue),
        new NumberSetting("learner.gamma", 0, 1),
        new IntegerSetting("learner.n-step", 1, 1_000),
        new ChoiceSetting("learner.optimizer", [("adam", OptimizerKind.Adam), ("rmsprop", OptimizerKind.RmsProp), ("adagrad", OptimizerKind.AdaGrad)]),
        new NumberSetting("learner.learning-rate", 0, Unbounded) { AboveMinimum = true },
        new NumberSetting("learner.learning-rate-final", 0, Unbounded) { OrNone = true },
        new IntegerSetting("learner.learning-rate-decay-updates", 0, long.MaxValue),
        new NumberSetting("learner.adam-beta1", 0, 0.999999),
        new NumberSetting("learner.adam-beta2", 0, 0.999999),
        new NumberSetting("learner.adam-epsilon", 0, Unbounded) { AboveMinimum = true },
        new NumberSetting("learner.rmsprop-decay", 0, 0.999999),
        new NumberSetting("learner.rmsprop-epsilon", 0, Unbounded) { AboveMinimum = true },
        new BooleanSetting("learner.rmsprop-centered"),
        new NumberSetting("learner.adagrad-epsilon", 0, Unbounded) { AboveMinimum = true },
        new NumberSetting("learner.max-gradient-norm", 0, Unbounded),
        new NumberSetting("learner.polyak-tau", 0, 1),
        new TextSetting("learner.device", "auto, cpu, cuda or \"cuda:N\"", "^(auto|cpu|cuda|cuda:[0-9]{1,3})$"),
        new BooleanSetting("learner.tf32"),
        new BooleanSetting("learner.bfloat16"),
        new IntegerSetting("learner.torch-threads", 1, 1_024),
        new ChoiceSetting("learner.backend", [("auto", ComputeBackend.Auto), ("torch", ComputeBackend.Torch), ("simd", ComputeBackend.Simd)]),
        new IntegerSetting("learner.prefetch", 1, 64),
        new IntegerSetting("learner.batches-per-request", 1, 1_024),
        new IntegerSetting("learner.max-restarts", 0, int.MaxValue),
        new IntegerSetting("learner.max-skipped-updates", 1, int.MaxValue),
        new ChoiceSetting(
            "learner.mode",
            [("single", LearnerMode.Single), ("data-parallel", LearnerMode.DataParallel), ("parameter-server", LearnerMode.ParameterServer)]),
        new TextListSetting("learner.devices", "a list of cpu, cuda or \"cuda:N\"", "^(cpu|cuda|cuda:[0-9]{1,3})$"),
        new IntegerSetting("learner.replicas", 1, 1_024),
        new IntegerSetting("learner.checksum-period", 0, int.MaxValue),
        new NumberSetting("learner.replica-timeout-seconds", 0.1, 3_600),

        new IntegerSetting("parameter-server.shards", 1, 1_024),
        new BooleanSetting("parameter-server.synchronous"),
        new IntegerSetting("parameter-server.gradients-per-update", 1, 1_024),
        new IntegerSetting("parameter-server.max-staleness", 0, int.MaxValue),
        new ChoiceSetting("parameter-server.stale-gradients", [("discard", StaleGradients.Discard), ("scale", StaleGradients.Scale)]),
        new NumberSetting("parameter-server.outlier-deviations", 0, Unbounded),
        new ChoiceSetting(
            "parameter-server.compression",
            [("none", GradientCompression.None), ("bfloat16", GradientCompression.BFloat16), ("top-k", GradientCompression.TopK)]),
        new NumberSetting("parameter-server.top-k-share", 0, 1) { AboveMinimum = true },
        new NumberSetting("parameter-server.timeout-seconds", 1, 3_600),

        new IntegerSetting("gradient.workers", 1, 256),
        new NumberSetting("gradient.delay-milliseconds", 0, 3_600_000),
        new IntegerSetting("gradient.max-restarts", 0, int.MaxValue),

        new IntegerSetting("replay.capacity", 1, int.MaxValue),
        new IntegerSetting("replay.shards", 1, 1_024),
        new ChoiceSetting(
            "replay.durable",
            [("auto", ReplayDurability.Auto), ("true", ReplayDurability.On), ("false", ReplayDurability.Off)]),
        new SizeSetting("replay.memory-limit"),
        new ChoiceSetting("replay.removal", [("fifo", RemovalKind.Fifo), ("lowest-priority", RemovalKind.LowestPriority)]),
        new BooleanSetting("replay.prioritized"),
        new NumberSetting("replay.alpha", 0, 10),
        new NumberSetting("replay.beta", 0, 1),
        new NumberSetting("replay.beta-final", 0, 1),
        new IntegerSetting("replay.beta-updates", 0, long.MaxValue),
        new NumberSetting("replay.priority-epsilon", 0, Unbounded) { AboveMinimum = true },
        new IntegerSetting("replay.min-size", 1, int.MaxValue),
        new NumberSetting("replay.samples-per-insert", 0, Unbounded),
        new NumberSetting("replay.samples-per-insert-tolerance", 2, Unbounded),

        new IntegerSetting("runner.count", 1, 4_096),
        new IntegerSetting("runner.environments", 1, 65_536),
        new IntegerSetting("runner.fragment", 1, 65_536),
        new IntegerSetting("runner.max-in-flight", 1, 64),
        new IntegerSetting("runner.max-restarts", 0, int.MaxValue),
        new IntegerSetting("runner.threads", 0, 1_024),
        new ChoiceSetting("runner.backend", [("auto", ComputeBackend.Auto), ("torch", ComputeBackend.Torch), ("simd", ComputeBackend.Simd)]),
        new IntegerSetting("runner.torch-threads", 1, 1_024),

        new ChoiceSetting(
            "exploration.kind",
            [("auto", ExplorationKind.Auto), ("anneal", ExplorationKind.Anneal), ("ladder", ExplorationKind.Ladder)]),
        new NumberSetting("exploration.epsilon-initial", 0, 1),
        new NumberSetting("exploration.epsilon-final", 0, 1),
        new IntegerSetting("exploration.epsilon-decay-steps", 0, long.MaxValue),
        new NumberSetting("exploration.ladder-base", 0, 1) { AboveMinimum = true },
        new NumberSetting("exploration.ladder-exponent", 0, Unbounded),

        new IntegerSetting("snapshot.target-period", 1, int.MaxValue),
        new IntegerSetting("snapshot.period", 0, int.MaxValue),
        new NumberSetting("snapshot.manifest-seconds", 0.1, 3_600),
        new IntegerSetting("snapshot.chunk-bytes", 1_024, 60_000),
        new IntegerSetting("snapshot.chunk-window", 1, 128),

        new IntegerSetting("evaluation.episodes", 1, 100_000),
        new IntegerSetting("evaluation.period", 1, long.MaxValue),

        new IntegerSetting("checkpoint.period", 1, long.MaxValue),
        new IntegerSetting("checkpoint.keep", 1, int.MaxValue),

        new IntegerSetting("stop.steps", 0, long.MaxValue),
        new NumberSetting("stop.score", double.NegativeInfinity, Unbounded) { OrNone = true },
        new NumberSetting("stop.minutes", 0, 1_000_000),

        new TextSetting("run.directory", "a folder (for train a new or empty one), or empty"),
        new TextSetting("run.name", "letters, digits, '-', '_' and '.', or empty", "^[A-Za-z0-9._-]*$"),
        new IntegerSetting("run.seed", 0, ulong.MaxValue),
        new BooleanSetting("run.deterministic"),
        new NumberSetting("run.restart-window-minutes", 0, Unbounded) { AboveMinimum = true },

        new TextSetting("remote.hostname", "a host name or an address", @"^\S+$"),
        new TextSetting("remote.public-hostname", "a host name or an address, or empty", @"^\S*$"),
        new IntegerSetting("remote.port", 0, 65_535),
        new AddressListSetting("remote.seed-nodes"),
        new BooleanSetting("remote.allow-insecure"),
        new TextSetting("remote.tls.certificate", "a PEM file, or empty"),
        new TextSetting("remote.tls.private-key", "a PEM file, or empty"),
        new TextSetting("remote.tls.authority", "a PEM file, or empty"),

        new IntegerSetting("health.port", 0, 65_535),
    ];

    /// <summary>The setting of a key without the leading <c>dqn.</c>, or null.</summary>
    public static Setting? Find(string key) => ByKey.GetValueOrDefault(key);

    private static readonly Dictionary<string, Setting> ByKey = Settings.ToDictionary(setting => setting.Key);
}
