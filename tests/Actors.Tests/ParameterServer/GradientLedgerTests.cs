using CsCheck;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class GradientLedgerTests
{
    private const int Ranges = 3;

    [Fact]
    public void Asynchronous_updates_have_consecutive_versions_and_nothing_older_than_the_bound() =>
        Gen.Select(Gen.Int[0, 5], Scripts).Sample(
            (bound, script) =>
            {
                GradientCounts counts = new();
                GradientLedger ledger = new(Ranges, new ParameterServerOptions { MaxStaleness = bound }, 7, counts);
                Play(ledger, counts, script, (update, version) =>
                {
                    GradientProtocol.GradientComputed gradient = Assert.Single(update.Gradients);
                    Assert.InRange(version - gradient.BaseVersion, 0, bound);
                    Assert.Equal(1.0, update.LearningRateFactor);
                });
                Assert.Equal(counts.Applied, counts.Staleness.Sum());
                Assert.True(counts.Staleness.Count <= bound + 1);
            },
            iter: 300,
            seed: "0000000000000");

    [Fact]
    public void Synchronous_updates_average_exactly_k_workers_gradients_of_the_newest_version() =>
        Gen.Select(Gen.Int[1, 4], Scripts).Sample(
            (k, script) =>
            {
                GradientCounts counts = new();
                GradientLedger ledger = new(Ranges, new ParameterServerOptions { Synchronous = true, GradientsPerUpdate = k }, 7, counts);
                Play(ledger, counts, script, (update, version) =>
                {
                    Assert.Equal(k, update.Gradients.DistinctBy(gradient => gradient.Worker).Count());
                    Assert.Equal(k, update.Gradients.Count);
                    Assert.All(update.Gradients, gradient => Assert.Equal(version, gradient.BaseVersion));
                });
                Assert.Equal(0, counts.DiscardedStale);
            },
            iter: 300,
            seed: "0000000000000");

    [Fact]
    public void Stale_gradients_are_scaled_by_their_staleness_where_that_is_asked_for()
    {
        GradientLedger ledger = Ledger(new ParameterServerOptions { MaxStaleness = 1, StaleGradients = StaleGradients.Scale });
        List<double> factors = [];
        for (int push = 1; push <= 4; push++)
        {
            Give(ledger, worker: 1, push, baseVersion: 0);
            factors.Add(Assert.IsType<GradientsApplied>(ledger.Next()).LearningRateFactor);
        }

        Assert.Equal([1.0, 1.0, 1.0 / 2, 1.0 / 3], factors);
    }

    [Fact]
    public void A_gradient_waits_until_every_range_holds_it_and_is_used_once()
    {
        GradientLedger ledger = Ledger(new ParameterServerOptions());
        Assert.True(ledger.Hold(Held(1, 5, 0), 0));
        Assert.True(ledger.Compute(Gradient(1, 5, 0), 0));
        Assert.False(ledger.Compute(Gradient(1, 5, 0), 0));
        Assert.True(ledger.Hold(Held(1, 5, 1), 0));
        Assert.True(ledger.Hold(Held(1, 5, 1), 0));
        Assert.Null(ledger.Next());

        Assert.True(ledger.Hold(Held(1, 5, 2), 0));
        Assert.Equal(1, Assert.IsType<GradientsApplied>(ledger.Next()).Version);

        Assert.Null(ledger.Next());
        Assert.False(ledger.Hold(Held(1, 5, 2), 0));
        Assert.False(ledger.Compute(Gradient(1, 5, 0), 0));
        Assert.Null(ledger.Next());
    }

    [Fact]
    public void What_is_not_finite_is_discarded_whoever_finds_it()
    {
        GradientCounts counts = new();
        GradientLedger ledger = new(Ranges, new ParameterServerOptions(), 0, counts);
        ledger.Compute(Gradient(1, 1, 0) with { Verdict = GradientProtocol.GradientVerdict.NotFinite }, 0);
        ledger.Compute(Gradient(2, 1, 0) with { Norm = float.NaN }, 0);
        ledger.Compute(Gradient(3, 1, 0) with { Verdict = GradientProtocol.GradientVerdict.Outlier }, 0);
        ledger.Compute(Gradient(4, 1, 0), 0);
        ledger.Hold(Held(4, 1, 0), 0);
        ledger.Hold(Held(4, 1, 1) with { Fault = "component 3 of a gradient is NaN" }, 0);
        ledger.Hold(Held(4, 1, 2), 0);

        List<GradientDropped> dropped = [];
        while (ledger.Next() is GradientDropped drop)
        {
            dropped.Add(drop);
        }

        Assert.Equal([1, 2, 3, 4], dropped.Select(drop => drop.Gradient.Worker));
        Assert.Equal("component 3 of a gradient is NaN", dropped[^1].Fault);
        Assert.Equal((3L, 1L, 0L), (counts.DiscardedNotFinite, counts.DiscardedOutliers, ledger.Version));
    }

    [Fact]
    public void A_gradient_on_parameters_that_do_not_exist_yet_is_not_used()
    {
        GradientLedger ledger = Ledger(new ParameterServerOptions());
        Give(ledger, 1, 1, baseVersion: 3);
        Assert.Equal(GradientProtocol.DiscardReason.OtherEpoch, Assert.IsType<GradientDropped>(ledger.Next()).Reason);
    }

    [Fact]
    public void A_gradient_that_is_not_whole_in_time_is_lost_and_one_that_is_ready_is_not()
    {
        GradientCounts counts = new();
        GradientLedger ledger = new(Ranges, new ParameterServerOptions { Synchronous = true, GradientsPerUpdate = 2 }, 0, counts);
        Give(ledger, 1, 1, 0);
        ledger.Compute(Gradient(2, 1, 0), 3);
        ledger.Hold(Held(2, 1, 0), 3);

        Assert.Empty(ledger.Expire(3));
        Assert.Equal([(2, 1L)], ledger.Expire(4));
        Assert.Equal(2, Assert.IsType<GradientDropped>(ledger.Next()).Gradient.Worker);
        Give(ledger, 3, 1, 0);
        Assert.Equal([1, 3], Assert.IsType<GradientsApplied>(ledger.Next()).Gradients.Select(gradient => gradient.Worker));
        Assert.Equal((3L, 2L, 1L), (counts.Computed, counts.Applied, counts.Lost));
    }

    private static Gen<(int Kind, int Worker, int Age, int Range)[]> Scripts { get; } =
        Gen.Select(Gen.Int[0, 19], Gen.Int[1, 5], Gen.Int[0, 8], Gen.Int[0, Ranges - 1]).Array[0, 200];

    private static GradientLedger Ledger(ParameterServerOptions options) => new(Ranges, options, 0, new GradientCounts());

    private static GradientProtocol.GradientComputed Gradient(int worker, long push, long baseVersion) =>
        new(worker, 1, push, baseVersion, GradientProtocol.GradientVerdict.Sent, 4, 1, 0.5f, 0.1f, 2);

    private static ParameterServerProtocol.GradientHeld Held(int worker, long push, int range) => new(range, 1, worker, push, "");

    private static void Give(GradientLedger ledger, int worker, long push, long baseVersion)
    {
        ledger.Compute(Gradient(worker, push, baseVersion), 0);
        for (int range = 0; range < Ranges; range++)
        {
            ledger.Hold(Held(worker, push, range), 0);
        }
    }

    /// <summary>Workers that compute one gradient after another, in any order of messages, and now and then are lost; everything adds up at every moment.</summary>
    private static void Play(
        GradientLedger ledger, GradientCounts counts, (int Kind, int Worker, int Age, int Range)[] script, Action<GradientsApplied, long> check)
    {
        Dictionary<int, long> pushes = [];
        HashSet<(int, long)> used = [];
        long version = ledger.Version;
        foreach ((int kind, int worker, int age, int range) in script)
        {
            long push = pushes.GetValueOrDefault(worker, 1);
            switch (kind)
            {
                case 0:
                    ledger.Drop(worker);
                    break;
                case 1:
                    ledger.Expire(1);
                    break;
                case < 6:
                    ledger.Hold(Held(worker, push, range), age);
                    break;
                default:
                    ledger.Compute(Gradient(worker, push, Math.Max(0, version - age)), age);
                    for (int each = kind % 3; each < Ranges; each++)
                    {
                        ledger.Hold(Held(worker, push, each), age);
                    }

                    pushes[worker] = push + (kind % 2);
                    break;
            }

            while (ledger.Next() is { } decision)
            {
                if (decision is GradientsApplied applied)
                {
                    check(applied, version);
                    Assert.Equal(++version, applied.Version);
                    Assert.All(applied.Gradients, gradient => Assert.True(used.Add((gradient.Worker, gradient.Push))));
                }
            }

            Assert.Equal(version, ledger.Version);
        }

        ledger.LoseAll();
        Assert.Equal(
            counts.Computed,
            counts.Applied + counts.DiscardedStale + counts.DiscardedLate + counts.DiscardedOutliers + counts.DiscardedNotFinite + counts.Lost);
        Assert.Equal(0, ledger.PendingCount);
    }
}
