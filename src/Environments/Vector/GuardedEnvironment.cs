using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>
/// One copy of a user's environment whose exceptions and non-finite numbers become an <see cref="EnvironmentException"/>
/// that says which environment, which copy, and where in its episode. Memory that runs out is not the environment's failure and passes.
/// </summary>
/// <param name="inner">The environment.</param>
/// <param name="name">What the user calls it.</param>
/// <param name="copy">The index of the copy within its vector.</param>
internal sealed class GuardedEnvironment(IEnvironment inner, string name, int copy) : IDisposable
{
    private long _steps;

    public void Seed(ulong seed, ulong index)
    {
        try
        {
            inner.Seed(seed, index);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Failed("Seed", exception);
        }
    }

    public void Reset(Span<float> observation)
    {
        try
        {
            inner.Reset(observation);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Failed("Reset", exception);
        }

        _steps = 0;
        int wrong = IndexOfNonFinite(observation);
        if (wrong >= 0)
        {
            throw new EnvironmentException(
                $"environment {name} (copy {copy}) returned {Text(observation[wrong])} as observation component {wrong} of 0 to {observation.Length - 1}, from Reset; observations must be finite");
        }
    }

    public StepResult Step(int action, Span<float> observation)
    {
        StepResult result;
        try
        {
            result = inner.Step(action, observation);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Failed("Step", exception);
        }

        _steps++;
        int wrong = IndexOfNonFinite(observation);
        if (wrong >= 0)
        {
            throw NotFinite(observation[wrong], $"observation component {wrong} of 0 to {observation.Length - 1}", action);
        }

        // Rewards are stored as float32, where a large float64 is infinite.
        return float.IsFinite((float)result.Reward) ? result : throw NotFinite(result.Reward, "reward", action);
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    private static int IndexOfNonFinite(ReadOnlySpan<float> observation)
    {
        for (int i = 0; i < observation.Length; i++)
        {
            if (!float.IsFinite(observation[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Text(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture)
        : value > 0 ? "+infinity" : "-infinity";

    private EnvironmentException NotFinite(double value, string what, int action) => new(
        $"environment {name} (copy {copy}) returned {Text(value)} as {what}, after action {action} at step {_steps} of its episode; it must be finite{(double.IsFinite(value) ? " as float32" : "")}");

    private EnvironmentException Failed(string method, Exception exception) => new(
        $"environment {name} (copy {copy}) failed in {method}, after {_steps} steps of its episode: {OneLine.Of(exception)}", exception);
}
