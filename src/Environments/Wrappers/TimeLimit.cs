namespace DqnAkka.Environments;

/// <summary>
/// Truncates the episodes of an environment after a number of steps, also where the same step terminates them
/// (Gymnasium's <c>TimeLimit</c> wrapper).
/// </summary>
internal sealed class TimeLimit : EnvironmentWrapper
{
    private readonly int _maxEpisodeSteps;
    private int _steps;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="maxEpisodeSteps">Steps after which an episode is truncated, at least 1.</param>
    public TimeLimit(IEnvironment inner, int maxEpisodeSteps) : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEpisodeSteps, 1);
        _maxEpisodeSteps = maxEpisodeSteps;
    }

    /// <summary>The environment with a time limit, or itself where there is none.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="maxEpisodeSteps">Steps after which an episode is truncated; 0 for no limit.</param>
    public static IEnvironment Around(IEnvironment environment, int maxEpisodeSteps) =>
        maxEpisodeSteps > 0 ? new TimeLimit(environment, maxEpisodeSteps) : environment;

    /// <inheritdoc />
    public override void Reset(Span<float> observation)
    {
        Inner.Reset(observation);
        _steps = 0;
    }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = Inner.Step(action, observation);
        _steps++;
        return result with { Truncated = result.Truncated || _steps >= _maxEpisodeSteps };
    }
}
