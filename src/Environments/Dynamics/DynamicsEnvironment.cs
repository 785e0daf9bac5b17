namespace DqnAkka.Environments;

/// <summary>One copy of a built-in environment, without a time limit (<see cref="TimeLimit"/> adds it).</summary>
/// <typeparam name="TDynamics">The rules.</typeparam>
/// <typeparam name="TState">Its state.</typeparam>
/// <param name="dynamics">The rules with their arguments.</param>
internal sealed class DynamicsEnvironment<TDynamics, TState>(TDynamics dynamics) : IEnvironment, IRenderable
    where TDynamics : struct, IDynamics<TState>
    where TState : unmanaged
{
    private readonly TDynamics _dynamics = dynamics;
    private RandomSource? _random;
    private TState _state;
    private bool _begun;
    private bool _alreadyTerminated;

    /// <summary>The rules with their arguments.</summary>
    internal TDynamics Dynamics => _dynamics;

    /// <inheritdoc />
    public Space ObservationSpace => _dynamics.ObservationSpace;

    /// <inheritdoc />
    public Space ActionSpace { get; } = new DiscreteSpace(dynamics.ActionCount);

    /// <inheritdoc />
    public ImageSize? RenderSize => _dynamics.RenderSize;

    /// <inheritdoc />
    public void Seed(ulong seed, ulong index)
    {
        _random = new RandomSource(seed, index);
        // What outlives an episode does not outlive the stream's beginning: one seed, one sequence of episodes.
        _state = default;
        _begun = false;
    }

    /// <inheritdoc />
    public void Reset(Span<float> observation)
    {
        _dynamics.Reset(ref _state, _random ?? throw new InvalidOperationException("an environment is seeded before its first reset: call Seed"));
        _begun = true;
        _alreadyTerminated = false;
        _dynamics.Observe(in _state, observation);
    }

    /// <inheritdoc />
    public StepResult Step(int action, Span<float> observation)
    {
        RequireBegun();
        if ((uint)action >= (uint)_dynamics.ActionCount)
        {
            throw new ArgumentOutOfRangeException(nameof(action), action, $"actions are 0 to {_dynamics.ActionCount - 1}");
        }

        StepResult result = _dynamics.Step(ref _state, action, _alreadyTerminated, _random!, observation);
        _alreadyTerminated |= result.Terminated;
        return result;
    }

    /// <inheritdoc />
    public void Render(Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        RequireBegun();
        _dynamics.Render(in _state, canvas);
    }

    private void RequireBegun()
    {
        if (!_begun)
        {
            throw new InvalidOperationException("an environment is reset before its first step: call Reset");
        }
    }
}
