namespace DqnAkka.Environments;

/// <summary>One copy of an environment under check: poisons what it is given, inspects what it gives, and notes its exceptions.</summary>
internal sealed class CheckedCopy(IEnvironment environment, ObservationRules rules, CheckFindings findings) : IDisposable
{
    private readonly float[] _observation = new float[rules.Size];
    private readonly float[] _before = new float[rules.Size];
    private long _step;

    /// <summary>The newest observation, float32 [size].</summary>
    public ReadOnlySpan<float> Observation => _observation;

    /// <summary>The environment itself.</summary>
    public IEnvironment Environment => environment;

    /// <summary>Bytes that the steps have allocated on this thread.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Seeds it and begins an episode.</summary>
    /// <returns>Whether it did not throw.</returns>
    public bool Begin(ulong seed, ulong index)
    {
        try
        {
            environment.Seed(seed, index);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            findings.Breach("exception", () => $"Seed({seed}, {index}) threw {OneLine.Of(exception)}");
            return false;
        }

        return Reset();
    }

    /// <summary>Begins an episode.</summary>
    /// <returns>Whether it did not throw.</returns>
    public bool Reset()
    {
        ObservationRules.PoisonAll(_observation);
        try
        {
            environment.Reset(_observation);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            findings.Breach("exception", () => $"Reset threw {OneLine.Of(exception)}");
            return false;
        }

        _step = 0;
        rules.Inspect(_observation, static () => "after Reset", findings);
        return true;
    }

    /// <summary>Takes one action.</summary>
    /// <param name="action">An action of the action space.</param>
    /// <param name="result">What the step gave.</param>
    /// <returns>Whether it did not throw.</returns>
    public bool Step(int action, out StepResult result)
    {
        _observation.CopyTo(_before, 0);
        ObservationRules.PoisonAll(_observation);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            result = environment.Step(action, _observation);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            findings.Breach("exception", () => $"Step({action}) threw {OneLine.Of(exception)} after {_step} steps of an episode");
            result = default;
            return false;
        }

        AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - before;
        _step++;
        findings.Steps++;
        Func<string> where = () => $"after action {action} at step {_step} of an episode";
        rules.Inspect(_observation, where, findings);
        rules.InspectStack(_before, _observation, where, findings);
        double reward = result.Reward;
        // Rewards are stored as float32, where a large float64 is infinite.
        if (!float.IsFinite((float)reward))
        {
            findings.Breach("reward", () => $"the reward is {(double.IsFinite(reward) ? $"{reward}, too large for float32," : ObservationRules.Text(reward))} after action {action} at step {_step} of an episode: it must be finite as float32");
        }

        if (result.Terminated || result.Truncated)
        {
            findings.Episodes++;
        }

        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            (environment as IDisposable)?.Dispose();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            findings.Breach("dispose", () => $"Dispose threw {OneLine.Of(exception)}");
        }
    }
}
