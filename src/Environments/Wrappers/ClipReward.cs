using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>Keeps rewards between two bounds (Gymnasium's <c>ClipReward</c>). What is reported as an episode's return is of clipped rewards then, in evaluations too.</summary>
internal sealed class ClipReward : EnvironmentWrapper
{
    private readonly double _least;
    private readonly double _most;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="minReward">The lower bound; null for none.</param>
    /// <param name="maxReward">The upper bound; null for none.</param>
    /// <exception cref="EnvironmentException">There is no bound, or the lower one is above the upper one.</exception>
    public ClipReward(IEnvironment inner, double? minReward, double? maxReward) : base(inner)
    {
        if (minReward is null && maxReward is null)
        {
            throw new EnvironmentException($"wrapper {nameof(ClipReward)} needs a bound: give min_reward, max_reward or both");
        }

        if (minReward > maxReward)
        {
            throw new EnvironmentException(string.Create(
                CultureInfo.InvariantCulture, $"wrapper {nameof(ClipReward)}: min_reward {minReward} is above max_reward {maxReward}: exchange them"));
        }

        _least = minReward ?? double.NegativeInfinity;
        _most = maxReward ?? double.PositiveInfinity;
    }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = Inner.Step(action, observation);
        return result with { Reward = Math.Clamp(result.Reward, _least, _most) };
    }
}
