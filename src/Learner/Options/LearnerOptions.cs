namespace DqnAkka.Learner;

/// <summary>Which action the bootstrapped value is taken at.</summary>
public enum Algorithm
{
    /// <summary>max over the target network (Mnih et al. 2015).</summary>
    Dqn,

    /// <summary>The online network selects, the target network evaluates (van Hasselt et al. 2016).</summary>
    DoubleDqn,
}

/// <summary>The loss of one temporal-difference error.</summary>
public enum LossKind
{
    /// <summary>½δ².</summary>
    SquaredError,

    /// <summary>½δ² inside ±threshold, linear outside (the error clipping of Mnih et al. 2015).</summary>
    Huber,
}

/// <summary>The optimizer.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma &amp; Ba 2015), bias-corrected, as torch.optim.Adam.</summary>
    Adam,

    /// <summary>RMSProp, as torch.optim.RMSprop (optionally centred, Graves 2013).</summary>
    RmsProp,

    /// <summary>AdaGrad (Duchi et al. 2011), as torch.optim.Adagrad: Gorila's choice for its parameter server (Nair et al. 2015).</summary>
    AdaGrad,
}

/// <summary>Who computes gradients and who applies them.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The key's values are these names.")]
public enum LearnerMode
{
    /// <summary>One learner does both.</summary>
    Single,

    /// <summary>Replicas of the learner, on devices of one process or on several nodes, each take a part of every batch and apply the same averaged gradient.</summary>
    DataParallel,

    /// <summary>Workers compute gradients, a sharded server applies them (Dean et al. 2012; Gorila, Nair et al. 2015).</summary>
    ParameterServer,
}

/// <summary>What computes the learning step.</summary>
public enum ComputeBackend
{
    /// <summary>Simd on the CPU for networks whose layers its kernels have (fully connected ones and MinAtar's), Torch otherwise.</summary>
    Auto,

    /// <summary>libtorch through TorchSharp, on any device.</summary>
    Torch,

    /// <summary>Vectorised C#, CPU only.</summary>
    Simd,
}

/// <summary>The learning step. Rates and periods count learner updates.</summary>
public sealed record LearnerOptions
{
    /// <summary>Which action the bootstrapped value is taken at.</summary>
    public Algorithm Algorithm { get; init; } = Algorithm.DoubleDqn;

    /// <summary>The loss.</summary>
    public LossKind Loss { get; init; } = LossKind.Huber;

    /// <summary>Where the Huber loss becomes linear, in units of the return.</summary>
    public float HuberThreshold { get; init; } = 1f;

    /// <summary>Transitions in one batch.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Discount of one environment step, γ, in [0, 1].</summary>
    public double Gamma { get; init; } = 0.99;

    /// <summary>Steps of the n-step return.</summary>
    public int NStep { get; init; } = 1;

    /// <summary>The optimizer.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>Learning rate at the first update.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Learning rate at and after <see cref="LearningRateDecayUpdates"/>.</summary>
    public double LearningRateFinal { get; init; } = 1e-3;

    /// <summary>Updates over which the learning rate moves linearly; 0 keeps it constant.</summary>
    public long LearningRateDecayUpdates { get; init; }

    /// <summary>Adam's β₁.</summary>
    public float AdamBeta1 { get; init; } = 0.9f;

    /// <summary>Adam's β₂.</summary>
    public float AdamBeta2 { get; init; } = 0.999f;

    /// <summary>Adam's ε.</summary>
    public float AdamEpsilon { get; init; } = 1e-8f;

    /// <summary>RMSProp's smoothing constant, α.</summary>
    public float RmsPropDecay { get; init; } = 0.95f;

    /// <summary>RMSProp's ε, added outside the root as in torch.optim.RMSprop.</summary>
    public float RmsPropEpsilon { get; init; } = 0.01f;

    /// <summary>Whether RMSProp subtracts the squared mean gradient.</summary>
    public bool RmsPropCentered { get; init; } = true;

    /// <summary>AdaGrad's ε, added outside the root as in torch.optim.Adagrad.</summary>
    public float AdaGradEpsilon { get; init; } = 1e-10f;

    /// <summary>Gradients with a larger Euclidean norm are scaled down to it; 0 does not clip.</summary>
    public float MaxGradientNorm { get; init; } = 10f;

    /// <summary>Polyak coefficient τ: after each update θ⁻ ← τθ + (1 − τ)θ⁻. 0 uses hard updates every <c>snapshot.target-period</c>.</summary>
    public float PolyakTau { get; init; }

    /// <summary>Where the step is computed: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = DeviceChoice.Automatic;

    /// <summary>Whether matrix products on a CUDA device may use TensorFloat-32 (10 bits of mantissa).</summary>
    public bool Tf32 { get; init; }

    /// <summary>Whether networks compute in bfloat16, forward and backward; loss, parameters and optimizer stay float32. libtorch only.</summary>
    public bool BFloat16 { get; init; }

    /// <summary>Threads within one operation of libtorch on the CPU.</summary>
    public int TorchThreads { get; init; } = 1;

    /// <summary>What computes the step.</summary>
    public ComputeBackend Backend { get; init; } = ComputeBackend.Auto;

    /// <summary>Sample requests outstanding at each shard.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>Batches that one sample request asks for.</summary>
    public int BatchesPerRequest { get; init; } = 8;

    /// <summary>Restarts of the learner from its checkpoint after which the run ends with the first cause.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>Who computes gradients and who applies them.</summary>
    public LearnerMode Mode { get; init; }

    /// <summary>With <see cref="LearnerMode.DataParallel"/> the devices of this process, a replica on each; empty for one on <see cref="Device"/>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>With <see cref="LearnerMode.DataParallel"/> the most nodes that learn together, the learner's own included.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Updates between comparisons of the replicas' parameters by checksum; 0 never compares.</summary>
    public int ChecksumPeriod { get; init; } = 100;

    /// <summary>How long a step waits for a replica on another node before the replica is asked whether it lives, in seconds.</summary>
    public double ReplicaTimeoutSeconds { get; init; } = 5;

    /// <summary>Updates skipped in a row, because the loss or the gradient was not finite, with which the run ends.</summary>
    public int MaxSkippedUpdates { get; init; } = 10;
}
