using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

public sealed class SamplePlannerTests
{
    // Make.Options: rounds of 2 batches of 4, two outstanding; least size 10, 2 samples for each insert, tolerance 20 inserts.
    private const int RoundSize = 8;

    [Fact]
    public void Plans_nothing_below_the_least_size_and_no_more_rounds_than_may_be_outstanding()
    {
        SamplePlanner planner = Planner(Make.Options());
        planner.Accounts.Apply(Make.State(0, inserts: 9));
        Assert.Null(planner.TryPlan());

        planner.Accounts.Apply(Make.State(1, inserts: 1));
        Assert.NotNull(planner.TryPlan());
        Assert.NotNull(planner.TryPlan());
        Assert.Null(planner.TryPlan());
        Assert.Equal((2, 2L * RoundSize), (planner.Outstanding, planner.Samples));
    }

    [Fact]
    public void Samples_as_often_as_the_limiter_allows_and_allows_as_many_inserts_in_turn()
    {
        SamplePlanner planner = Planner(Make.Options());
        planner.Accounts.Apply(Make.State(0, inserts: 0));
        Assert.Equal([0L, 0L], Allowances(planner));
        planner.Accounts.Apply(Make.State(1, inserts: 0));
        // 10 + 20 inserts, 15 for each shard, and of those three whole fragments of 4.
        Assert.Equal([12L, 12L], Allowances(planner));
        planner.Accounts.Apply(Make.State(0, inserts: 10));

        // (10 − 10 + 20)·2 = 40 samples: five rounds of eight.
        int rounds = 0;
        while (planner.TryPlan() is { } round)
        {
            rounds++;
            Answer(planner, round);
        }

        Assert.Equal(5, rounds);
        // What is asked for and not yet trained on allows no inserts beyond the 30.
        Assert.Equal([16L, 12L], Allowances(planner));
        planner.CountLearned(40);
        // 10 + 20 + 40/2 = 50 inserts in all, of which 40 are left, 20 for each shard.
        Assert.Equal([28L, 20L], Allowances(planner));
        planner.Accounts.Apply(Make.State(1, inserts: 4));
        Answer(planner, Assert.IsType<SampleRound>(planner.TryPlan()));
        Assert.Null(planner.TryPlan());
    }

    /// <summary>While the learner trains on a round its only shard may move or die.</summary>
    [Fact]
    public void A_round_is_trained_on_though_nothing_is_held_any_more()
    {
        TrainingOptions options = Make.Options();
        options = options with { Replay = options.Replay with { Prioritized = true } };
        SamplePlanner planner = Planner(options);
        planner.Accounts.Apply(Make.State(0, inserts: 0));
        planner.Accounts.Apply(Make.State(1, inserts: 20));
        SampleRound round = planner.TryPlan()!;
        Answer(planner, round);
        planner.Accounts.Apply(Make.State(1, inserts: 20) with { Count = 0, Mass = 0, MinimumMass = 0 });
        Assert.Equal((0L, 20L), (planner.Accounts.Count, round.TotalCount));

        using LearningProcess process = new(Make.Layout(options), options);
        Assert.Equal(RoundSize / 2, process.Learn(round, 0, new float[RoundSize]));
    }

    /// <summary>Whatever the ratio, the tolerance and the sizes are: one side or the other can always go on.</summary>
    [Fact]
    public void Sampling_and_inserting_never_wait_for_each_other() => Gen.Select(
        Gen.Double[0.05, 64], Gen.Double[2, 200], Gen.Int[1, 64], Gen.Int[1, 40], Gen.Int[1, 100]).Sample(
        (ratio, tolerance, batch, batches, minimum) =>
        {
            // What the command line refuses: a tolerance that does not cover one batch.
            double covering = Math.Max(tolerance, Math.Ceiling(batch / ratio));
            TrainingOptions options = Make.Options();
            SamplePlanner planner = Planner(options with
            {
                Learner = options.Learner with { BatchSize = batch, BatchesPerRequest = batches },
                Replay = options.Replay with { Shards = 1, SamplesPerInsert = ratio, SamplesPerInsertTolerance = covering, MinSize = minimum },
                Stop = new StopOptions { Steps = 0 },
            });
            long inserts = 0;
            int rounds = 0;
            planner.Accounts.Apply(Make.State(0, 0) with { Wanted = 1 });
            for (int turn = 0; turn < 400 && rounds < 20; turn++)
            {
                long allowed = Allowance(planner, 0);
                SampleRound? round = planner.TryPlan();
                Assert.True(round is not null || inserts < allowed, "both sides wait");
                if (round is not null)
                {
                    rounds++;
                    planner.CountLearned(round.Asked(0));
                    planner.Complete(new ReplayProtocol.SampleReply(round.Number, Make.Sampled(round.Asked(0)), Make.State(0, inserts)));
                }
                else
                {
                    // To the brim: the worst case for the other side.
                    inserts = allowed;
                    planner.Accounts.Apply(Make.State(0, inserts) with { Wanted = 1 });
                }
            }

            Assert.Equal(20, rounds);
        },
        iter: 1_000,
        seed: "0000000000000");

    [Fact]
    public void No_more_inserts_are_allowed_than_the_run_has_steps()
    {
        SamplePlanner planner = Planner(Make.Options() with { Stop = new StopOptions { Steps = 13 } });
        planner.Accounts.Apply(Make.State(0, inserts: 0) with { Wanted = 4 });
        planner.Accounts.Apply(Make.State(1, inserts: 0) with { Wanted = 4 });
        Assert.Equal([4L, 4L], Allowances(planner));

        planner.Accounts.Apply(Make.State(0, inserts: 4) with { Wanted = 4 });
        planner.Accounts.Apply(Make.State(1, inserts: 4) with { Wanted = 4 });
        // The last one may be longer than what is left of the run, so that this comes to its end.
        Assert.Equal([8L, 8L], Allowances(planner));
        planner.Accounts.Apply(Make.State(0, inserts: 8) with { Wanted = 4 });
        planner.Accounts.Apply(Make.State(1, inserts: 8) with { Wanted = 4 });
        Assert.Equal([8L, 8L], Allowances(planner));
    }

    /// <summary>Every shard restarts empty while inserts are as far ahead as they may be: neither side may wait for the other for ever.</summary>
    [Fact]
    public void A_buffer_that_was_lost_may_fill_up_again_before_it_is_sampled()
    {
        SamplePlanner planner = Planner(Make.Options());
        planner.Restore(inserts: 50, environmentSteps: 50, samples: 40, []);
        planner.Accounts.Apply(Make.State(0, inserts: 0) with { Wanted = 4 });
        planner.Accounts.Apply(Make.State(1, inserts: 0) with { Wanted = 4 });
        Assert.Null(planner.TryPlan());

        Assert.Equal([4L, 4L], Allowances(planner));
        planner.Accounts.Apply(Make.State(0, inserts: 4) with { Wanted = 4 });
        Assert.Null(planner.TryPlan());
        // Ten in all, and no further than the fragment that makes them up.
        Assert.Equal([8L, 4L], Allowances(planner));
        planner.Accounts.Apply(Make.State(1, inserts: 4) with { Wanted = 4 });
        Assert.Equal([8L, 4L], Allowances(planner));
        planner.Accounts.Apply(Make.State(0, inserts: 8) with { Wanted = 4 });
        Assert.NotNull(planner.TryPlan());
    }

    [Fact]
    public void Late_requests_silence_the_shards_that_did_not_answer_and_the_others_go_on()
    {
        SamplePlanner planner = Planner(Make.Options());
        planner.Accounts.Apply(Make.State(0, inserts: 200));
        planner.Accounts.Apply(Make.State(1, inserts: 200));
        SampleRound first = planner.TryPlan()!;
        SampleRound second = planner.TryPlan()!;
        Assert.All([first, second], round => Assert.DoesNotContain(null, round.Counts));
        Assert.Null(planner.Complete(new ReplayProtocol.SampleReply(first.Number, Make.Sampled(first.Asked(0)), Make.State(0, 200))));

        // The second is not late yet, and would be.
        (int requests, IReadOnlyList<int> silent) = planner.GiveUp([first.Number]);
        Assert.Equal(2, requests);
        Assert.Equal([1], silent);

        Assert.Equal((0, 0L), (planner.Outstanding, planner.Samples));
        Assert.Contains("no answer comes from replay shard 1", planner.DescribeWaiting(), StringComparison.Ordinal);
        SampleRound next = planner.TryPlan()!;
        Assert.Equal((RoundSize, 0), (next.Asked(0), next.Asked(1)));
        Answer(planner, next);

        planner.Accounts.Apply(Make.State(1, inserts: 200));
        Assert.DoesNotContain(null, planner.TryPlan()!.Counts);
        Assert.DoesNotContain("no answer", planner.DescribeWaiting(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_waits_for_an_emptied_shard_is_given_up_and_the_rest_is_not()
    {
        SamplePlanner planner = Planner(Make.Options());
        planner.Accounts.Apply(Make.State(0, inserts: 200));
        SampleRound alone = planner.TryPlan()!;
        planner.Accounts.Apply(Make.State(1, inserts: 200));
        SampleRound both = planner.TryPlan()!;

        Assert.Equal(1, planner.GiveUpOn(1));

        Assert.True(planner.IsAwaited(alone.Number));
        Assert.False(planner.IsAwaited(both.Number));
        Assert.Equal(RoundSize, planner.Samples);
    }

    /// <summary>Some shards are silent, the others may hold less than the least size: inserts and samples go on by turns all the same.</summary>
    [Fact]
    public void Silent_shards_never_leave_the_others_waiting_for_ever() => Gen.Select(
        Gen.Int[2, 5], Gen.Int[1, 31], Gen.Int[10, 400], Gen.Int[1, 400], Gen.Int[0, 300]).Sample(
        (shards, silence, capacity, minimum, before) =>
        {
            TrainingOptions options = Make.Options();
            capacity = Math.Max(capacity, shards);
            SamplePlanner planner = Planner(options with
            {
                Replay = options.Replay with { Shards = shards, Capacity = capacity, MinSize = Math.Min(minimum, capacity) },
            });
            int[] silent = [.. Enumerable.Range(0, shards - 1).Where(shard => (silence & (1 << shard)) != 0)];
            int[] living = [.. Enumerable.Range(0, shards).Except(silent)];
            long[] inserts = new long[shards];
            for (int shard = 0; shard < shards; shard++)
            {
                Insert(shard, before / shards);
            }

            planner.MarkSilent(silent);
            int rounds = 0;
            for (int turn = 0; turn < 2_000 && rounds < 10; turn++)
            {
                if (planner.TryPlan() is { } round)
                {
                    rounds++;
                    planner.CountLearned(RoundSize);
                    foreach (int shard in living.Where(shard => round.Asked(shard) > 0))
                    {
                        planner.Complete(new ReplayProtocol.SampleReply(round.Number, Make.Sampled(round.Asked(shard)), State(shard)));
                    }

                    continue;
                }

                int open = Array.FindIndex(living, shard => Allowance(planner, shard) > inserts[shard]);
                Assert.True(open >= 0, planner.DescribeWaiting());
                Insert(living[open], 1);
            }

            Assert.Equal(10, rounds);

            ReplayProtocol.ShardState State(int shard)
            {
                int held = (int)Math.Min(inserts[shard], ReplayShardActor.ShardCapacity(new() { Capacity = capacity, Shards = shards }, shard));
                return Make.State(shard, inserts[shard], held) with { Wanted = 1 };
            }

            void Insert(int shard, long count)
            {
                inserts[shard] += count;
                planner.Accounts.Apply(State(shard));
            }
        },
        iter: 500,
        seed: "0000000000000");

    [Fact]
    public void What_it_waits_for_completes_the_sentence()
    {
        SamplePlanner planner = Planner(Make.Options());
        Assert.Equal("transitions from the runners: the replay buffer has 0 of the 10 that dqn.replay.min-size asks for", planner.DescribeWaiting());
        planner.Accounts.Apply(Make.State(0, inserts: 10));
        SampleRound round = planner.TryPlan()!;
        Assert.Equal("replay shard 0 to answer sample requests", planner.DescribeWaiting());
        Answer(planner, round);
        Assert.StartsWith("transitions from the runners, since dqn.replay.samples-per-insert", planner.DescribeWaiting(), StringComparison.Ordinal);
        planner.MarkSilent([0, 1]);
        Assert.Equal("the replay shards, none of which answers (is a node with the role replay up?)", planner.DescribeWaiting());
    }

    /// <summary>One shard is full, the other restarted: what lacks is for the one that has room, down to the last transition.</summary>
    [Fact]
    public void What_the_buffer_lacks_is_allowed_where_there_is_room_for_it()
    {
        TrainingOptions options = Make.Options();
        SamplePlanner planner = Planner(options with { Replay = options.Replay with { MinSize = 800 } });
        planner.Restore(inserts: 5_000, environmentSteps: 5_000, samples: 8_000, [new ShardRecord(0, 1, 2_500, 2_500), new ShardRecord(1, 1, 2_500, 2_500)]);
        planner.Accounts.Apply(Make.State(0, inserts: 2_500, count: 500) with { Wanted = 4 });
        planner.Accounts.Apply(Make.State(1, inserts: 0, incarnation: 2) with { Wanted = 4 });
        for (long inserts = 4; inserts <= 300; inserts += 4)
        {
            Assert.Equal([0L, inserts], Allowances(planner));
            planner.Accounts.Apply(Make.State(1, inserts, incarnation: 2) with { Wanted = 4 });
        }

        Assert.Equal([0L, 300L], Allowances(planner));
    }

    [Fact]
    public void Rounds_of_two_planners_never_have_the_same_number()
    {
        SamplePlanner before = Planner(Make.Options());
        SamplePlanner after = Planner(Make.Options());
        before.Accounts.Apply(Make.State(0, inserts: 10));
        after.Accounts.Apply(Make.State(0, inserts: 10));
        SampleRound old = before.TryPlan()!;
        SampleRound round = after.TryPlan()!;

        Assert.NotEqual(old.Number, round.Number);
        Assert.Null(after.Complete(new ReplayProtocol.SampleReply(old.Number, Make.Sampled(RoundSize), Make.State(0, 10))));
    }

    /// <summary>Shares of 100 over 0 : 1 : 3 : 6: no batch is off by a whole draw, and neither are all batches together.</summary>
    [Fact]
    public void Every_batch_is_allotted_in_proportion_to_the_masses()
    {
        TrainingOptions options = Make.Options();
        options = options with
        {
            Replay = options.Replay with { Shards = 4, SamplesPerInsert = 0 },
            Learner = options.Learner with { BatchSize = 101, BatchesPerRequest = 4 },
        };
        SamplePlanner planner = Planner(options);
        double[] masses = [0, 1, 3, 6];
        for (int shard = 0; shard < 4; shard++)
        {
            planner.Accounts.Apply(Make.State(shard, inserts: 10, mass: masses[shard]));
        }

        for (int i = 0; i < 100; i++)
        {
            SampleRound round = planner.TryPlan()!;
            for (int batch = 0; batch < 4; batch++)
            {
                Assert.Equal(101, round.Counts.Sum(part => part?[batch] ?? 0));
                Assert.All(Enumerable.Range(0, 4), shard => Assert.InRange((round.Counts[shard]?[batch] ?? 0) - (10.1 * masses[shard]), -1, 1));
            }

            Assert.Null(round.Counts[0]);
            Answer(planner, round, masses);
        }
    }

    /// <summary>A shard whose frames take more room than was reckoned with cannot come to hold its part of the capacity: nobody waits for that.</summary>
    [Fact]
    public void What_shards_cannot_hold_is_not_waited_for()
    {
        TrainingOptions options = Make.Options();
        SamplePlanner planner = Planner(options with { Replay = options.Replay with { MinSize = 1000, SamplesPerInsert = 0 } });
        planner.Accounts.Apply(Make.State(0, inserts: 700, count: 500));
        planner.Accounts.Apply(Make.State(1, inserts: 700, count: 300));
        Assert.Null(planner.TryPlan());

        planner.Accounts.Apply(Make.State(1, inserts: 700, count: 300) with { HoldsAtMost = 301 });
        Assert.Null(planner.TryPlan());
        planner.Accounts.Apply(Make.State(1, inserts: 701, count: 301) with { HoldsAtMost = 301 });
        Assert.NotNull(planner.TryPlan());
    }

    [Fact]
    public void The_largest_priority_of_any_shard_is_kept_and_never_falls()
    {
        SamplePlanner planner = Planner(Make.Options());
        planner.Accounts.Apply(Make.State(0, inserts: 10) with { LargestPriority = 7 });
        planner.Accounts.Apply(Make.State(1, inserts: 10) with { LargestPriority = 3 });
        Assert.Equal(7, planner.Accounts.LargestPriority);

        planner.Accounts.Apply(Make.State(0, inserts: 0, incarnation: 2) with { LargestPriority = 1 });
        Assert.Equal(7, planner.Accounts.LargestPriority);
    }

    private static SamplePlanner Planner(TrainingOptions options) => new(options, new RandomSource(5));

    private static long[] Allowances(SamplePlanner planner) => [Allowance(planner, 0), Allowance(planner, 1)];

    private static long Allowance(SamplePlanner planner, int shard)
    {
        planner.ShareAllowances();
        return planner.Allowances.Take(shard).Inserts;
    }

    private static void Answer(SamplePlanner planner, SampleRound round, double[]? masses = null)
    {
        SampleRound? completed = null;
        for (int shard = 0; shard < round.Counts.Count; shard++)
        {
            if (round.Counts[shard] is { } counts)
            {
                Assert.Null(completed);
                completed = planner.Complete(new ReplayProtocol.SampleReply(round.Number, Make.Sampled(counts.Sum()), Make.State(shard, 10, mass: masses?[shard])));
            }
        }

        Assert.Same(round, completed);
    }
}
