namespace DqnAkka.Environments;

/// <summary>
/// Truncates the episodes of an environment after a number of steps, also where the same step terminates them
/// (Gymnasium's <c>TimeLimit</c> wrapper).
/// </summary>
internal sealed class TimeLimit : IEnvironment
{
    private readonly IEnvironment _inner;
    private readonly int _maxEpisodeSteps;
    private int _steps;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="maxEpisodeSteps">Steps after which an episode is truncated, at least 1.</param>
    public TimeLimit(IEnvironment inner, int maxEpisodeSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEpisodeSteps, 1);
        _inner = inner;
        _maxEpisodeSteps = maxEpisodeSteps;
    }

    /// <inheritdoc />
    public Space ObservationSpace => _inner.ObservationSpace;

    /// <inheritdoc />
    public Space ActionSpace => _inner.ActionSpace;

    /// <inheritdoc />
    public void Seed(ulong seed, ulong index) => _inner.Seed(seed, index);

    /// <inheritdoc />
    public void Reset(Span<float> observation)
    {
        _inner.Reset(observation);
        _steps = 0;
    }

    /// <inheritdoc />
    public StepResult Step(int action, Span<float> observation)
    {
        StepResult result = _inner.Step(action, observation);
        _steps++;
        return result with { Truncated = result.Truncated || _steps >= _maxEpisodeSteps };
    }
}
