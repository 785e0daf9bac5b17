using CsCheck;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class DeterministicSegmentTests
{
    [Fact]
    public void Sampling_and_inserting_obey_the_limiter_exactly()
    {
        Gen<TrainingOptions> gen =
            from batchSize in Gen.Int[1, 24]
            from batches in Gen.Int[1, 4]
            from ratio in Gen.Double[0.25, 16]
            from slack in Gen.Int[0, 50]
            from runners in Gen.Int[1, 3]
            from environments in Gen.Int[1, 3]
            from fragment in Gen.Int[1, 8]
            from shards in Gen.Int[1, 3]
            from minimum in Gen.Int[1, 60]
            from isPrioritized in Gen.Bool
            select Options(batchSize, batches, ratio, slack, runners, environments, fragment, shards, minimum, isPrioritized);
        gen.Sample(Check, iter: 60);
    }

    [Fact]
    public void Without_a_limit_a_round_is_due_whenever_there_is_enough()
    {
        TrainingOptions options = Options(4, 2, 1, 0, 1, 1, 4, 1, 8, false);
        options = options with { Replay = options.Replay with { SamplesPerInsert = 0 } };
        using DeterministicSegment segment = Begin(options);
        List<double> returns = [];
        segment.Collect(returns);
        Assert.False(segment.TryTrain());
        segment.Collect(returns);
        Assert.True(segment.TryTrain());
        Assert.True(segment.TryTrain());
    }

    [Fact]
    public void Fragments_go_round_over_the_shards()
    {
        TrainingOptions options = Options(4, 1, 1, 0, runners: 2, environments: 1, fragment: 4, shards: 2, minimum: 1000, isPrioritized: false);
        using DeterministicSegment segment = Begin(options);
        List<double> returns = [];
        for (int i = 0; i < 2; i++)
        {
            segment.Collect(returns);
        }

        Assert.Equal(4, segment.Planner.Accounts.CountOf(0));
        Assert.Equal(4, segment.Planner.Accounts.CountOf(1));
    }

    private static void Check(TrainingOptions options)
    {
        SamplesPerInsertLimiter limiter = new(options.Replay.SamplesPerInsert, options.Replay.MinSize, options.Replay.SamplesPerInsertTolerance);
        using DeterministicSegment segment = Begin(options);
        List<double> returns = [];
        for (int fragment = 0; fragment < 60; fragment++)
        {
            segment.Collect(returns);
            long inserts = segment.Planner.Accounts.Inserts;
            Assert.True(inserts <= limiter.AllowedInserts(segment.Planner.Learned));
            for (long before = segment.Planner.Learned; segment.TryTrain(); before = segment.Planner.Learned)
            {
                long sampled = segment.Planner.Learned - before;
                Assert.Equal(0, sampled % options.Learner.BatchSize);
                Assert.True(limiter.CanSample(inserts, before, sampled));
                Assert.True(limiter.Error(inserts, before) >= 0);
            }

            // The account is never more than one fragment and one round from its middle.
            Assert.True(inserts < options.Replay.MinSize || limiter.Error(inserts, segment.Planner.Learned) < 0);
        }

        Assert.True(segment.Process.Updates > 0);
    }

    private static DeterministicSegment Begin(TrainingOptions options)
    {
        NetworkLayout layout = Make.Layout(options);
        return new DeterministicSegment(layout, options, DeterministicState.Begin(layout, options));
    }

    private static TrainingOptions Options(
        int batchSize, int batches, double ratio, int slack, int runners, int environments, int fragment, int shards, int minimum, bool isPrioritized)
    {
        TrainingOptions options = Make.Options();
        double tolerance = Math.Max(Math.Max(2, Math.Ceiling(batchSize / ratio)), environments * fragment) + slack;
        return options with
        {
            Learner = options.Learner with { BatchSize = batchSize, BatchesPerRequest = batches },
            Replay = options.Replay with
            {
                Shards = shards,
                MinSize = minimum,
                SamplesPerInsert = ratio,
                SamplesPerInsertTolerance = tolerance,
                Prioritized = isPrioritized,
            },
            Runner = options.Runner with { Count = runners, Environments = environments, Fragment = fragment },
        };
    }
}
