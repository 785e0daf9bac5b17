using System.Globalization;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>One episode of one environment, step by step; what its author forgot becomes a line that names it.</summary>
internal sealed class Episode : IDisposable
{
    // A policy that goes round in circles must not hold up the command for ever, nor without a word.
    private const long Longest = 1_000_000;
    private readonly IEnvironment _environment;
    private readonly ActionChoice _choose;
    private readonly string _name;
    private readonly float[] _observation;

    /// <summary>Begins the episode.</summary>
    /// <param name="environment">The environment, disposed of with this.</param>
    /// <param name="name">What the user calls it.</param>
    /// <param name="choose">The policy.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">The stream of random numbers.</param>
    /// <exception cref="EnvironmentException">The environment cannot be used, or throws.</exception>
    public Episode(IEnvironment environment, string name, ActionChoice choose, ulong seed, ulong index)
    {
        (_environment, _name, _choose) = (environment, name, choose);
        try
        {
            _observation = new float[((BoxSpace)environment.ObservationSpace).Size];
            Guard("Seed", () => environment.Seed(seed, index));
            Guard("Reset", () => environment.Reset(_observation));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Sum of the rewards.</summary>
    public double Return { get; private set; }

    /// <summary>Whether it has come to its end.</summary>
    public bool HasEnded => IsTerminated || IsTruncated;

    /// <summary>Whether it ended in a terminal state.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>Whether it was cut.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Takes the policy's action.</summary>
    /// <exception cref="EnvironmentException">The environment throws, or the episode does not end.</exception>
    public void Step()
    {
        if (Steps == Longest)
        {
            throw new EnvironmentException($"an episode of {_name} has not ended after {Longest} steps: limit episodes with dqn.environment.max-episode-steps");
        }

        int action = _choose(_observation);
        StepResult result = default;
        Guard("Step", () => result = _environment.Step(action, _observation));
        Steps++;
        Return += result.Reward;
        (IsTerminated, IsTruncated) = (result.Terminated, result.Truncated);
    }

    /// <summary>Draws the present state.</summary>
    /// <param name="canvas">Receives the picture.</param>
    /// <exception cref="EnvironmentException">The environment throws.</exception>
    public void Render(Canvas canvas) => Guard("Render", () => ((IRenderable)_environment).Render(canvas));

    /// <summary>Its result in one line.</summary>
    /// <param name="number">Its number, from 1.</param>
    public string Line(int number)
    {
        string end = IsTerminated ? IsTruncated ? "terminated,truncated" : "terminated" : IsTruncated ? "truncated" : "none";
        return string.Create(CultureInfo.InvariantCulture, $"episode {number} return={Return:G6} steps={Steps} end={end}");
    }

    /// <inheritdoc />
    public void Dispose() => (_environment as IDisposable)?.Dispose();

    private void Guard(string method, Action call)
    {
        try
        {
            call();
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or EnvironmentException))
        {
            throw new EnvironmentException(
                $"environment {_name} failed in {method}, after {Steps} steps of its episode: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }
}
