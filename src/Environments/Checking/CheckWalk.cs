namespace DqnAkka.Environments;

/// <summary>What a walk of random actions came past, in one word for each step, so that walks can be compared.</summary>
internal sealed class CheckWalk
{
    private const ulong ActionStream = 1UL << 63;
    private const int FewestWarmUpSteps = 50;
    private readonly List<ulong> _observations = [];
    private readonly List<ulong> _results = [];

    private CheckWalk()
    {
    }

    /// <summary>Whether the environment never threw.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Bytes allocated by an average step of the second half: in the first one something may be prepared.</summary>
    public double BytesPerStep { get; private set; }

    /// <summary>Walks: a random action at each step, a reset after each end. The same seed gives the same actions.</summary>
    /// <param name="copy">What walks.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="steps">Length of the walk.</param>
    /// <param name="seed">The copy's seed.</param>
    /// <param name="index">The copy's index.</param>
    /// <param name="actionSeed">Seed of the actions.</param>
    /// <param name="stop">Ends it between two steps.</param>
    /// <param name="between">What is done after each step; null for nothing.</param>
    public static CheckWalk Play(
        CheckedCopy copy, int actionCount, int steps, ulong seed, ulong index, ulong actionSeed, CancellationToken stop, Action? between = null)
    {
        CheckWalk walk = new();
        RandomSource actions = new(actionSeed, ActionStream);
        if (!copy.Begin(seed, index))
        {
            return walk;
        }

        walk._observations.Add(Hash(copy.Observation));
        int warm = Math.Min(Math.Max(FewestWarmUpSteps, steps / 2), steps - 1);
        long allocatedBefore = 0;
        for (int t = 0; t < steps; t++)
        {
            stop.ThrowIfCancellationRequested();
            if (t == warm)
            {
                allocatedBefore = copy.AllocatedBytes;
            }

            if (!copy.Step(actions.NextInt(actionCount), out StepResult result))
            {
                return walk;
            }

            between?.Invoke();
            walk._results.Add(Hash(result));
            walk._observations.Add(Hash(copy.Observation));
            if (result.Terminated || result.Truncated)
            {
                if (!copy.Reset())
                {
                    return walk;
                }

                walk._observations.Add(Hash(copy.Observation));
            }
        }

        walk.BytesPerStep = (copy.AllocatedBytes - allocatedBefore) / (double)(steps - warm);
        walk.IsWhole = true;
        return walk;
    }

    /// <summary>Whether the shorter of two walks is the beginning of the other.</summary>
    public bool Agrees(CheckWalk other) => FirstDifference(other) is null;

    /// <summary>Where two walks part, in words; null where they do not.</summary>
    public string? FirstDifference(CheckWalk other)
    {
        int observation = Parting(_observations, other._observations);
        int result = Parting(_results, other._results);
        return observation == 0 ? "the first observation differs"
            : result < 0 && observation < 0 ? null
            : result >= 0 && (observation < 0 || result < observation) ? $"reward or end of step {result + 1} differs"
            : $"observation {observation + 1} differs";
    }

    private static int Parting(List<ulong> first, List<ulong> second)
    {
        int common = Math.Min(first.Count, second.Count);
        for (int i = 0; i < common; i++)
        {
            if (first[i] != second[i])
            {
                return i;
            }
        }

        return -1;
    }

    // FNV-1a over whole words.
    private static ulong Hash(ReadOnlySpan<float> values)
    {
        ulong hash = 14695981039346656037;
        foreach (float value in values)
        {
            hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 1099511628211;
        }

        return hash;
    }

    private static ulong Hash(StepResult result) =>
        (BitConverter.DoubleToUInt64Bits(result.Reward) * 1099511628211) ^ (result.Terminated ? 1UL : 0) ^ (result.Truncated ? 2UL : 0);
}
