using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>Chooses argmax Q(s, ·) for each row.</summary>
/// <param name="observations">s, float32 [count × observation size] row-major.</param>
/// <param name="count">Number of rows.</param>
/// <param name="actions">Receives one action for each row, int32 [count].</param>
public delegate void GreedyPolicy(ReadOnlySpan<float> observations, int count, Span<int> actions);

/// <summary>
/// Plays one greedy episode in every copy of a vector environment. A copy counts until its first episode ends, so that
/// short episodes are not drawn more often than long ones. Not thread-safe.
/// </summary>
/// <param name="environment">The copies; their number is the number of episodes.</param>
/// <param name="policy">The policy to judge.</param>
public sealed class GreedyEvaluation(IVectorEnvironment environment, GreedyPolicy policy)
{
    // A policy that goes round in circles must not hold up the run for ever, nor without a word.
    private const int LongestEpisode = 1_000_000;

    // Longer than any episode of the environments that end by themselves, Atari's included (27000 steps).
    private const int LongEpisode = 50_000;

    /// <summary>Hears, in one line, once in an evaluation, that an episode is so long that it may never end.</summary>
    public Action<string> EpisodeIsLong { get; init; } = static _ => { };

    /// <summary>Hears, in one line, where running episodes were lost (<see cref="EpisodesLostException"/>): they begin again.</summary>
    public Action<string> EpisodesLost { get; init; } = static _ => { };

    /// <summary>Plays the episodes.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="firstIndex">The stream of the first copy; copy <c>i</c> uses <paramref name="firstIndex"/> + i.</param>
    /// <param name="stop">Ends the evaluation between two steps.</param>
    /// <returns>The undiscounted return of each copy's first episode, in the copies' order.</returns>
    /// <exception cref="EnvironmentException">The observations are not vectors, or an episode does not end within a million steps.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public IReadOnlyList<double> Run(ulong seed, ulong firstIndex, CancellationToken stop = default)
    {
        if (environment.ObservationSpace is not BoxSpace box)
        {
            throw new EnvironmentException($"the observations of an evaluation must be vectors (Box), but they are {environment.ObservationSpace}");
        }

        int count = environment.Count;
        float[] observations = new float[count * box.Size];
        float[] finalObservations = new float[count * box.Size];
        int[] actions = new int[count];
        double[] rewards = new double[count];
        bool[] terminated = new bool[count];
        bool[] truncated = new bool[count];
        double[] returns = new double[count];
        bool[] finished = new bool[count];
        int remaining = count;
        int steps = 0;

        environment.Reset(seed, firstIndex, observations);
        while (remaining > 0)
        {
            stop.ThrowIfCancellationRequested();
            if (++steps > LongestEpisode)
            {
                throw new EnvironmentException(
                    $"a greedy episode has not ended after {LongestEpisode} steps: limit episodes with dqn.environment.max-episode-steps");
            }

            if (steps == LongEpisode)
            {
                EpisodeIsLong(
                    $"a greedy episode has not ended after {LongEpisode} steps, it may never do so and is given up after {LongestEpisode}: limit episodes with dqn.environment.max-episode-steps");
            }

            policy(observations, count, actions);
            try
            {
                environment.Step(actions, observations, rewards, terminated, truncated, finalObservations);
            }
            catch (EpisodesLostException exception)
            {
                EpisodesLost(exception.Message);
                BeginAgain(returns, finished);
                steps = 0;
                continue;
            }

            for (int copy = 0; copy < count; copy++)
            {
                if (finished[copy])
                {
                    continue;
                }

                returns[copy] += rewards[copy];
                if (terminated[copy] || truncated[copy])
                {
                    finished[copy] = true;
                    remaining--;
                }
            }
        }

        return returns;
    }

    private static void BeginAgain(double[] returns, bool[] finished)
    {
        for (int copy = 0; copy < returns.Length; copy++)
        {
            returns[copy] = finished[copy] ? returns[copy] : 0;
        }
    }
}
