using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// The learning step on libtorch, on the processor. libtorch computes action values and, from their gradient, that of the parameters;
/// targets, loss, clipping and the optimizer are the same code as in <see cref="SimdTrainer"/>, on the tensors' memory.
/// </summary>
public sealed class TorchTrainer : ITrainer
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
        StepChecks.RequireFit(Layout, batch, absoluteTdErrors.Length);
        TorchThreads.Use(_options.TorchThreads);
        using DisposeScope scope = NewDisposeScope();
        StepMemory memory = Take(batch);
        TrainingBatch columns = _batch!.Columns;
        int rows = memory.Rows;
        Bootstrap(memory);
        Tensor values = _online.Forward(memory.Observations);
        Select(TorchState.Memory(values.contiguous()), columns.Actions, memory.Chosen);
        TemporalDifference.Errors(columns.Returns, columns.Discounts, memory.Bootstraps, memory.Chosen, memory.Errors);
        float loss = Losses.WeightedMean(_options.Loss, _options.HuberThreshold, memory.Errors, columns.Weights, memory.Derivatives);
        float norm = float.IsFinite(loss) ? Differentiate(values, memory, columns.Actions) : float.NaN;
        Span<float> gradients = TorchState.Memory(_online.Gradients!);
        TrainingResult result = StepResults.Summarize(loss, norm, memory.Errors, memory.Chosen, absoluteTdErrors[..rows]);
        if (result.IsSkipped)
        {
            gradients.Clear();
            return result;
        }

        Updates++;
        _optimizer.Step(
            TorchState.Memory(_state.Online),
            gradients,
            TorchState.Memory(_state.FirstMoments),
            TorchState.Memory(_state.SecondMoments),
            GradientNorm.ClipScale(norm, _options.MaxGradientNorm),
            learningRate,
            Updates);
        return result;
    }

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

    /// <summary>Leaves ∂L/∂θ in the flat gradient, which was zero.</summary>
    /// <returns>Its norm.</returns>
    private float Differentiate(Tensor values, StepMemory memory, ReadOnlySpan<int> actions)
    {
        Span<float> gradients = TorchState.Memory(memory.ValueGradients);
        gradients.Clear();
        for (int row = 0; row < memory.Rows; row++)
        {
            gradients[(row * Layout.ActionCount) + actions[row]] = memory.Derivatives[row];
        }

        autograd.backward(values, memory.ValueGradients);
        return GradientNorm.Compute(TorchState.Memory(_online.Gradients!));
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
