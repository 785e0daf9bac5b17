using DqnAkka.Environments;

namespace DqnAkka.Process.Tests;

/// <summary>A user's environment that breaks: by an exception, by a NaN or by extreme rewards, always or once.</summary>
public sealed class FaultyEnvironment : IEnvironment
{
    private readonly string _fault;
    private readonly string _onceMarker;
    private int _steps;

    /// <param name="fault"><c>throw</c>, <c>nan</c>, or <c>reward</c> for rewards whose square is no float32 any more, from the first step on.</param>
    /// <param name="onceMarker">A file that is made by the first fault and prevents every later one; empty to fail always.</param>
    public FaultyEnvironment(string fault, string onceMarker = "")
    {
        _fault = fault;
        _onceMarker = onceMarker;
    }

    public Space ObservationSpace { get; } = new BoxSpace([0f, 0f], [1f, 1f]);

    public Space ActionSpace { get; } = new DiscreteSpace(2);

    public void Seed(ulong seed, ulong index)
    {
    }

    public void Reset(Span<float> observation)
    {
        observation.Fill(0.5f);
    }

    public StepResult Step(int action, Span<float> observation)
    {
        _steps++;
        observation.Fill(0.5f);
        if (_fault == "reward")
        {
            return new StepResult(1e30, Terminated: _steps % 20 == 0, Truncated: false);
        }

        if (_steps == 200 && IsFaulty())
        {
            if (_fault == "throw")
            {
                throw new InvalidOperationException("the valve is stuck");
            }

            observation[1] = float.NaN;
        }

        return new StepResult(action, Terminated: _steps % 20 == 0, Truncated: false);
    }

    private bool IsFaulty()
    {
        if (_onceMarker.Length == 0)
        {
            return true;
        }

        try
        {
            using FileStream marker = new(_onceMarker, FileMode.CreateNew);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

/// <summary>An environment for which DQN has no answer.</summary>
public sealed class ContinuousEnvironment : IEnvironment
{
    public Space ObservationSpace { get; } = new BoxSpace([0f], [1f]);

    public Space ActionSpace { get; } = new BoxSpace([-2f], [2f]);

    public void Seed(ulong seed, ulong index)
    {
    }

    public void Reset(Span<float> observation) => observation.Clear();

    public StepResult Step(int action, Span<float> observation) => new(0, true, false);
}
