namespace DqnAkka.Environments;

/// <summary>
/// With some probability the action taken before is repeated in place of the chosen one (Machado et al. 2018; Gymnasium's
/// <c>StickyAction</c>). The first action of an episode is never replaced.
/// </summary>
internal sealed class StickyAction : EnvironmentWrapper
{
    // Keeps the stream apart from the environment's own.
    private const ulong StreamTag = 0x5354_4943_4B59_0001;
    private const int None = -1;
    private readonly double _probability;
    private readonly RandomSource _random = new(0);
    private int _last = None;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="repeatActionProbability">The probability, from 0 to 1.</param>
    /// <exception cref="EnvironmentException">The probability is outside 0 to 1.</exception>
    public StickyAction(IEnvironment inner, double repeatActionProbability) : base(inner)
    {
        WrapperChecks.RequireProbability(nameof(StickyAction), "repeat_action_probability", repeatActionProbability);
        _probability = repeatActionProbability;
    }

    /// <inheritdoc />
    public override void Seed(ulong seed, ulong index)
    {
        Inner.Seed(seed, index);
        _random.Seed(seed ^ StreamTag, index);
    }

    /// <inheritdoc />
    public override void Reset(Span<float> observation)
    {
        Inner.Reset(observation);
        _last = None;
    }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        int taken = _last != None && _random.NextUniform() < _probability ? _last : action;
        StepResult result = Inner.Step(taken, observation);
        _last = taken;
        return result;
    }
}
