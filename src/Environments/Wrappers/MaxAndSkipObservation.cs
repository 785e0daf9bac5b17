using System.Numerics;

namespace DqnAkka.Environments;

/// <summary>
/// Repeats each action, sums the rewards and shows the larger value of the last two frames, component by component, so that what a console
/// draws in every other frame only is seen (Gymnasium's <c>MaxAndSkipObservation</c>). An end cuts the repetitions short.
/// </summary>
internal sealed class MaxAndSkipObservation : EnvironmentWrapper
{
    private readonly int _skip;
    private readonly float[] _other;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="skip">How often an action is repeated, at least 2.</param>
    /// <exception cref="EnvironmentException">The observations are no box, or <paramref name="skip"/> is below 2.</exception>
    public MaxAndSkipObservation(IEnvironment inner, int skip) : base(inner)
    {
        WrapperChecks.RequireAtLeast(nameof(MaxAndSkipObservation), nameof(skip), skip, 2);
        _skip = skip;
        ObservationSpace = FrameStack.Unstacked(inner.ObservationSpace, skip);
        _other = new float[WrapperChecks.RequireBox(nameof(MaxAndSkipObservation), inner.ObservationSpace).Size];
    }

    /// <inheritdoc />
    public override Space ObservationSpace { get; }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = Inner.Step(action, observation);
        double reward = result.Reward;
        bool hasOther = false;
        for (int i = 1; i < _skip && !result.Terminated && !result.Truncated; i++)
        {
            result = Inner.Step(action, i % 2 == 0 ? observation : _other);
            reward += result.Reward;
            hasOther = true;
        }

        if (hasOther)
        {
            TakeLarger(observation, _other);
        }

        return result with { Reward = reward };
    }

    private static void TakeLarger(Span<float> values, ReadOnlySpan<float> others)
    {
        int i = 0;
        for (; i <= others.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Max(new Vector<float>(values[i..]), new Vector<float>(others[i..])).CopyTo(values[i..]);
        }

        for (; i < others.Length; i++)
        {
            values[i] = Math.Max(values[i], others[i]);
        }
    }
}
