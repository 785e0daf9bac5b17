using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>However unequal the shards are, sampling over them is sampling from one buffer that holds everything.</summary>
public sealed class ShardedSamplingTests
{
    private const int Draws = 1_000_000;

    private static readonly Dictionary<int, int[]> Capacities = new()
    {
        [1] = [4_000],
        [3] = [7, 400, 3_500],
        [8] = [1, 3, 10, 50, 200, 700, 1_000, 2_000],
    };

    /// <summary>A million draws at each stage, χ² at 10⁻⁴: filled, after new priorities, after evictions and inserts without a priority, after a restart.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(8, true)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(8, false)]
    public void Draws_from_shards_have_the_distribution_of_one_buffer(int shards, bool isPrioritized)
    {
        using ShardedReplay replay = Filled(shards, isPrioritized);
        AssertLikeOneBuffer(replay, replay.Draw(Draws));

        replay.Update(rounds: 5, number => ErrorOf(number + 7_919));
        AssertLikeOneBuffer(replay, replay.Draw(Draws));

        for (int shard = 0; shard < shards; shard++)
        {
            replay.Insert(shard, (Capacities[shards][shard] + 2) / 3, shard % 2 == 0 ? ErrorOf : null);
        }

        AssertLikeOneBuffer(replay, replay.Draw(Draws));

        replay.Restart(shards - 1);
        replay.Insert(shards - 1, 5, ErrorOf);
        AssertLikeOneBuffer(replay, replay.Draw(Draws));
    }

    /// <summary>The same test with probabilities that are wrong by ±4 %, and with shards asked by their sizes instead of their masses.</summary>
    [Fact]
    public void The_statistic_finds_what_is_wrong()
    {
        using ShardedReplay replay = Filled(3, isPrioritized: true);
        double[] probabilities = replay.SingleBuffer();
        long[] drawn = replay.Draw(Draws);

        double[] tilted = [.. probabilities.Select((probability, number) => probability * (1 + (number % 2 == 0 ? 0.04 : -0.04)))];
        double sum = tilted.Sum();
        Assert.True(ChiSquare.Excess(drawn, [.. tilted.Select(probability => probability / sum)]) > 0);

        double[] bySize = new double[probabilities.Length];
        int held = Enumerable.Range(0, 3).Sum(shard => replay.Held(shard).Count);
        for (int shard = 0; shard < 3; shard++)
        {
            double mass = replay.Held(shard).Sum(replay.MassOf);
            foreach (int number in replay.Held(shard))
            {
                bySize[number] = (double)replay.Held(shard).Count / held * replay.MassOf(number) / mass;
            }
        }

        Assert.True(ChiSquare.Excess(drawn, bySize) > 0);
    }

    /// <summary>
    /// Masses change after the round is planned and before it is drawn: a draw of transition i of shard s then has the probability
    /// (planned share of s) · (mass of i) / (mass of s) at the draw. These add up to 1, so that weighing by them is without bias.
    /// </summary>
    [Fact]
    public void What_changes_between_plan_and_draw_is_weighed_by_what_it_was_drawn_with()
    {
        using ShardedReplay replay = Filled(3, isPrioritized: true);
        double[] planned = [.. Enumerable.Range(0, 3).Select(shard => replay.Held(shard).Sum(replay.MassOf))];
        replay.Disturb(1, number => 50 * ErrorOf(number + 31));
        double[] probabilities = new double[replay.Numbers];
        for (int shard = 0; shard < 3; shard++)
        {
            double mass = replay.Held(shard).Sum(replay.MassOf);
            foreach (int number in replay.Held(shard))
            {
                probabilities[number] = planned[shard] / planned.Sum() * replay.MassOf(number) / mass;
            }
        }

        Assert.Equal(1, probabilities.Sum(), 1e-9);
        Assert.True(ChiSquare.Excess(replay.Draw(Draws, isReported: false), probabilities) <= 0);
        TrainingBatch batch = new(replay.BatchSize, Make.ObservationSize);
        double[] given = new double[replay.BatchSize];
        SampleRound round = replay.NextRound(isReported: false);
        round.Fill(0, batch, given);
        Assert.Equal(probabilities.Where(probability => probability > 0).Min(), round.SmallestProbability, 1e-12);
        for (int row = 0; row < batch.Count; row++)
        {
            Assert.Equal(1, given[row] / probabilities[(int)batch.Returns[row]], 1e-9);
        }
    }

    /// <summary>wᵢ = (N Pᵢ)^−β over the largest over all shards, whether or not the transition that has it is in the batch.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Importance_weights_are_those_of_one_buffer(int shards)
    {
        const double Beta = 0.7;
        using ShardedReplay replay = Filled(shards, isPrioritized: true);
        TrainingOptions options = replay.Options with { Replay = replay.Options.Replay with { Beta = Beta, BetaFinal = Beta } };
        using LearningProcess process = new(Make.Layout(options), options);
        for (int stage = 0; stage < 3; stage++)
        {
            double[] probabilities = replay.SingleBuffer();
            double count = probabilities.Count(probability => probability > 0);
            double largest = Math.Pow(count * probabilities.Where(probability => probability > 0).Min(), -Beta);
            SampleRound round = replay.NextRound();
            for (int index = 0; index < round.Batches; index++)
            {
                TrainingBatch batch = process.Fill(round, index);
                for (int row = 0; row < batch.Count; row++)
                {
                    double expected = Math.Pow(count * probabilities[(int)batch.Returns[row]], -Beta) / largest;
                    Assert.Equal(1, batch.Weights[row] / expected, 1e-6);
                }
            }

            replay.Update(rounds: 2, number => ErrorOf(number + (1_000 * stage)));
            replay.Insert(0, 3, errorOf: null);
        }
    }

    private static void AssertLikeOneBuffer(ShardedReplay replay, long[] drawn)
    {
        double[] probabilities = replay.SingleBuffer();
        double total = Enumerable.Range(0, replay.Planner.Accounts.Shards).Sum(shard => replay.Held(shard).Sum(replay.MassOf));
        for (int shard = 0; shard < replay.Planner.Accounts.Shards; shard++)
        {
            Assert.All(replay.Held(shard), number => Assert.Equal(1, probabilities[number] * total / replay.MassOf(number), 1e-5));
        }

        Assert.True(ChiSquare.Excess(drawn, probabilities) <= 0);
    }

    /// <summary>Full shards whose |δ| lie in decades of their own: the smallest shard has the largest.</summary>
    private static ShardedReplay Filled(int shards, bool isPrioritized)
    {
        TrainingOptions options = Make.Options();
        ShardedReplay replay = new(
            options with
            {
                Learner = options.Learner with { BatchSize = 512, BatchesPerRequest = 8 },
                Replay = options.Replay with { Prioritized = isPrioritized, Alpha = 0.6 },
            },
            Capacities[shards]);
        for (int shard = 0; shard < shards; shard++)
        {
            double scale = Math.Pow(10, 1 - (3.0 * shard / shards));
            replay.Insert(shard, Capacities[shards][shard], number => (float)(scale * ErrorOf(number)));
        }

        return replay;
    }

    /// <summary>Numbers between 10⁻³ and 1 without any order, the same whenever asked for.</summary>
    private static float ErrorOf(int number) => (float)Math.Pow(10, -3 * (((number + 1) * 0.6180339887498949) % 1));
}
