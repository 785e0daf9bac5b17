using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The learning step on libtorch, on the processor. libtorch computes action values and, from their gradient, that of the parameters;
/// targets, loss, clipping and the optimizer are the same code as in <see cref="SimdTrainer"/>, on the tensors' memory.
/// </summary>
public sealed class TorchTrainer : IGradientTrainer
{
    private readonly LearnerOptions _options;
    private readonly IFlatOptimizer _optimizer;
    private readonly TorchNetwork _online;
    private readonly TorchNetwork _target;
    private readonly TorchState _state;
    private TorchBatch? _batch;
    private StepMemory? _memory;

    /// <summary>Makes a trainer whose online and target networks both have the given parameters.</summary>
    /// <param name="layout">The networks' shape.</param>
    /// <param name="options">The learning step; the device is not looked at.</param>
    /// <param name="initialParameters">The parameters in the layout's order, float32 [<see cref="NetworkLayout.Length"/>]; copied.</param>
    /// <exception cref="ArgumentException">The parameters are not as long as the layout.</exception>
    public TorchTrainer(NetworkLayout layout, LearnerOptions options, ReadOnlySpan<float> initialParameters)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        ParameterVector.RequireLength(layout, initialParameters.Length);
        Layout = layout;
        _options = options;
        TorchThreads.Use(options.TorchThreads);
        _optimizer = FlatOptimizers.Create(options);
        _online = new TorchNetwork(layout, CPU, isTrained: true);
        _target = new TorchNetwork(layout, CPU, isTrained: false);
        _state = new TorchState(layout, _online.Parameters, _target.Parameters, initialParameters);
    }

    /// <inheritdoc />
    public NetworkLayout Layout { get; }

    /// <inheritdoc />
    public long Updates { get; private set; }

    /// <inheritdoc />
    public string Arithmetic { get; } = ArithmeticNames.Of("torch cpu");

    /// <summary>∂L/∂θ, zero between steps.</summary>
    private Span<float> Gradients => TorchState.Memory(_online.Gradients!);

    /// <inheritdoc />
    public TrainingBatch NextBatch(int capacity)
    {
        if (_batch?.Columns.Capacity != capacity)
        {
            _memory?.Dispose();
            _memory = null;
            _batch?.Dispose();
            _batch = new TorchBatch(capacity, Layout.ObservationSize, holdsBytes: false, isPinned: false);
        }

        return _batch.Columns;
    }

    /// <inheritdoc />
    public TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
    {
        using DisposeScope scope = NewDisposeScope();
        (float loss, StepMemory memory) = Differentiate(batch, absoluteTdErrors.Length);
        float norm = float.IsFinite(loss) ? GradientNorm.Compute(Gradients) : float.NaN;
        TrainingResult result = StepResults.Summarize(loss, norm, memory.Errors, memory.Chosen, absoluteTdErrors);
        if (result.IsSkipped)
        {
            Gradients.Clear();
        }
        else
        {
            Update(norm, learningRate);
        }

        return result;
    }

    /// <inheritdoc />
    public GradientResult ComputeGradient(TrainingBatch batch, Span<float> gradient, Span<float> absoluteTdErrors)
    {
        ParameterVector.RequireLength(Layout, gradient.Length);
        using DisposeScope scope = NewDisposeScope();
        (float loss, StepMemory memory) = Differentiate(batch, absoluteTdErrors.Length);
        if (float.IsFinite(loss))
        {
            Gradients.CopyTo(gradient);
            Gradients.Clear();
        }
        else
        {
            gradient.Fill(float.NaN);
        }

        return StepResults.Summarize(loss, memory.Errors, memory.Chosen, absoluteTdErrors);
    }

    /// <inheritdoc />
    public float ApplyGradient(ReadOnlySpan<float> gradient, float learningRate)
    {
        ParameterVector.RequireLength(Layout, gradient.Length);
        float norm = GradientNorm.Compute(gradient);
        if (float.IsFinite(norm))
        {
            gradient.CopyTo(Gradients);
            Update(norm, learningRate);
        }

        return norm;
    }

    /// <inheritdoc />
    public void LoadParameters(ReadOnlySpan<float> parameters) => _state.LoadOnline(parameters);

    /// <inheritdoc />
    public void LoadTarget(ReadOnlySpan<float> parameters) => _state.LoadTarget(parameters);

    /// <inheritdoc />
    public void SynchronizeTarget() => _state.Synchronize();

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">τ is not in (0, 1].</exception>
    public void BlendTarget(float tau) => _state.Blend(tau);

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void CopyParameters(Span<float> destination) => _state.CopyParameters(destination);

    /// <inheritdoc />
    public TrainerState Capture() => _state.Capture(Updates);

    /// <inheritdoc />
    public void Restore(TrainerState state)
    {
        _state.Restore(state);
        Updates = state.Updates;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _memory?.Dispose();
        _batch?.Dispose();
        _state.Dispose();
        _online.Dispose();
        _target.Dispose();
    }

    /// <summary>Q(s, a; θ) of the actions taken.</summary>
    private static void Select(ReadOnlySpan<float> values, ReadOnlySpan<int> actions, Span<float> chosen)
    {
        int actionCount = values.Length / chosen.Length;
        for (int row = 0; row < chosen.Length; row++)
        {
            chosen[row] = values[(row * actionCount) + actions[row]];
        }
    }

    /// <summary>Leaves ∂L/∂θ in the flat gradient, which was zero and stays so where the loss is not finite.</summary>
    private (float Loss, StepMemory Memory) Differentiate(TrainingBatch batch, int errorLength)
    {
        StepChecks.RequireFit(Layout, batch, errorLength);
        TorchThreads.Use(_options.TorchThreads);
        StepMemory memory = Take(batch);
        TrainingBatch columns = _batch!.Columns;
        Bootstrap(memory);
        Tensor values = _online.Forward(memory.Observations);
        Select(TorchState.Memory(values.contiguous()), columns.Actions, memory.Chosen);
        TemporalDifference.Errors(columns.Returns, columns.Discounts, memory.Bootstraps, memory.Chosen, memory.Errors);
        float loss = Losses.WeightedMean(_options.Loss, _options.HuberThreshold, memory.Errors, columns.Weights, memory.Derivatives);
        if (float.IsFinite(loss))
        {
            Propagate(values, memory, columns.Actions);
        }

        return (loss, memory);
    }

    /// <summary>Clips the flat gradient and takes the optimizer's step.</summary>
    private void Update(float norm, float learningRate)
    {
        Updates++;
        _optimizer.Step(
            TorchState.Memory(_state.Online),
            Gradients,
            TorchState.Memory(_state.FirstMoments),
            TorchState.Memory(_state.SecondMoments),
            GradientNorm.ClipScale(norm, _options.MaxGradientNorm),
            learningRate,
            Updates);
    }

    private StepMemory Take(TrainingBatch batch)
    {
        if (!batch.IsOf(_batch))
        {
            (_batch?.Columns.Capacity >= batch.Count ? _batch.Columns : NextBatch(batch.Capacity)).CopyFrom(batch);
        }

        if (_memory?.Rows != batch.Count)
        {
            _memory?.Dispose();
            _memory = new StepMemory(_batch!, batch.Count, Layout.ActionCount);
        }

        return _memory;
    }

    private void Bootstrap(StepMemory memory)
    {
        using IDisposable inference = no_grad();
        Tensor target = _target.Forward(memory.NextObservations).contiguous();
        Tensor selector = _options.Algorithm == Algorithm.DoubleDqn ? _online.Forward(memory.NextObservations).contiguous() : target;
        TemporalDifference.Bootstrap(TorchState.Memory(selector), TorchState.Memory(target), Layout.ActionCount, memory.Bootstraps);
    }

    /// <summary>Adds ∂L/∂θ to the flat gradient.</summary>
    private void Propagate(Tensor values, StepMemory memory, ReadOnlySpan<int> actions)
    {
        Span<float> gradients = TorchState.Memory(memory.ValueGradients);
        gradients.Clear();
        for (int row = 0; row < memory.Rows; row++)
        {
            gradients[(row * Layout.ActionCount) + actions[row]] = memory.Derivatives[row];
        }

        autograd.backward(values, memory.ValueGradients);
    }

    /// <summary>Views of the batch's columns and the intermediate results, for one number of rows.</summary>
    private sealed class StepMemory : IDisposable
    {
        private readonly float[] _values;

        public StepMemory(TorchBatch batch, int rows, int actionCount)
        {
            // They outlive the step, and with it the dispose scope, in which they are made.
            Rows = rows;
            Observations = View(batch.Observations, 0, rows);
            NextObservations = View(batch.Observations, 1, rows);
            ValueGradients = TorchBatch.OnHost([rows, actionCount], ScalarType.Float32, isPinned: false);
            _values = new float[4 * rows];
        }

        public int Rows { get; }

        /// <summary>s, float32 [B × D].</summary>
        public Tensor Observations { get; }

        /// <summary>s′, float32 [B × D].</summary>
        public Tensor NextObservations { get; }

        /// <summary>∂L/∂Q(s, ·), float32 [B × actions].</summary>
        public Tensor ValueGradients { get; }

        public Span<float> Bootstraps => _values.AsSpan(0, Rows);

        public Span<float> Chosen => _values.AsSpan(Rows, Rows);

        public Span<float> Errors => _values.AsSpan(2 * Rows, Rows);

        public Span<float> Derivatives => _values.AsSpan(3 * Rows, Rows);

        public void Dispose()
        {
            Observations.Dispose();
            NextObservations.Dispose();
            ValueGradients.Dispose();
        }

        private static Tensor View(Tensor observations, long part, int rows)
        {
            using Tensor whole = observations.select(0, part);
            return whole.narrow(0, 0, rows).DetachFromDisposeScope();
        }
    }
}
