namespace DqnAkka.Environments;

/// <summary>
/// Looks at what an environment's episodes depend on: seed, index and actions, all of them, and nothing else; not on what other copies do,
/// nor on what the copy did before it was seeded, nor on being drawn.
/// </summary>
/// <param name="create">Makes a fresh copy.</param>
/// <param name="rules">What its observations must be.</param>
/// <param name="actionCount">Number of actions.</param>
/// <param name="options">How long it is checked.</param>
/// <param name="first">A walk of seed <see cref="CheckOptions.Seed"/> and index 0 over <see cref="CheckOptions.Steps"/> steps.</param>
/// <param name="findings">Receives what is wrong.</param>
internal sealed class SeedCheck(Func<IEnvironment> create, ObservationRules rules, int actionCount, CheckOptions options, CheckWalk first, CheckFindings findings)
{
    // Where evaluation episodes lie in a run's streams: far beyond any index of training.
    private const ulong EvaluationBlock = 4UL << 56;
    private const int LongestWalk = 1_000;
    private const int LongestRenderedWalk = 200;
    private const int Tries = 4;
    private readonly int _steps = Math.Min(options.Steps, LongestWalk);

    /// <summary>Makes the walks and compares them.</summary>
    public void Run(CancellationToken stop)
    {
        if (Walk(options.Steps, options.Seed, 0, stop).FirstDifference(first) is { } difference)
        {
            findings.Breach("determinism", () => $"two copies with one seed and the same actions part: {difference}; draw every random number from a RandomSource that Seed seeds, and share nothing between copies");
            return;
        }

        CompareAmongOthers(stop);
        CompareSeededAgain(stop);
        CompareRendered(stop);
        CompareStreams(stop);
    }

    private void CompareAmongOthers(CancellationToken stop)
    {
        using CheckedCopy copy = new(create(), rules, findings);
        using CheckedCopy other = new(create(), rules, findings);
        RandomSource actions = new(options.Seed, 1);
        bool isWhole = other.Begin(options.Seed, 1);
        CheckWalk walk = Play(copy, _steps, options.Seed, 0, stop, () =>
            isWhole = isWhole && other.Step(actions.NextInt(actionCount), out StepResult result) && (!(result.Terminated || result.Truncated) || other.Reset()));
        if (walk.FirstDifference(first) is { } difference)
        {
            findings.Breach("shared", () => $"a copy plays differently where another one is stepped in turn with it: {difference}; keep all state in the copy's own fields, none of it static");
        }
    }

    private void CompareSeededAgain(CancellationToken stop)
    {
        using CheckedCopy copy = new(create(), rules, findings);
        // An odd length, so that most are in the middle of an episode.
        Play(copy, Math.Min(_steps, 37), options.Seed, 1, stop);
        if (Play(copy, _steps, options.Seed, 0, stop).FirstDifference(first) is { } difference)
        {
            findings.Breach("determinism", () => $"a copy that is seeded and reset again plays differently from a fresh one of that seed: {difference}; let Seed begin the random numbers anew, and Reset all of the state");
        }
    }

    private void CompareRendered(CancellationToken stop)
    {
        IEnvironment environment = create();
        using CheckedCopy copy = new(environment, rules, findings);
        if (environment is not IRenderable { RenderSize: { Width: > 0, Height: > 0 } size } renderable)
        {
            return;
        }

        try
        {
            Canvas canvas = new(new RgbImage(size));
            if (Play(copy, Math.Min(_steps, LongestRenderedWalk), options.Seed, 0, stop, () => renderable.Render(canvas)).FirstDifference(first) is { } difference)
            {
                findings.Breach("render", () => $"an episode goes differently where it is drawn at each step: {difference}; let Render change nothing and draw no random numbers");
            }
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            findings.Breach("render", () => $"Render threw {OneLine.Of(exception)}");
        }
    }

    private void CompareStreams(CancellationToken stop)
    {
        bool byIndex = Part((0, 0), (0, 1));
        bool bySeed = Part((0, 0), (1, 0));
        // Where neither makes a difference, nothing is random.
        if (bySeed && !byIndex && !Numbers().Any(number => Part((0, 0), (0, number)) || Part((1, 0), (1, number))))
        {
            findings.Breach("index", () => "copies with different indices play the same episodes: seed the random numbers from both arguments of Seed, for example with new RandomSource(seed, index)");
            return;
        }

        if (byIndex && !bySeed && !Numbers().Any(number => Part((0, 0), (number, 0)) || Part((0, 1), (number, 1))))
        {
            findings.Breach("seed", () => "different seeds give the same episodes: seed the random numbers from both arguments of Seed, for example with new RandomSource(seed, index)");
            return;
        }

        if ((byIndex || bySeed) && !Part((0, 0), (0, EvaluationBlock)) && !Numbers().Any(number =>
            Part((0, number), (0, EvaluationBlock + number)) || Part((number, 0), (number, EvaluationBlock))))
        {
            findings.Breach("index", () => "indices that differ in their high bits only play the same episodes, so an evaluation would replay training: use all 64 bits, as RandomSource does");
        }

        // Where chance has little say in an episode, two may agree: those of several streams, which differ, do not all.
        static IEnumerable<ulong> Numbers() => Enumerable.Range(1, Tries).Select(number => (ulong)number);

        bool Part((ulong Seed, ulong Index) one, (ulong Seed, ulong Index) other) => !Of(one).Agrees(Of(other));

        CheckWalk Of((ulong Seed, ulong Index) stream) =>
            stream is (0, 0) ? first : Walk(_steps, options.Seed + stream.Seed, stream.Index, stop);
    }

    private CheckWalk Walk(int steps, ulong seed, ulong index, CancellationToken stop)
    {
        using CheckedCopy copy = new(create(), rules, findings);
        return Play(copy, steps, seed, index, stop);
    }

    private CheckWalk Play(CheckedCopy copy, int steps, ulong seed, ulong index, CancellationToken stop, Action? between = null) =>
        CheckWalk.Play(copy, actionCount, steps, seed, index, options.Seed, stop, between);
}
