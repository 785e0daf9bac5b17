namespace DqnAkka.Actors.Tests;

public sealed class ProgressLedgerTests
{
    [Fact]
    public void Before_anything_happened_means_are_unknown()
    {
        ProgressReport report = new ProgressLedger(0).Report();

        Assert.Equal((0L, 0L, 0L), (report.Steps, report.Episodes, report.Updates));
        Assert.All([report.Loss, report.MeanQ, report.ReturnMean, report.EpsilonLow, report.SamplesPerInsert, report.RecentSamplesPerInsert, report.LimiterError], value => Assert.Equal(double.NaN, value));
    }

    [Fact]
    public void Returns_are_of_the_last_hundred_episodes()
    {
        ProgressLedger ledger = new(0);
        ledger.Add(new ProgressProtocol.RunnerReport(0, 10, 0.4, [.. Enumerable.Repeat(1000.0, 50)], []));
        ledger.Add(new ProgressProtocol.RunnerReport(1, 5, 0.1, [.. Enumerable.Range(1, 100).Select(i => (double)i)], []));

        ProgressReport report = ledger.Report();

        // 1 … 100: mean 50.5, variance (100² − 1)/12 · 100/99.
        Assert.Equal((15L, 150L, 0.1, 0.4), (report.Steps, report.Episodes, report.EpsilonLow, report.EpsilonHigh));
        Assert.Equal(50.5, report.ReturnMean, 12);
        Assert.Equal(Math.Sqrt(9999.0 / 12 * 100 / 99), report.ReturnDeviation, 9);
    }

    [Fact]
    public void The_learners_counts_are_the_runs_clock_and_its_last_known_means_stay()
    {
        ProgressLedger ledger = new(0);
        ledger.Add(new ProgressProtocol.RunnerReport(0, 1000, 0.4, [], []));
        ledger.Add(new ProgressProtocol.LearnerReport(900, 10, 800, 1600, 500, 0.25, 0.5, 2, 0.75));
        ledger.Add(new ProgressProtocol.LearnerReport(950, 10, 850, 1700, 550, double.NaN, double.NaN, double.NaN, 0.5));

        ProgressReport report = ledger.Report();

        Assert.Equal((950L, 10L, 850L, 1700L, 550L), (report.Steps, report.Updates, report.Inserts, report.Samples, report.ReplaySize));
        Assert.Equal((0.25, 0.5, 2.0, 0.5, 2.0), (report.Loss, report.MeanAbsoluteTdError, report.MeanQ, report.LearnerBusy, report.SamplesPerInsert));
    }

    [Fact]
    public void The_recent_ratio_is_of_what_came_since_the_window_began_and_begins_anew_where_the_learner_fell_back()
    {
        ProgressLedger ledger = new(0);
        ledger.Add(new ProgressProtocol.LearnerReport(900, 10, 1_000, 8_000, 500, 0, 0, 0, 0) { LimiterError = 0.25 });
        ledger.Report();
        ledger.Add(new ProgressProtocol.LearnerReport(950, 11, 1_100, 8_400, 500, 0, 0, 0, 0) { LimiterError = -0.5 });
        ProgressReport report = ledger.Report();
        Assert.Equal((4.0, -0.5), (report.RecentSamplesPerInsert, report.LimiterError));
        Assert.Equal((8_400.0 / 1_100, -0.5), (ledger.Status(report).SamplesPerInsert, ledger.Status(report).LimiterError));

        ledger.Add(new ProgressProtocol.LearnerReport(900, 10, 1_100, 8_000, 500, 0, 0, 0, 0));
        Assert.Equal(double.NaN, ledger.Report().RecentSamplesPerInsert);
        ledger.Add(new ProgressProtocol.LearnerReport(900, 12, 1_200, 8_600, 500, 0, 0, 0, 0));
        Assert.Equal(6, ledger.Report().RecentSamplesPerInsert);
    }

    [Fact]
    public void A_learner_that_fell_back_to_its_checkpoint_has_no_negative_rate()
    {
        ProgressLedger ledger = new(0);
        ledger.Add(new ProgressProtocol.LearnerReport(900, 10, 800, 1600, 500, 0, 0, 0, 0));
        Assert.True(ledger.Report().StepsPerSecond > 0);
        ledger.Add(new ProgressProtocol.LearnerReport(500, 5, 400, 800, 500, 0, 0, 0, 0));

        ProgressReport report = ledger.Report();
        Assert.Equal((0.0, 0.0), (report.StepsPerSecond, report.UpdatesPerSecond));
    }
}
