namespace DqnAkka.Environments;

/// <summary>
/// A vector of any <see cref="IEnvironment"/>s, stepped one after the other: the way of a user's own environment. With
/// <see cref="AutoresetMode.SameStep"/>, the default, it keeps the contract of <see cref="IVectorEnvironment"/>; the other modes
/// reproduce Gymnasium's <c>SyncVectorEnv</c>.
/// </summary>
/// <remarks>
/// An exception of an environment, and an observation or reward that is NaN or infinite, becomes an
/// <see cref="EnvironmentException"/> that names the environment, the copy and the step.
/// </remarks>
public sealed class SyncVectorEnvironment : IVectorEnvironment
{
    private readonly GuardedEnvironment[] _environments;
    private readonly bool[] _ended;
    private readonly AutoresetMode _mode;
    private readonly int _observationSize;
    private readonly int _actionCount;
    private bool _begun;

    /// <summary>Makes the vector.</summary>
    /// <param name="name">What the user calls the environment, for messages.</param>
    /// <param name="create">Makes one copy.</param>
    /// <param name="count">Number of copies, at least 1.</param>
    /// <param name="mode">When a copy whose episode ended is reset.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    /// <exception cref="EnvironmentException">The actions are not discrete, or the observations not vectors.</exception>
    public SyncVectorEnvironment(string name, Func<IEnvironment> create, int count, AutoresetMode mode = AutoresetMode.SameStep)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        IEnvironment first = create();
        (ObservationSpace, ActionSpace) = EnvironmentSpaces.Read(name, first);
        (ObservationFormat observation, _actionCount) = EnvironmentSpaces.RequireVectorObservationsAndDiscreteActions(name, ObservationSpace, ActionSpace);
        _observationSize = observation.Size;
        _environments = new GuardedEnvironment[count];
        for (int i = 0; i < count; i++)
        {
            _environments[i] = new GuardedEnvironment(i == 0 ? first : create(), name, i);
        }

        _ended = new bool[count];
        _mode = mode;
    }

    /// <inheritdoc />
    public int Count => _environments.Length;

    /// <inheritdoc />
    public Space ObservationSpace { get; }

    /// <inheritdoc />
    public Space ActionSpace { get; }

    /// <inheritdoc />
    public void Reset(ulong seed, ulong firstIndex, Span<float> observations)
    {
        VectorArguments.RequireLength(observations.Length, Count * _observationSize, nameof(observations));
        for (int i = 0; i < _environments.Length; i++)
        {
            _environments[i].Seed(seed, firstIndex + (ulong)i);
            _environments[i].Reset(Row(observations, i));
        }

        Array.Clear(_ended);
        _begun = true;
    }

    /// <summary>Begins an episode in the chosen copies, going on with their random streams: for <see cref="AutoresetMode.Disabled"/>.</summary>
    /// <param name="mask">Which copies to reset, [E].</param>
    /// <param name="observations">Receives the first observations in the rows of those copies; other rows are left as they were. [E × size].</param>
    /// <exception cref="InvalidOperationException">The vector was never reset as a whole.</exception>
    /// <exception cref="ArgumentException">A span is shorter than stated.</exception>
    public void Reset(ReadOnlySpan<bool> mask, Span<float> observations)
    {
        VectorArguments.RequireBegun(_begun);
        VectorArguments.RequireLength(mask.Length, Count, nameof(mask));
        VectorArguments.RequireLength(observations.Length, Count * _observationSize, nameof(observations));
        for (int i = 0; i < _environments.Length; i++)
        {
            if (mask[i])
            {
                _environments[i].Reset(Row(observations, i));
                _ended[i] = false;
            }
        }
    }

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">
    /// The vector was never reset, or, with <see cref="AutoresetMode.Disabled"/>, a copy whose episode ended was not.
    /// </exception>
    public void Step(
        ReadOnlySpan<int> actions,
        Span<float> observations,
        Span<double> rewards,
        Span<bool> terminated,
        Span<bool> truncated,
        Span<float> finalObservations)
    {
        VectorArguments.RequireBegun(_begun);
        VectorArguments.RequireStepArguments(
            Count, _observationSize, _actionCount, actions, observations, rewards, terminated, truncated, finalObservations);
        if (_mode == AutoresetMode.Disabled && _ended.AsSpan().Contains(true))
        {
            throw new InvalidOperationException($"the episode of copy {_ended.AsSpan().IndexOf(true)} has ended: reset the copy before the next step");
        }

        for (int i = 0; i < _environments.Length; i++)
        {
            Span<float> observation = Row(observations, i);
            StepResult result = _ended[i] ? BeginInPlaceOfStep(i, observation) : _environments[i].Step(actions[i], observation);
            rewards[i] = result.Reward;
            terminated[i] = result.Terminated;
            truncated[i] = result.Truncated;
            if (result.Terminated || result.Truncated)
            {
                observation.CopyTo(Row(finalObservations, i));
                if (_mode == AutoresetMode.SameStep)
                {
                    _environments[i].Reset(observation);
                }
                else
                {
                    _ended[i] = true;
                }
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (GuardedEnvironment environment in _environments)
        {
            environment.Dispose();
        }
    }

    private StepResult BeginInPlaceOfStep(int i, Span<float> observation)
    {
        _environments[i].Reset(observation);
        _ended[i] = false;
        return new StepResult(0.0, Terminated: false, Truncated: false);
    }

    private Span<float> Row(Span<float> observations, int i) => observations.Slice(i * _observationSize, _observationSize);
}
