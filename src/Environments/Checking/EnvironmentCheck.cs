namespace DqnAkka.Environments;

/// <summary>
/// Steps an environment with random actions and reports where it breaks the contract of <see cref="IEnvironment"/>, as Gymnasium's checker
/// does: spaces, observations (shape, range, type, what is never written), rewards, ends, determinism under one seed, streams of different
/// seeds and indices, order of calls, allocations, pictures, disposal.
/// </summary>
/// <param name="create">Makes a fresh copy, its time limit and wrappers included; called some ten times.</param>
/// <param name="options">How long it is checked.</param>
public sealed class EnvironmentCheck(Func<IEnvironment> create, CheckOptions options)
{
    private readonly CheckFindings _findings = new();
    private bool _isRendered;

    /// <summary>Runs the check.</summary>
    /// <param name="stop">Ends it between two steps.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="EnvironmentException">The environment cannot be made at all.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public CheckReport Run(CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Steps, 1, nameof(options));
        IEnvironment environment = create();
        if (Spaces(environment) is not { } spaces)
        {
            (environment as IDisposable)?.Dispose();
            return Report();
        }

        ObservationRules rules = new(spaces.Observation);
        int actionCount = spaces.Actions.Count;
        CheckWalk first;
        using (CheckedCopy copy = new(environment, rules, _findings))
        {
            first = CheckWalk.Play(copy, actionCount, options.Steps, options.Seed, 0, options.Seed, stop);
            JudgeFirst(first, environment, spaces);
        }

        if (first.IsWhole)
        {
            new SeedCheck(create, rules, actionCount, options, first, _findings).Run(stop);
            With(rules, copy => new EpisodeEndCheck(rules).Run(copy, actionCount, options.Steps, options.Seed, 2, _findings, stop));
            With(rules, copy => ProtocolCheck.Run(copy, actionCount, options.Seed, _findings));
        }

        return Report();
    }

    private CheckReport Report() => new(_findings.All, _findings.Steps, _findings.Episodes, _isRendered);

    private (BoxSpace Observation, DiscreteSpace Actions)? Spaces(IEnvironment environment)
    {
        try
        {
            (Space observation, Space action) = EnvironmentSpaces.Read("under check", environment);
            EnvironmentSpaces.RequireVectorObservationsAndDiscreteActions("it", observation, action);
            return ((BoxSpace)observation, (DiscreteSpace)action);
        }
        catch (EnvironmentException exception)
        {
            _findings.Breach("spaces", () => exception.Message);
            return null;
        }
    }

    private void JudgeFirst(CheckWalk walk, IEnvironment environment, (BoxSpace Observation, DiscreteSpace Actions) spaces)
    {
        if (!walk.IsWhole)
        {
            return;
        }

        if (_findings.Episodes == 0)
        {
            _findings.Warn("endless", () => $"no episode ended within {options.Steps} steps of random actions: if they may last for ever, set environment.max-episode-steps");
        }

        if (walk.BytesPerStep >= 1)
        {
            _findings.Warn("allocation", () => FormattableString.Invariant($"a step allocates {walk.BytesPerStep:0.#} bytes: keep buffers, or garbage collection takes its share of every step"));
        }

        if (Spaces(environment) is { } again && again != spaces)
        {
            _findings.Breach("spaces", () => $"the spaces are {spaces.Observation} and {spaces.Actions} at first, {again.Observation} and {again.Actions} later: they must stay");
        }

        _isRendered = RenderCheck.Run(environment, _findings);
    }

    private void With(ObservationRules rules, Action<CheckedCopy> check)
    {
        using CheckedCopy copy = new(create(), rules, _findings);
        check(copy);
    }
}
