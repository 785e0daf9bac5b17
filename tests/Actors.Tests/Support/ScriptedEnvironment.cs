using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// An environment that can be worked out by hand: the observation is (copy's index, steps in the episode), the reward is the
/// number of the step, an episode ends after a fixed number of steps, and at a chosen step of its life it throws or gives NaN.
/// </summary>
public sealed class ScriptedEnvironment(int episodeLength = 5, bool truncates = false, int failAtStep = 0, bool failsWithNaN = false) : IEnvironment
{
    public const string Failure = "the motor\nburned out";

    private int _life;
    private int _step;
    private float _index;

    public Space ObservationSpace { get; } = new BoxSpace([0f, 0f], [1e9f, 1e9f]);

    public Space ActionSpace { get; } = new DiscreteSpace(2);

    public static EnvironmentSpecification Specification(params (string Name, string Value)[] arguments) => new()
    {
        Type = $"{typeof(ScriptedEnvironment).FullName}, {typeof(ScriptedEnvironment).Assembly.GetName().Name}",
        Arguments = arguments.ToDictionary(argument => argument.Name, argument => argument.Value),
    };

    public void Seed(ulong seed, ulong index) => _index = index % (1UL << 20);

    public void Reset(Span<float> observation)
    {
        _step = 0;
        Observe(observation);
    }

    public StepResult Step(int action, Span<float> observation)
    {
        _life++;
        _step++;
        Observe(observation);
        if (_life == failAtStep)
        {
            return failsWithNaN ? new StepResult(double.NaN, false, false) : throw new InvalidOperationException(Failure);
        }

        bool ends = _step == episodeLength;
        return new StepResult(_step, ends && !truncates, ends && truncates);
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = _index;
        observation[1] = _step;
    }
}
