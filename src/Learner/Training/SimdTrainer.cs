using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>
/// The learning step in vectorised C#, without libtorch: forward, backward, clipping and optimizer over flat buffers. On 512-bit vectors
/// where the processor has them, on narrower ones elsewhere. Nothing is allocated once the buffers have grown to the largest batch.
/// </summary>
public sealed unsafe class SimdTrainer : IGradientTrainer
{
    private readonly LearnerOptions _options;
    private readonly IFlatOptimizer _optimizer;
    private readonly PackedNetwork _online;
    private readonly PackedNetwork _target;
    private readonly HiddenActivations _activations;
    private readonly BackwardPass _backward;
    private readonly AlignedBuffer _firstMoments;
    private readonly AlignedBuffer _secondMoments;
    private float[] _chosenValues = [];
    private float[] _bootstraps = [];
    private float[] _errors = [];
    private float[] _outputGradients = [];
    private float[] _nextValues = [];
    private int[] _nextActions = [];
    private TrainingBatch? _batch;

    /// <summary>Makes a trainer whose online and target networks both have the given parameters.</summary>
    /// <param name="layout">The networks' shape.</param>
    /// <param name="options">The learning step; the device is not looked at.</param>
    /// <param name="initialParameters">The parameters in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <exception cref="ArgumentException">The parameters are not as long as the layout.</exception>
    public SimdTrainer(NetworkLayout layout, LearnerOptions options, ReadOnlySpan<float> initialParameters)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        Layout = layout;
        _options = options;
        _optimizer = FlatOptimizers.Create(options);
        _online = new PackedNetwork(layout);
        _target = new PackedNetwork(layout);
        _online.Load(initialParameters);
        _target.Load(initialParameters);
        _activations = new HiddenActivations(_online.Packed);
        _backward = new BackwardPass(layout, _online);
        _firstMoments = new AlignedBuffer(_online.Packed.Length);
        _secondMoments = new AlignedBuffer(_online.Packed.Length);
    }

    /// <inheritdoc />
    public NetworkLayout Layout { get; }

    /// <inheritdoc />
    public long Updates { get; private set; }

    /// <inheritdoc />
    public string Arithmetic { get; } = ArithmeticNames.Of("simd");

    /// <inheritdoc />
    public TrainingBatch NextBatch(int capacity)
    {
        if (_batch?.Capacity != capacity)
        {
            _batch = new TrainingBatch(capacity, Layout.ObservationSize);
        }

        return _batch;
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
    {
        float loss = Differentiate(batch, absoluteTdErrors);
        float norm = GradientNorm.Compute(_backward.Gradients.Span);
        TrainingResult result = StepResults.Summarize(loss, norm, _errors.AsSpan(0, batch.Count), _chosenValues, absoluteTdErrors);
        if (!result.IsSkipped)
        {
            Update(norm, learningRate);
        }

        return result;
    }

    /// <inheritdoc />
    public GradientResult ComputeGradient(TrainingBatch batch, Span<float> gradient, Span<float> absoluteTdErrors)
    {
        ParameterVector.RequireLength(Layout, gradient.Length);
        float loss = Differentiate(batch, absoluteTdErrors);
        if (float.IsFinite(loss))
        {
            _online.Packed.Unpack(_backward.Gradients.Span, gradient);
        }
        else
        {
            // A bounded ℓ′ hides what the loss shows.
            gradient.Fill(float.NaN);
        }

        return StepResults.Summarize(loss, _errors.AsSpan(0, batch.Count), _chosenValues, absoluteTdErrors);
    }

    /// <inheritdoc />
    public float ApplyGradient(ReadOnlySpan<float> gradient, float learningRate)
    {
        ParameterVector.RequireLength(Layout, gradient.Length);
        _online.Packed.Pack(gradient, _backward.Gradients.Span);
        float norm = GradientNorm.Compute(_backward.Gradients.Span);
        if (float.IsFinite(norm))
        {
            Update(norm, learningRate);
        }

        return norm;
    }

    /// <inheritdoc />
    public void LoadParameters(ReadOnlySpan<float> parameters) => _online.Load(parameters);

    /// <inheritdoc />
    public void LoadTarget(ReadOnlySpan<float> parameters) => _target.Load(parameters);

    /// <inheritdoc />
    public void SynchronizeTarget()
    {
        _online.Parameters.Span.CopyTo(_target.Parameters.Span);
        _target.ParametersChanged();
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">τ is not in (0, 1].</exception>
    public void BlendTarget(float tau)
    {
        StepChecks.RequireTau(tau);
        TargetBlending.Blend(_online.Parameters.Span, _target.Parameters.Span, tau);
        _target.ParametersChanged();
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void CopyParameters(Span<float> destination)
    {
        ParameterVector.RequireLength(Layout, destination.Length);
        _online.Packed.Unpack(_online.Parameters.Span, destination);
    }

    /// <inheritdoc />
    public TrainerState Capture() => new()
    {
        Updates = Updates,
        Online = Unpack(_online.Parameters),
        Target = Unpack(_target.Parameters),
        FirstMoments = Unpack(_firstMoments),
        SecondMoments = Unpack(_secondMoments),
    };

    /// <inheritdoc />
    public void Restore(TrainerState state)
    {
        StepChecks.RequireFit(Layout, state);
        Updates = state.Updates;
        _online.Load(state.Online);
        _target.Load(state.Target);
        _online.Packed.Pack(state.FirstMoments, _firstMoments.Span);
        _online.Packed.Pack(state.SecondMoments, _secondMoments.Span);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // All memory is managed.
    }

    /// <summary>Leaves ∂L/∂θ in the packed gradient, Q(s, a) in the chosen values and δ in the errors.</summary>
    /// <returns>L.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Differentiate(TrainingBatch batch, Span<float> absoluteTdErrors)
    {
        StepChecks.RequireFit(Layout, batch, absoluteTdErrors.Length);
        StepChecks.RequireFloats(batch);
        int rows = batch.Count;
        EnsureCapacity(rows);
        Span<float> errors = _errors.AsSpan(0, rows);
        float loss;
        fixed (float* observations = batch.Observations, chosen = _chosenValues, outputGradients = _outputGradients)
        fixed (int* actions = batch.Actions)
        {
            _online.RunHidden(observations, rows, _activations);
            float* lastHidden = _activations[_online.Packed.Hidden.Length - 1].Pointer;
            HeadKernels.ValuesAt(lastHidden, rows, _online.Packed.Head.Stride, _online.Head.Weights, _online.Head.Biases, actions, chosen);
            Bootstrap(batch);
            TemporalDifference.Errors(batch.Returns, batch.Discounts, _bootstraps, _chosenValues, errors);
            loss = Losses.WeightedMean(_options.Loss, _options.HuberThreshold, errors, batch.Weights, _outputGradients);
            _backward.Run(observations, _activations, rows, actions, outputGradients);
        }

        GC.KeepAlive(batch);
        return loss;
    }

    /// <summary>Clips the packed gradient and takes the optimizer's step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update(float norm, float learningRate)
    {
        float scale = GradientNorm.ClipScale(norm, _options.MaxGradientNorm);
        Updates++;
        _optimizer.Step(
            _online.Parameters.Span, _backward.Gradients.Span, _firstMoments.Span, _secondMoments.Span, scale, learningRate, Updates);
        _online.ParametersChanged();
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Bootstrap(TrainingBatch batch)
    {
        int rows = batch.Count;
        int actionCount = Layout.ActionCount;
        Span<int> selected = _nextActions.AsSpan(0, rows);
        fixed (float* observations = batch.NextObservations, values = _nextValues, bootstraps = _bootstraps)
        fixed (int* actions = _nextActions)
        {
            if (_options.Algorithm == Algorithm.DoubleDqn)
            {
                // Of the target network only the selected action's value is needed.
                _online.Values(observations, rows, values);
                GreedySelection.Select(_nextValues, actionCount, selected);
                _target.ValuesAt(observations, rows, actions, bootstraps);
            }
            else
            {
                _target.Values(observations, rows, values);
                TemporalDifference.Bootstrap(_nextValues, _nextValues, actionCount, _bootstraps.AsSpan(0, rows));
            }
        }
    }

    private void EnsureCapacity(int rows)
    {
        _activations.EnsureCapacity(rows);
        if (_errors.Length < rows)
        {
            _chosenValues = new float[rows];
            _bootstraps = new float[rows];
            _errors = new float[rows];
            _outputGradients = new float[rows];
            _nextValues = new float[rows * Layout.ActionCount];
            _nextActions = new int[rows];
        }
    }

    private float[] Unpack(AlignedBuffer packed)
    {
        float[] flat = new float[Layout.Length];
        _online.Packed.Unpack(packed.Span, flat);
        return flat;
    }
}
