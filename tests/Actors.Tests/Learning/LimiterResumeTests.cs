using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

/// <summary>A run of a million inserts at 4 samples each that goes on, under the same settings or others.</summary>
public sealed class LimiterResumeTests
{
    private const long Inserts = 1_000_000;
    private const long Samples = 4_000_000;
    private const int Tolerance = 100;

    [Fact]
    public void Under_the_same_settings_the_account_goes_on()
    {
        SamplePlanner resumed = Resume(Counters(Run(ratio: 4)), ratio: 4);

        Assert.Equal((10L, 0L), resumed.LimiterOrigin);
        Assert.Equal((Inserts, Samples, Samples), (resumed.Accounts.Inserts, resumed.Learned, resumed.Samples));
        // ((1,000,000 − 10) · 4 − 4,000,000) / (100 · 4)
        Assert.Equal(-0.1, resumed.LimiterError, 9);
    }

    [Theory]
    [InlineData(32, Tolerance, 10)]
    [InlineData(0.5, Tolerance, 10)]
    [InlineData(4, 2 * Tolerance, 10)]
    [InlineData(4, Tolerance, 500)]
    public void Under_others_it_begins_anew_so_that_neither_side_leaps_or_stands(double ratio, int tolerance, int minimum)
    {
        SamplePlanner resumed = Resume(Counters(Run(ratio: 4)), ratio, tolerance, minimum);

        Assert.Equal((Inserts, Samples), resumed.LimiterOrigin);
        Assert.Equal(0, resumed.LimiterError);
        // At most a tolerance's worth is sampled before the next insert, and inserted before the next sample.
        long sampled = SampleAll(resumed);
        Assert.InRange(sampled, (tolerance * ratio) - 16, tolerance * ratio);
        resumed.ShareAllowances();
        long promised = resumed.Allowances.Take(0).Inserts - 1_000;
        Assert.InRange(promised, tolerance - 4, (2 * tolerance) + 1);
    }

    [Fact]
    public void Resumed_twice_it_counts_from_the_first_change()
    {
        SamplePlanner first = Resume(Counters(Run(ratio: 4)), ratio: 8);
        first.Accounts.Apply(Make.State(0, 1_050) with { Wanted = 4 });
        SampleAll(first);
        Dictionary<string, long> counters = Counters(first);

        SamplePlanner second = Resume(counters, ratio: 8);

        Assert.Equal((Inserts, Samples), second.LimiterOrigin);
        Assert.Equal(Inserts + 50, second.Accounts.Inserts);
        Assert.Equal(first.Learned, second.Learned);
        Assert.Equal(first.LimiterError, second.LimiterError, 12);
        Assert.Equal(counters, Counters(second));
    }

    /// <summary>The node died before it wrote a checkpoint under its new settings: the old one still says which it counted by.</summary>
    [Fact]
    public void A_change_that_no_checkpoint_knows_of_yet_is_noticed_again()
    {
        Dictionary<string, long> counters = Counters(Run(ratio: 4));
        Resume(counters, ratio: 8);

        Assert.Equal((Inserts, Samples), Resume(counters, ratio: 8).LimiterOrigin);
    }

    [Fact]
    public void Changed_back_it_begins_anew_once_more()
    {
        SamplePlanner other = Resume(Counters(Run(ratio: 4)), ratio: 8);
        other.Accounts.Apply(Make.State(0, 1_050));

        Assert.Equal((Inserts + 50, Samples), Resume(Counters(other), ratio: 4).LimiterOrigin);
    }

    [Fact]
    public void Before_the_first_sample_it_begins_at_the_least_size()
    {
        SamplePlanner early = Planner(ratio: 4, Tolerance, minimum: 500);
        early.Restore(200, 200, 0, [new ShardRecord(0, 1, 200, 200)]);

        Assert.Equal((300L, 0L), Resume(Counters(early), ratio: 8, Tolerance, minimum: 300).LimiterOrigin);
    }

    [Fact]
    public void A_checkpoint_that_does_not_say_what_it_counted_by_keeps_the_runs_account()
    {
        Dictionary<string, long> counters = Counters(Run(ratio: 4));
        counters.Remove(CounterNames.LimiterInserts);

        Assert.Equal((10L, 0L), Resume(counters, ratio: 4).LimiterOrigin);
    }

    private static SamplePlanner Run(double ratio)
    {
        SamplePlanner planner = Planner(ratio, Tolerance, minimum: 10);
        planner.Restore(Inserts, Inserts, Samples, [new ShardRecord(0, 1, 1_000, 1_000)]);
        return planner;
    }

    private static Dictionary<string, long> Counters(SamplePlanner planner) => LearnerCounters.Write(planner, 0, 1, 0);

    private static SamplePlanner Resume(Dictionary<string, long> counters, double ratio, int tolerance = Tolerance, int minimum = 10)
    {
        SamplePlanner planner = Planner(ratio, tolerance, minimum);
        LearnerCounters.Read(counters, planner);
        if (counters[CounterNames.Inserts] >= Inserts)
        {
            planner.Accounts.Apply(Make.State(0, counters[CounterNames.ShardInserts(0)]) with { Wanted = 4 });
        }

        return planner;
    }

    private static long SampleAll(SamplePlanner planner)
    {
        long before = planner.Learned;
        while (planner.TryPlan() is { } round)
        {
            planner.Complete(new ReplayProtocol.SampleReply(round.Number, Make.Sampled(round.Asked(0)), planner.Accounts.ReportOf(0)!));
            planner.CountLearned(round.Asked(0));
        }

        return planner.Learned - before;
    }

    private static SamplePlanner Planner(double ratio, int tolerance, int minimum)
    {
        TrainingOptions options = Make.Options();
        return new SamplePlanner(
            options with
            {
                Replay = options.Replay with
                {
                    Shards = 1,
                    Capacity = 2_000,
                    SamplesPerInsert = ratio,
                    SamplesPerInsertTolerance = tolerance,
                    MinSize = minimum,
                },
            },
            new RandomSource(3));
    }
}
