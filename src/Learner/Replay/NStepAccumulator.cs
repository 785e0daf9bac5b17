namespace DqnAkka.Learner;

/// <summary>
/// Turns the steps of several environments into n-step transitions (s_t, a_t, Σ_{k&lt;m} γᵏ r_{t+k}, γᵐ, s_{t+m}) with m = n, or fewer
/// at the end of an episode (Sutton &amp; Barto 2018, §7.1). No step allocates. Not thread-safe.
/// </summary>
public sealed class NStepAccumulator
{
    private readonly int _environments;
    private readonly int _observationSize;
    private readonly int _steps;
    private readonly double[] _powers;

    // One ring of n windows for each environment: window w of environment e is row e·n + w. A window's age is the steps it has summed.
    private readonly float[] _observations;
    private readonly int[] _actions;
    private readonly double[] _returns;
    private readonly int[] _oldest;
    private readonly int[] _open;

    /// <summary>Makes an accumulator without open windows.</summary>
    /// <param name="environments">Number of environments, E.</param>
    /// <param name="observationSize">Components of one observation, D.</param>
    /// <param name="steps">n, at least 1.</param>
    /// <param name="gamma">Discount of one step, γ in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public NStepAccumulator(int environments, int observationSize, int steps, double gamma)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(environments, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (!(gamma >= 0 && gamma <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "the discount γ must lie between 0 and 1");
        }

        _environments = environments;
        _observationSize = observationSize;
        _steps = steps;
        _powers = new double[steps + 1];
        _powers[0] = 1;
        for (int k = 1; k <= steps; k++)
        {
            _powers[k] = _powers[k - 1] * gamma;
        }

        _observations = new float[checked(environments * steps * observationSize)];
        _actions = new int[environments * steps];
        _returns = new double[environments * steps];
        _oldest = new int[environments];
        _open = new int[environments];
    }

    /// <summary>
    /// Takes one step of one environment and adds what it completes to <paramref name="builder"/>: the window that is n steps long,
    /// or all open windows where the episode ended. After termination nothing is bootstrapped (discount 0, also where the step was
    /// truncated as well); after truncation alone the value of <paramref name="nextObservation"/> is, with γᵐ.
    /// </summary>
    /// <param name="environment">The environment, 0 to E − 1.</param>
    /// <param name="observation">s, float32 [D].</param>
    /// <param name="action">a.</param>
    /// <param name="reward">r.</param>
    /// <param name="terminated">Whether the episode reached a terminal state.</param>
    /// <param name="truncated">Whether the episode was cut.</param>
    /// <param name="nextObservation">s′ of the same episode, float32 [D]: the final observation where the episode ended, not the first of the next.</param>
    /// <param name="builder">Receives completed transitions, oldest first.</param>
    /// <exception cref="ArgumentException">There is no such environment, or an observation is not of size D.</exception>
    public void Append(
        int environment,
        ReadOnlySpan<float> observation,
        int action,
        double reward,
        bool terminated,
        bool truncated,
        ReadOnlySpan<float> nextObservation,
        TransitionBatchBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfNegative(environment);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(environment, _environments);
        if (observation.Length != _observationSize || nextObservation.Length != _observationSize)
        {
            throw new ArgumentException($"observations of {_observationSize} components are expected, got {observation.Length} and {nextObservation.Length}");
        }

        OpenWindow(environment, observation, action);
        AddReward(environment, reward);
        EpisodeEnd end = (terminated ? EpisodeEnd.Terminated : EpisodeEnd.None) | (truncated ? EpisodeEnd.Truncated : EpisodeEnd.None);
        while (_open[environment] == _steps || (end != EpisodeEnd.None && _open[environment] > 0))
        {
            CloseOldest(environment, end, nextObservation, builder);
        }
    }

    /// <summary>Drops all open windows, as where the environments are reset from outside.</summary>
    public void Reset()
    {
        Array.Clear(_oldest);
        Array.Clear(_open);
    }

    private void OpenWindow(int environment, ReadOnlySpan<float> observation, int action)
    {
        int row = Row(environment, _open[environment]);
        observation.CopyTo(_observations.AsSpan(row * _observationSize));
        _actions[row] = action;
        _returns[row] = 0;
        _open[environment]++;
    }

    private void AddReward(int environment, double reward)
    {
        int open = _open[environment];
        for (int i = 0; i < open; i++)
        {
            _returns[Row(environment, i)] += _powers[open - 1 - i] * reward;
        }
    }

    private void CloseOldest(int environment, EpisodeEnd end, ReadOnlySpan<float> nextObservation, TransitionBatchBuilder builder)
    {
        // The oldest window has summed as many steps as there are windows open.
        int row = Row(environment, 0);
        double discount = (end & EpisodeEnd.Terminated) != 0 ? 0 : _powers[_open[environment]];
        builder.Add(environment, _observations.AsSpan(row * _observationSize, _observationSize), _actions[row], (float)_returns[row], (float)discount, end, nextObservation);
        _oldest[environment] = (_oldest[environment] + 1) % _steps;
        _open[environment]--;
    }

    private int Row(int environment, int window)
    {
        int position = _oldest[environment] + window;
        return (environment * _steps) + (position < _steps ? position : position - _steps);
    }
}
