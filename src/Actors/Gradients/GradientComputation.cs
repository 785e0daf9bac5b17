using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>What a gradient worker computed.</summary>
/// <param name="Verdict">Whether the gradient is to be sent.</param>
/// <param name="BaseVersion">Version of the parameters that it was computed on.</param>
/// <param name="Rows">Transitions in the batch.</param>
/// <param name="Norm">The gradient's Euclidean norm.</param>
/// <param name="Result">Loss, |δ| and Q.</param>
internal readonly record struct ComputedGradient(GradientProtocol.GradientVerdict Verdict, long BaseVersion, int Rows, float Norm, GradientResult Result);

/// <summary>A gradient worker's copy of the networks. Stays on one thread.</summary>
internal sealed class GradientComputation : IDisposable
{
    private readonly NetworkLayout _layout;
    private readonly LearnerOptions _options;
    private readonly DeviceChoice _device;
    private readonly IGradientTrainer _trainer;
    private readonly BatchFilling _filling;
    private readonly LossOutlierFilter? _outliers;
    private readonly float[] _gradient;
    private long _version = RangeParametersAssembly.None;
    private long _targetVersion = RangeParametersAssembly.None;

    /// <summary>Makes the networks, with no parameters of use so far.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <exception cref="LearnerException">The device is not there, or memory does not suffice.</exception>
    public GradientComputation(NetworkLayout layout, TrainingOptions options)
    {
        _layout = layout;
        _options = options.Learner;
        _device = DeviceChoice.Choose(layout, options.Learner);
        _gradient = new float[layout.Length];
        _trainer = TrainerFactory.Create(layout, options.Learner, _device, _gradient);
        _filling = new BatchFilling(_trainer, options.Learner.BatchSize, options.Replay.Prioritized);
        _outliers = options.ParameterServer.OutlierDeviations > 0 ? new LossOutlierFilter(options.ParameterServer.OutlierDeviations) : null;
    }

    /// <summary>∂L/∂θ as last computed, float32 in the layout's order.</summary>
    public ReadOnlySpan<float> Gradient => _gradient;

    /// <summary>Takes parameters over.</summary>
    /// <param name="parameters">The parameters, whole.</param>
    public void Load(RangeParametersAssembly parameters)
    {
        if (_version != parameters.Version)
        {
            _trainer.LoadParameters(parameters.Online);
            _version = parameters.Version;
        }

        if (_targetVersion != parameters.TargetVersion)
        {
            _trainer.LoadTarget(parameters.Target);
            _targetVersion = parameters.TargetVersion;
        }
    }

    /// <summary>Forgets which parameters it has: those of a new epoch may have the same version.</summary>
    public void Forget()
    {
        _version = RangeParametersAssembly.None;
        _targetVersion = RangeParametersAssembly.None;
    }

    /// <summary>Computes the gradient of a round's next batch.</summary>
    /// <param name="round">The round.</param>
    /// <exception cref="InvalidOperationException">No parameters were taken over.</exception>
    /// <exception cref="LearnerException">Memory does not suffice.</exception>
    public ComputedGradient Compute(WorkerRound round)
    {
        if (_version == RangeParametersAssembly.None || _targetVersion == RangeParametersAssembly.None)
        {
            throw new InvalidOperationException("a gradient needs parameters to be computed on");
        }

        try
        {
            TrainingBatch batch = round.Next(_filling, out Span<float> absoluteTdErrors);
            GradientResult result = _trainer.ComputeGradient(batch, _gradient, absoluteTdErrors);
            float norm = float.IsFinite(result.Loss) ? GradientNorm.Compute(_gradient) : float.NaN;
            return new ComputedGradient(Judge(result.Loss, norm), _version, batch.Count, norm, result);
        }
        catch (Exception exception) when (MemoryShortage.IsCause(exception))
        {
            throw MemoryShortage.Describe(_layout, _options, _device.Name, exception);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _trainer.Dispose();

    private GradientProtocol.GradientVerdict Judge(float loss, float norm) =>
        !float.IsFinite(loss) || !float.IsFinite(norm) ? GradientProtocol.GradientVerdict.NotFinite
        : _outliers?.TryAccept(loss) == false ? GradientProtocol.GradientVerdict.Outlier
        : GradientProtocol.GradientVerdict.Sent;
}
