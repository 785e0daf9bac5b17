namespace DqnAkka.Environments;

/// <summary>One copy of a built-in environment, without a time limit (<see cref="TimeLimit"/> adds it).</summary>
/// <typeparam name="TDynamics">The physics.</typeparam>
/// <typeparam name="TState">Its state.</typeparam>
/// <param name="dynamics">The physics with its arguments.</param>
internal sealed class DynamicsEnvironment<TDynamics, TState>(TDynamics dynamics) : IEnvironment
    where TDynamics : struct, IDynamics<TState>
    where TState : unmanaged
{
    private readonly TDynamics _dynamics = dynamics;
    private RandomSource? _random;
    private TState _state;
    private bool _begun;
    private bool _alreadyTerminated;

    /// <inheritdoc />
    public Space ObservationSpace => TDynamics.ObservationSpace;

    /// <inheritdoc />
    public Space ActionSpace { get; } = new DiscreteSpace(TDynamics.ActionCount);

    /// <inheritdoc />
    public void Seed(ulong seed, ulong index) => _random = new RandomSource(seed, index);

    /// <inheritdoc />
    public void Reset(Span<float> observation)
    {
        _state = _dynamics.Reset(_random ?? throw new InvalidOperationException("an environment is seeded before its first reset: call Seed"));
        _begun = true;
        _alreadyTerminated = false;
        _dynamics.Observe(in _state, observation);
    }

    /// <inheritdoc />
    public StepResult Step(int action, Span<float> observation)
    {
        if (!_begun)
        {
            throw new InvalidOperationException("an environment is reset before its first step: call Reset");
        }

        if ((uint)action >= (uint)TDynamics.ActionCount)
        {
            throw new ArgumentOutOfRangeException(nameof(action), action, $"actions are 0 to {TDynamics.ActionCount - 1}");
        }

        bool terminated = _dynamics.Step(ref _state, action, observation);
        double reward = _dynamics.Reward(terminated, _alreadyTerminated);
        _alreadyTerminated |= terminated;
        return new StepResult(reward, terminated, Truncated: false);
    }
}
