using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class SamplesPerInsertLimiterTests
{
    [Fact]
    public void The_window_is_where_it_is_said_to_be()
    {
        // SPI 4, min 100, t 10: samples ≤ 4 (inserts − 100 + 10), inserts ≤ 100 + 10 + samples/4.
        SamplesPerInsertLimiter limiter = new(4, 100, 10);
        Assert.False(limiter.CanSample(99, 0, 1));
        Assert.True(limiter.CanSample(100, 0, 40));
        Assert.False(limiter.CanSample(100, 0, 41));
        Assert.True(limiter.CanSample(101, 12, 32));
        Assert.False(limiter.CanSample(101, 12, 33));
        Assert.Equal(110, limiter.AllowedInserts(0));
        Assert.Equal(110, limiter.AllowedInserts(3));
        Assert.Equal(111, limiter.AllowedInserts(4));
        Assert.Equal(360, limiter.AllowedInserts(1000));
    }

    [Fact]
    public void Zero_limits_neither_side_but_the_first_sample()
    {
        SamplesPerInsertLimiter limiter = new(0, 100, 0);
        Assert.Equal(long.MaxValue, limiter.AllowedInserts(0));
        Assert.False(limiter.CanSample(99, 0, 1));
        Assert.True(limiter.CanSample(100, long.MaxValue / 2, 1_000_000));
    }

    [Fact]
    public void Allowances_saturate() => Assert.Equal(long.MaxValue, new SamplesPerInsertLimiter(1e-9, 1, 1e10).AllowedInserts(long.MaxValue / 2));

    [Fact]
    public void From_other_totals_on_the_window_lies_around_them()
    {
        SamplesPerInsertLimiter limiter = new SamplesPerInsertLimiter(4, 100, 10).From(1_000, 70_000);
        Assert.True(limiter.CanSample(1_000, 70_000, 40));
        Assert.False(limiter.CanSample(1_000, 70_000, 41));
        Assert.Equal(1_010, limiter.AllowedInserts(70_000));
        Assert.Equal(1_011, limiter.AllowedInserts(70_004));
        Assert.Equal((1_000L, 70_000L), (limiter.OriginInserts, limiter.OriginSamples));
        // Where sampling has not begun, it begins at the least size as ever.
        Assert.Equal((100L, 0L), (limiter.From(30, 0).OriginInserts, limiter.From(30, 0).OriginSamples));
        Assert.False(limiter.From(30, 0).CanSample(99, 0, 1));
    }

    [Fact]
    public void The_error_is_a_share_of_the_tolerance()
    {
        SamplesPerInsertLimiter limiter = new(4, 100, 10);
        Assert.Equal((0.0, 1.0, -1.0, 0.5), (limiter.Error(100, 0), limiter.Error(110, 0), limiter.Error(100, 40), limiter.Error(115, 40)));
        Assert.Equal(double.NaN, new SamplesPerInsertLimiter(0, 100, 0).Error(500, 9));
    }

    [Theory]
    [InlineData(8, 1, 7.9, 64, "samples-per-insert-tolerance is 7.9: use a finite number of at least 8")]
    [InlineData(100, 1, 1, 64, "at least 2")]
    [InlineData(0.3, 1, 213, 64, "at least 214")]
    [InlineData(8, 1, double.NaN, 64, "samples-per-insert-tolerance is NaN")]
    [InlineData(8, 1, double.PositiveInfinity, 64, "samples-per-insert-tolerance is ∞")]
    [InlineData(8, 0, 10, 64, "min-size is 0")]
    [InlineData(-1, 1, 10, 64, "samples-per-insert is -1")]
    [InlineData(double.NaN, 1, 10, 64, "samples-per-insert is NaN")]
    public void Values_that_could_stop_both_sides_are_named_with_the_remedy(double samplesPerInsert, long minSize, double tolerance, int count, string expected)
    {
        string? message = SamplesPerInsertLimiter.Check(samplesPerInsert, minSize, tolerance, count);
        Assert.Contains(expected.Replace("∞", $"{double.PositiveInfinity}", StringComparison.Ordinal), message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_constructor_refuses_what_the_check_refuses() => Assert.Throws<ArgumentException>(() => new SamplesPerInsertLimiter(8, 0, 10));

    [Fact]
    public void Where_the_check_finds_no_fault_one_side_can_always_proceed() =>
        (from samplesPerInsert in Gen.OneOf(Gen.Double[0.01, 1], Gen.Double[1, 200], Gen.Int[1, 64].Select(value => (double)value))
         from minSize in Gen.Long[1, 3_000]
         from count in Gen.Int[1, 600]
         from slack in Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 50])
         from insertSize in Gen.Int[1, 100]
         from insertShare in Gen.OneOf(Gen.Const(0.0), Gen.Const(1.0), Gen.Double[0, 1])
         from seed in Gen.ULong
         select (samplesPerInsert, minSize, count, slack, insertSize, insertShare, seed)).Sample(
            example =>
            {
                double tolerance = Math.Max(2, Math.Ceiling(example.count / example.samplesPerInsert)) + example.slack;
                Assert.Null(SamplesPerInsertLimiter.Check(example.samplesPerInsert, example.minSize, tolerance, example.count));
                SamplesPerInsertLimiter limiter = new(example.samplesPerInsert, example.minSize, tolerance);
                RandomSource random = new(example.seed);
                long inserts = 0;
                long samples = 0;
                for (int turn = 0; turn < 3_000; turn++)
                {
                    bool mayInsert = inserts < limiter.AllowedInserts(samples);
                    bool maySample = limiter.CanSample(inserts, samples, example.count);
                    Assert.True(mayInsert || maySample, $"both sides wait at {inserts} inserts and {samples} samples");

                    // The side that is quick takes most turns; one that must wait yields to the other. Whole fragments may overshoot.
                    if (mayInsert && (!maySample || random.NextDouble() < example.insertShare))
                    {
                        inserts += example.insertSize;
                    }
                    else
                    {
                        samples += example.count;
                    }

                    if (samples > 0)
                    {
                        double account = ((inserts - example.minSize) * example.samplesPerInsert) - samples;
                        double window = tolerance * example.samplesPerInsert;
                        Assert.InRange(account, -window - 1e-6, window + (example.insertSize * example.samplesPerInsert) + 1e-6);
                    }
                }
            },
            iter: 1_000);

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.5)]
    [InlineData(0.98)]
    public void The_ratio_converges_whatever_the_speeds_are(double insertShare)
    {
        SamplesPerInsertLimiter limiter = new(3.7, 1_000, 100);
        RandomSource random = new(21);
        long inserts = 0;
        long samples = 0;
        for (int turn = 0; samples < 10_000_000; turn++)
        {
            Assert.True(turn < 30_000_000, "both sides wait");
            bool inserting = random.NextDouble() < insertShare;
            if (inserting && inserts < limiter.AllowedInserts(samples))
            {
                inserts += 16;
            }
            else if (!inserting && limiter.CanSample(inserts, samples, 64))
            {
                samples += 64;
            }
        }

        Assert.Equal(3.7, (double)samples / (inserts - 1_000), 0.001);
    }
}
