using CsCheck;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>The limiter's promises over random deliveries, losses and deaths.</summary>
public sealed class LimiterProtocolTests
{
    private const int LargestFragment = 8;

    private sealed record Case(int Shards, int[] Fragments, double Ratio, int Slack, int Batch, int Minimum, int Capacity, ulong Seed);

    private static readonly Gen<Case> Cases =
        from shards in Gen.Int[1, 6]
        from fragments in Gen.Int[1, LargestFragment].Array[1, 6]
        from ratio in Gen.OneOf(Gen.Double[0.2, 1], Gen.Double[1, 16])
        from slack in Gen.OneOf(Gen.Const(0), Gen.Int[0, 60])
        from batch in Gen.Int[1, 8]
        from minimum in Gen.Int[1, 40]
        from capacity in Gen.Int[60, 400]
        from seed in Gen.ULong
        select new Case(shards, fragments, ratio, slack, batch, minimum, capacity, seed);

    /// <summary>
    /// However late messages are and whatever is lost between runners and shards: what is inserted and granted never passes the limiter by a
    /// single transition, samples never do, nothing is counted twice or missed although shards evict, and everything goes on.
    /// </summary>
    [Fact]
    public void Neither_side_ever_passes_the_limiter_and_both_go_on() => Cases.Sample(
        example =>
        {
            // Room for the least size in each shard: whichever evicts first, the buffer never lacks anything, which would let inserts past the limit.
            TrainingOptions options = Options(example with { Capacity = example.Shards * (example.Minimum + (example.Capacity % 30)) });
            SamplesPerInsertLimiter limiter = Limiter(options.Replay);
            LimiterModel model = new(options, example.Fragments, example.Seed) { Loss = 0.15 };
            long before = 0;
            for (int step = 0; step < 3_000; step++)
            {
                model.Step();
                Assert.InRange(model.Committed, 0, limiter.AllowedInserts(model.Learner.Learned));
                Assert.True(model.Learner.Samples == before || limiter.CanSample(model.Learner.Accounts.Inserts, model.Learner.Samples, 0));
                before = model.Learner.Samples;
            }

            AssertProgress(model, example);
            model.Settle();
            Assert.Equal(model.Shards.Sum(shard => shard.Inserts), model.Learner.Accounts.Inserts);
            Assert.Equal(model.Learner.Samples, model.Learner.Learned);
            Assert.InRange(model.Learner.LimiterError, -1, 1);
        },
        iter: 500,
        seed: "0000000000000",
        threads: 1);

    /// <summary>
    /// Shards are lost or come back with what they had kept, runners die with credit, learners with all they knew: each lost shard lets no more
    /// past the limit than what fills the buffer to its least size again, each round given up no more than silent shards held; and all go on.
    /// </summary>
    [Fact]
    public void Deaths_let_no_more_past_the_limit_than_what_they_lost_and_never_stop_the_rest() => Cases.Sample(
        example =>
        {
            TrainingOptions options = Options(example);
            SamplesPerInsertLimiter limiter = Limiter(options.Replay);
            LimiterModel model = new(options, example.Fragments, example.Seed) { Loss = 0.1 };
            Environments.RandomSource random = new(example.Seed + 1);
            long limit = 0;
            long slack = 0;
            for (int step = 0; step < 3_000; step++)
            {
                model.Step();
                switch (random.NextInt(1_000))
                {
                    case < 2:
                        model.RestartShard(random.NextInt(example.Shards));
                        slack += example.Minimum + LargestFragment;
                        break;
                    case < 4:
                        model.ReopenShard(random.NextInt(example.Shards));
                        break;
                    case < 7:
                        model.RestartRunner(random.NextInt(example.Fragments.Length));
                        break;
                    case < 9:
                        model.RestartLearner();
                        break;
                    case < 14:
                        model.Save();
                        break;
                    default:
                        break;
                }

                // A learner that falls back allows less than its predecessor did, and what that one allowed stays allowed.
                limit = Math.Max(limit, limiter.AllowedInserts(model.Learner.Learned));
                long silence = model.GivenUp * LimiterModel.Window * LargestFragment * example.Fragments.Length;
                Assert.InRange(model.Committed, 0, limit + slack + silence);
            }

            AssertProgress(model, example);
        },
        iter: 200,
        seed: "0000000000000",
        threads: 1);

    [Fact]
    public void Where_messages_of_the_learner_are_lost_too_everything_goes_on() => Cases.Sample(
        example =>
        {
            LimiterModel model = new(Options(example), example.Fragments, example.Seed) { Loss = 0.2, LearnerLoss = 0.2 };
            for (int step = 0; step < 3_000; step++)
            {
                model.Step();
            }

            AssertProgress(model, example);
            model.Settle();
            Assert.Equal(model.Shards.Sum(shard => shard.Inserts), model.Learner.Accounts.Inserts);
        },
        iter: 100,
        seed: "0000000000000",
        threads: 1);

    /// <summary>A node whose fragments are longer than the whole tolerance: let past the limit one at a time, when nothing else could go on.</summary>
    [Fact]
    public void Fragments_longer_than_the_tolerance_pass_the_limit_one_at_a_time() => Cases.Sample(
        example =>
        {
            TrainingOptions options = Options(example with { Slack = 0, Batch = 1, Ratio = Math.Max(1, example.Ratio) });
            options = options with { Replay = options.Replay with { SamplesPerInsertTolerance = 2 } };
            SamplesPerInsertLimiter limiter = Limiter(options.Replay);
            LimiterModel model = new(options, example.Fragments, example.Seed);
            for (int step = 0; step < 1_500; step++)
            {
                model.Step();
                Assert.InRange(model.Committed, 0, limiter.AllowedInserts(model.Learner.Learned) + LargestFragment - 1);
            }

            AssertProgress(model, example);
        },
        iter: 100,
        seed: "0000000000000",
        threads: 1);

    /// <summary>What one learner knew the next one knows, to the item.</summary>
    [Fact]
    public void Counts_are_exact_after_a_restore()
    {
        TrainingOptions options = Options(new Case(3, [4, 5], 2, 20, 4, 10, 200, 7));
        LimiterModel model = new(options, [4, 5], 7);
        for (int step = 0; step < 5_000; step++)
        {
            model.Step();
        }

        model.Learner.CountFrom(33, 44);
        Dictionary<string, long> counters = LearnerCounters.Write(model.Learner, 0, 1, 0);
        SamplePlanner restored = new(options, new Environments.RandomSource(1));
        LearnerCounters.Read(counters, restored);

        Assert.Equal(model.Learner.Accounts.Inserts, restored.Accounts.Inserts);
        Assert.Equal((model.Learner.Learned, model.Learner.Learned), (restored.Learned, restored.Samples));
        Assert.Equal((33L, 44L), restored.LimiterOrigin);
        Assert.Equal(counters, LearnerCounters.Write(restored, 0, 1, 0));
    }

    /// <summary>
    /// Of equal speeds: over any stretch after all know each other, shards are never more than two fragments apart and runners four (two
    /// before the stretch and two in it), however many share what the limiter lets through.
    /// </summary>
    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 7)]
    [InlineData(8, 5)]
    [InlineData(16, 16)]
    [InlineData(5, 40)]
    public void Shards_and_runners_get_equal_shares(int shards, int runners)
    {
        LimiterModel model = new(Scarce(shards), [.. Enumerable.Repeat(1, runners)], 11);
        long[] runnersBefore = [];
        long[] shardsBefore = [];
        int steps = 20_000 * Math.Max(shards, runners);
        for (int step = 0; step < steps; step++)
        {
            model.Step();
            if (step == steps / 4)
            {
                Assert.All(model.Shards, shard => Assert.Equal(runners, shard.Credits.Links.Count));
                (runnersBefore, shardsBefore) = (InsertsByRunner(model), InsertsByShard(model));
            }
        }

        long[] byRunner = [.. InsertsByRunner(model).Zip(runnersBefore, (after, before) => after - before)];
        long[] byShard = [.. InsertsByShard(model).Zip(shardsBefore, (after, before) => after - before)];
        Assert.True(byRunner.Min() > 20 && byShard.Min() > 20, $"{byRunner.Min()} {byShard.Min()}");
        Assert.True(byRunner.Max() - byRunner.Min() <= 4 && byShard.Max() - byShard.Min() <= 2, $"{string.Join(',', byRunner)} {string.Join(',', byShard)}");
    }

    /// <summary>One runner is ten times slower than the others, and still fast enough for its part: it gets that.</summary>
    [Fact]
    public void A_fast_runner_does_not_starve_a_slow_one()
    {
        LimiterModel model = new(Scarce(3), [1, 1, 1, 1], 12);
        model.Runners[2].Speed = 0.1;
        for (int step = 0; step < 200_000; step++)
        {
            model.Step();
        }

        long[] byRunner = InsertsByRunner(model);
        Assert.True(byRunner[2] > byRunner.Max() * 0.9, string.Join(',', byRunner));
    }

    private static long[] InsertsByRunner(LimiterModel model) =>
        [.. model.Runners.Select((_, runner) => model.Shards.Sum(shard => shard.Credits.Links.Where(link => link.Index == runner).Sum(link => link.Received)))];

    private static long[] InsertsByShard(LimiterModel model) => [.. model.Shards.Select(shard => shard.Inserts)];

    private static TrainingOptions Options(Case example)
    {
        TrainingOptions options = Make.Options();
        double tolerance = Math.Max(Math.Max(LargestFragment, 2), Math.Ceiling(example.Batch / example.Ratio)) + example.Slack;
        return options with
        {
            Learner = options.Learner with { BatchSize = example.Batch },
            Replay = options.Replay with
            {
                Shards = example.Shards,
                Capacity = example.Capacity,
                SamplesPerInsert = example.Ratio,
                SamplesPerInsertTolerance = tolerance,
                MinSize = example.Minimum,
            },
        };
    }

    /// <summary>Runners are much faster than the learner, which allows few fragments at a time.</summary>
    private static TrainingOptions Scarce(int shards) =>
        Options(new Case(shards, [], 32, 0, 1, 1, 100_000, 0)) with { Runner = Make.Options().Runner with { Fragment = 1 } };

    private static SamplesPerInsertLimiter Limiter(ReplayOptions replay) => new(replay.SamplesPerInsert, replay.MinSize, replay.SamplesPerInsertTolerance);

    /// <summary>
    /// Without further losses everything is soon known again, and then the learner trains on twenty rounds more, within as many events as it
    /// takes to pass the messages around, without anybody asking again.
    /// </summary>
    private static void AssertProgress(LimiterModel model, Case example)
    {
        model.Loss = 0;
        model.LearnerLoss = 0;
        for (int step = 0; step < 10_000; step++)
        {
            model.Step();
        }

        model.HasTime = false;
        long target = model.Learner.Learned + (20L * example.Batch * 2);
        for (int step = 0; step < 60_000 && model.Learner.Learned < target; step++)
        {
            model.Step();
        }

        Assert.True(model.Learner.Learned >= target, $"{model.Learner.Learned} of {target}: {model.Learner.DescribeWaiting()}\n{model.Describe()}");
    }
}
