namespace DqnAkka.Environments;

/// <summary>
/// Steps an environment with random actions and reports where it breaks the contract of <see cref="IEnvironment"/>, as Gymnasium's checker
/// does: spaces, observations (shape, range, type, what is never written), rewards, ends, determinism under one seed, streams of different
/// seeds and indices, order of calls, allocations, pictures, disposal.
/// </summary>
/// <param name="create">Makes a fresh copy, its time limit and wrappers included; called some seven times.</param>
/// <param name="options">How long it is checked.</param>
public sealed class EnvironmentCheck(Func<IEnvironment> create, CheckOptions options)
{
    // Where evaluation episodes lie in a run's streams: far beyond any index of training.
    private const ulong EvaluationBlock = 4UL << 56;
    private const int ShortWalk = 1_000;
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
            CheckSeeds(rules, actionCount, first, stop);
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

        if (walk.BytesPerStep > 0)
        {
            _findings.Warn("allocation", () => FormattableString.Invariant($"a step allocates {walk.BytesPerStep:0.#} bytes: keep buffers, or garbage collection takes its share of every step"));
        }

        if (Spaces(environment) is { } again && again != spaces)
        {
            _findings.Breach("spaces", () => $"the spaces are {spaces.Observation} and {spaces.Actions} at first, {again.Observation} and {again.Actions} later: they must stay");
        }

        _isRendered = RenderCheck.Run(environment, _findings);
    }

    private void CheckSeeds(ObservationRules rules, int actionCount, CheckWalk first, CancellationToken stop)
    {
        if (Walk(options.Steps, options.Seed, 0).FirstDifference(first) is { } difference)
        {
            _findings.Breach("determinism", () => $"two copies with one seed and the same actions part: {difference}; draw every random number from a RandomSource that Seed seeds, and share nothing between copies");
            return;
        }

        int steps = Math.Min(options.Steps, ShortWalk);
        bool byIndex = !Walk(steps, options.Seed, 1).Agrees(first);
        bool bySeed = !Walk(steps, options.Seed + 1, 0).Agrees(first);
        if (bySeed && !byIndex)
        {
            _findings.Breach("index", () => "copies with different indices play the same episodes: seed the random numbers from both arguments of Seed, for example with new RandomSource(seed, index)");
        }
        else if (byIndex && !bySeed)
        {
            _findings.Breach("seed", () => "different seeds give the same episodes: seed the random numbers from both arguments of Seed, for example with new RandomSource(seed, index)");
        }
        else if (byIndex && Walk(steps, options.Seed, EvaluationBlock).Agrees(first))
        {
            _findings.Breach("index", () => "indices that differ in their high bits only play the same episodes, so an evaluation would replay training: use all 64 bits, as RandomSource does");
        }

        CheckWalk Walk(int length, ulong seed, ulong index)
        {
            using CheckedCopy copy = new(create(), rules, _findings);
            return CheckWalk.Play(copy, actionCount, length, seed, index, options.Seed, stop);
        }
    }

    private void With(ObservationRules rules, Action<CheckedCopy> check)
    {
        using CheckedCopy copy = new(create(), rules, _findings);
        check(copy);
    }
}
