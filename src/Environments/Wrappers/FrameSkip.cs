namespace DqnAkka.Environments;

/// <summary>
/// Repeats each action, sums the rewards and shows the last frame only (SuperSuit's <c>frame_skip</c>; others call it action repeat).
/// An end cuts the repetitions short.
/// </summary>
internal sealed class FrameSkip : EnvironmentWrapper
{
    private readonly int _skip;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="skip">How often an action is repeated, at least 1.</param>
    /// <exception cref="EnvironmentException"><paramref name="skip"/> is below 1.</exception>
    public FrameSkip(IEnvironment inner, int skip) : base(inner)
    {
        WrapperChecks.RequireAtLeast(nameof(FrameSkip), nameof(skip), skip, 1);
        _skip = skip;
        ObservationSpace = FrameStack.Unstacked(inner.ObservationSpace, skip);
    }

    /// <inheritdoc />
    public override Space ObservationSpace { get; }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = Inner.Step(action, observation);
        double reward = result.Reward;
        for (int i = 1; i < _skip && !result.Terminated && !result.Truncated; i++)
        {
            result = Inner.Step(action, observation);
            reward += result.Reward;
        }

        return result with { Reward = reward };
    }
}
