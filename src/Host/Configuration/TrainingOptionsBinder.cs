using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Makes the typed options out of the keys' values.</summary>
internal static class TrainingOptionsBinder
{
    // Longer than any run, and shorter than what a TimeSpan holds.
    private const double LongestWindowMinutes = 1e9;

    /// <summary>Makes the options; every key must have been read.</summary>
    public static TrainingOptions Bind(ConfigurationValues values) => new()
    {
        Environment = new EnvironmentSpecification
        {
            Id = values.Text("environment.id"),
            Type = values.Text("environment.type"),
            SearchPaths = values.Get<IReadOnlyList<string>>("environment.path"),
            Arguments = values.Arguments,
            Wrappers = values.Get<IReadOnlyList<string>>("environment.wrappers"),
            MaxEpisodeSteps = values.Integer("environment.max-episode-steps"),
            Python = values.Text("environment.python"),
            StartTimeout = TimeSpan.FromSeconds(values.Number("environment.start-timeout-seconds")),
            StepTimeout = TimeSpan.FromSeconds(values.Number("environment.step-timeout-seconds")),
            MaxRestarts = values.Integer("environment.max-restarts"),
            RestartWindow = TimeSpan.FromMinutes(Math.Min(values.Number("run.restart-window-minutes"), LongestWindowMinutes)),
        },
        Network = new NetworkOptions
        {
            Kind = values.Get<NetworkKind>("network.kind"),
            Type = values.Text("network.type"),
            SearchPaths = values.Get<IReadOnlyList<string>>("network.path"),
            Hidden = values.Get<IReadOnlyList<int>>("network.hidden"),
            Activation = values.Get<Activation>("network.activation"),
            LayerNorm = values.Flag("network.layer-norm"),
            Dueling = values.Flag("network.dueling"),
        },
        Learner = BindLearner(values),
        ParameterServer = BindParameterServer(values),
        Gradient = new GradientOptions
        {
            Workers = values.Integer("gradient.workers"),
            DelayMilliseconds = values.Number("gradient.delay-milliseconds"),
            MaxRestarts = values.Integer("gradient.max-restarts"),
        },
        Replay = BindReplay(values),
        Runner = new RunnerOptions
        {
            Count = values.Integer("runner.count"),
            Environments = values.Integer("runner.environments"),
            Fragment = values.Integer("runner.fragment"),
            MaxInFlight = values.Integer("runner.max-in-flight"),
            MaxRestarts = values.Integer("runner.max-restarts"),
            Threads = values.Integer("runner.threads"),
            Backend = values.Get<ComputeBackend>("runner.backend"),
            TorchThreads = values.Integer("runner.torch-threads"),
        },
        Exploration = new ExplorationOptions
        {
            Kind = values.Get<ExplorationKind>("exploration.kind"),
            EpsilonInitial = values.Number("exploration.epsilon-initial"),
            EpsilonFinal = values.Number("exploration.epsilon-final"),
            EpsilonDecaySteps = values.Long("exploration.epsilon-decay-steps"),
            LadderBase = values.Number("exploration.ladder-base"),
            LadderExponent = values.Number("exploration.ladder-exponent"),
        },
        Snapshot = new SnapshotOptions
        {
            TargetPeriod = values.Integer("snapshot.target-period"),
            Period = values.Integer("snapshot.period"),
            ManifestSeconds = values.Number("snapshot.manifest-seconds"),
            ChunkBytes = values.Integer("snapshot.chunk-bytes"),
            ChunkWindow = values.Integer("snapshot.chunk-window"),
        },
        Evaluation = new EvaluationOptions { Episodes = values.Integer("evaluation.episodes"), Period = values.Long("evaluation.period") },
        Checkpoint = new CheckpointOptions { Period = values.Long("checkpoint.period"), Keep = values.Integer("checkpoint.keep") },
        Stop = new StopOptions
        {
            Steps = values.Long("stop.steps"),
            Score = values.Number("stop.score"),
            Minutes = values.Number("stop.minutes"),
        },
        Run = new RunOptions
        {
            Directory = values.Text("run.directory"),
            Seed = (ulong)values.Get<decimal>("run.seed"),
            Deterministic = values.Flag("run.deterministic"),
            RestartWindowMinutes = values.Number("run.restart-window-minutes"),
        },
    };

    private static LearnerOptions BindLearner(ConfigurationValues values) => new()
    {
        Algorithm = values.Get<Algorithm>("learner.algorithm"),
        Loss = values.Get<LossKind>("learner.loss"),
        HuberThreshold = values.Single("learner.huber-threshold"),
        BatchSize = values.Integer("learner.batch-size"),
        Gamma = values.Number("learner.gamma"),
        NStep = values.Integer("learner.n-step"),
        Optimizer = values.Get<OptimizerKind>("learner.optimizer"),
        LearningRate = values.Number("learner.learning-rate"),
        LearningRateFinal = values.Number(double.IsNaN(values.Number("learner.learning-rate-final")) ? "learner.learning-rate" : "learner.learning-rate-final"),
        LearningRateDecayUpdates = values.Long("learner.learning-rate-decay-updates"),
        AdamBeta1 = values.Single("learner.adam-beta1"),
        AdamBeta2 = values.Single("learner.adam-beta2"),
        AdamEpsilon = values.Single("learner.adam-epsilon"),
        RmsPropDecay = values.Single("learner.rmsprop-decay"),
        RmsPropEpsilon = values.Single("learner.rmsprop-epsilon"),
        RmsPropCentered = values.Flag("learner.rmsprop-centered"),
        AdaGradEpsilon = values.Single("learner.adagrad-epsilon"),
        MaxGradientNorm = values.Single("learner.max-gradient-norm"),
        PolyakTau = values.Single("learner.polyak-tau"),
        Device = values.Text("learner.device"),
        Tf32 = values.Flag("learner.tf32"),
        BFloat16 = values.Flag("learner.bfloat16"),
        TorchThreads = values.Integer("learner.torch-threads"),
        Backend = values.Get<ComputeBackend>("learner.backend"),
        Prefetch = values.Integer("learner.prefetch"),
        BatchesPerRequest = values.Integer("learner.batches-per-request"),
        MaxRestarts = values.Integer("learner.max-restarts"),
        MaxSkippedUpdates = values.Integer("learner.max-skipped-updates"),
        Mode = values.Get<LearnerMode>("learner.mode"),
        Devices = values.Get<IReadOnlyList<string>>("learner.devices"),
        Replicas = values.Integer("learner.replicas"),
        ChecksumPeriod = values.Integer("learner.checksum-period"),
        ReplicaTimeoutSeconds = values.Number("learner.replica-timeout-seconds"),
    };

    private static ParameterServerOptions BindParameterServer(ConfigurationValues values) => new()
    {
        Shards = values.Integer("parameter-server.shards"),
        Synchronous = values.Flag("parameter-server.synchronous"),
        GradientsPerUpdate = values.Integer("parameter-server.gradients-per-update"),
        MaxStaleness = values.Integer("parameter-server.max-staleness"),
        StaleGradients = values.Get<StaleGradients>("parameter-server.stale-gradients"),
        OutlierDeviations = values.Number("parameter-server.outlier-deviations"),
        Compression = values.Get<GradientCompression>("parameter-server.compression"),
        TopKShare = values.Number("parameter-server.top-k-share"),
        TimeoutSeconds = values.Number("parameter-server.timeout-seconds"),
    };

    private static ReplayOptions BindReplay(ConfigurationValues values) => new()
    {
        Capacity = values.Integer("replay.capacity"),
        Shards = values.Integer("replay.shards"),
        Durable = values.Get<ReplayDurability>("replay.durable"),
        MemoryLimit = values.Get<long>("replay.memory-limit"),
        Removal = values.Get<RemovalKind>("replay.removal"),
        Prioritized = values.Flag("replay.prioritized"),
        Alpha = values.Number("replay.alpha"),
        Beta = values.Number("replay.beta"),
        BetaFinal = values.Number("replay.beta-final"),
        BetaUpdates = values.Long("replay.beta-updates"),
        PriorityEpsilon = values.Number("replay.priority-epsilon"),
        MinSize = values.Integer("replay.min-size"),
        SamplesPerInsert = values.Number("replay.samples-per-insert"),
        SamplesPerInsertTolerance = values.Number("replay.samples-per-insert-tolerance"),
    };
}
