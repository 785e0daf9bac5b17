namespace DqnAkka.Learner;

/// <summary>Collects transitions in reusable columns and hands them over as immutable batches. Not thread-safe.</summary>
public sealed class TransitionBatchBuilder
{
    private float[] _observations;
    private int[] _actions;
    private float[] _returns;
    private float[] _discounts;
    private float[] _nextObservations;

    /// <summary>Makes an empty builder.</summary>
    /// <param name="capacity">Transitions it holds before it must grow, at least 1.</param>
    /// <param name="observationSize">Components of one observation, D.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is below 1.</exception>
    public TransitionBatchBuilder(int capacity, int observationSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        ObservationSize = observationSize;
        _observations = new float[capacity * observationSize];
        _actions = new int[capacity];
        _returns = new float[capacity];
        _discounts = new float[capacity];
        _nextObservations = new float[capacity * observationSize];
    }

    /// <summary>Components of one observation, D.</summary>
    public int ObservationSize { get; }

    /// <summary>Transitions collected since the last build, B.</summary>
    public int Count { get; private set; }

    /// <summary>s, float32 [B × D]; valid until the next addition.</summary>
    public ReadOnlySpan<float> Observations => _observations.AsSpan(0, Count * ObservationSize);

    /// <summary>a, int32 [B]; valid until the next addition.</summary>
    public ReadOnlySpan<int> Actions => _actions.AsSpan(0, Count);

    /// <summary>n-step returns, float32 [B]; valid until the next addition.</summary>
    public ReadOnlySpan<float> Returns => _returns.AsSpan(0, Count);

    /// <summary>Bootstrap discounts, float32 [B]; valid until the next addition.</summary>
    public ReadOnlySpan<float> Discounts => _discounts.AsSpan(0, Count);

    /// <summary>s′, float32 [B × D]; valid until the next addition.</summary>
    public ReadOnlySpan<float> NextObservations => _nextObservations.AsSpan(0, Count * ObservationSize);

    /// <summary>Adds one transition; allocates only where the columns must grow.</summary>
    /// <param name="observation">s, float32 [D].</param>
    /// <param name="action">a.</param>
    /// <param name="nStepReturn">Rⁿ.</param>
    /// <param name="discount">What the value of s′ is multiplied by; 0 after a terminal state.</param>
    /// <param name="nextObservation">s′, float32 [D].</param>
    /// <exception cref="ArgumentException">An observation is not of size D.</exception>
    public void Add(ReadOnlySpan<float> observation, int action, float nStepReturn, float discount, ReadOnlySpan<float> nextObservation)
    {
        if (observation.Length != ObservationSize || nextObservation.Length != ObservationSize)
        {
            throw new ArgumentException($"observations of {ObservationSize} components are expected, got {observation.Length} and {nextObservation.Length}");
        }

        if (Count == _actions.Length)
        {
            Grow();
        }

        observation.CopyTo(_observations.AsSpan(Count * ObservationSize));
        nextObservation.CopyTo(_nextObservations.AsSpan(Count * ObservationSize));
        _actions[Count] = action;
        _returns[Count] = nStepReturn;
        _discounts[Count] = discount;
        Count++;
    }

    /// <summary>Copies everything collected into a batch of exactly that size, and empties the builder.</summary>
    /// <param name="absoluteTdErrors">|δ| of each transition in order, float32 [B], or empty for none.</param>
    /// <returns>The batch, its arrays owned by nobody else.</returns>
    /// <exception cref="ArgumentException">There are neither B values nor none.</exception>
    public TransitionBatch Build(ReadOnlySpan<float> absoluteTdErrors)
    {
        if (absoluteTdErrors.Length != 0 && absoluteTdErrors.Length != Count)
        {
            throw new ArgumentException($"{Count} transitions need as many |δ| or none, got {absoluteTdErrors.Length}", nameof(absoluteTdErrors));
        }

        TransitionBatch batch = new(
            ObservationSize,
            Observations.ToArray(),
            Actions.ToArray(),
            Returns.ToArray(),
            Discounts.ToArray(),
            NextObservations.ToArray(),
            absoluteTdErrors.ToArray());
        Count = 0;
        return batch;
    }

    /// <summary>Drops everything collected since the last build.</summary>
    public void Clear() => Count = 0;

    private void Grow()
    {
        int capacity = checked(2 * _actions.Length);
        Array.Resize(ref _observations, checked(capacity * ObservationSize));
        Array.Resize(ref _actions, capacity);
        Array.Resize(ref _returns, capacity);
        Array.Resize(ref _discounts, capacity);
        Array.Resize(ref _nextObservations, capacity * ObservationSize);
    }
}
