using System.Globalization;
using System.Text.Json;
using DqnAkka.Actors;
using Spectre.Console;

namespace DqnAkka.Host.Tests;

public sealed class SinkTests
{
    [Fact]
    public void Plain_lines_come_every_five_seconds_and_at_every_evaluation_and_the_end()
    {
        using StringWriter output = new() { NewLine = "\n" };
        using PlainConsoleSink sink = new(output);
        foreach (double seconds in new[] { 0.25, 4.9, 5.1, 5.2, 10.0, 10.2 })
        {
            sink.Report(Samples.Report(seconds));
        }

        sink.Evaluated(Samples.Evaluation());
        sink.Notice("runner 1 was restarted");
        sink.Completed(Samples.Summary(StopReason.Score));

        const string Progress = "progress step=12345 updates=6000 episodes=67 samples-per-insert=32 recent-samples-per-insert=31.5 limiter-error=+98% epsilon=0.05..0.4 loss=0.0123 td=0.25 q=43.21 return=123.456 sd=7.8 steps/s=54322 updates/s=999 seconds=";
        Assert.Equal(
            $"""
            {Progress}5.1
            {Progress}10.2
            evaluation step=10000 mean=487.25 sd=12.3457 min=431 max=500 episodes=100
            notice runner 1 was restarted
            ended: the score was reached (stop.score)
            checkpoint /runs/a/checkpoint
            learner busy 93 %, wall time 12.5 s, 12345 steps, 6000 updates, 67 episodes
            evaluation step=10000 mean=487.25 sd=12.3457 min=431 max=500 episodes=100

            """,
            output.ToString());
    }

    [Fact]
    public void What_is_not_known_yet_is_left_out_of_a_plain_line()
    {
        using StringWriter output = new() { NewLine = "\n" };
        using PlainConsoleSink sink = new(output);

        sink.Report(Samples.Empty() with { Elapsed = TimeSpan.FromSeconds(6), EpsilonLow = double.NaN, EpsilonHigh = double.NaN });

        Assert.Equal("progress step=0 updates=0 episodes=67 steps/s=54322 updates/s=999 seconds=6\n", output.ToString());
    }

    [Fact]
    public void A_run_without_an_evaluation_ends_on_the_learners_line()
    {
        RunSummary summary = new() { Reason = StopReason.Interrupted, Progress = Samples.Empty() };
        Assert.Equal(3, SummaryLines.Format(summary).Count);
        Assert.StartsWith("learner busy ", SummaryLines.Format(summary)[^1], StringComparison.Ordinal);
        Assert.Equal("checkpoint none", SummaryLines.Format(summary)[1]);
        Assert.StartsWith("wall time ", SummaryLines.Format(summary with { Progress = Samples.Empty() with { LearnerBusy = double.NaN } })[^1], StringComparison.Ordinal);
        Assert.Equal("checkpoint hash abc", SummaryLines.Format(summary with { CheckpointHash = "abc" })[2]);
    }

    [Fact]
    public void Lines_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(
                "evaluation step=10000 mean=-1.5 sd=12.3457 min=431 max=500 episodes=100",
                EvaluationLine.Format(Samples.Evaluation(mean: -1.5)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Metrics_are_one_json_object_a_line_with_null_for_no_number()
    {
        using TemporaryFolder folder = new();
        string path = folder.Sub("metrics.jsonl");
        using MetricsFileSink sink = MetricsFileSink.Append(path, isReproducible: false);
        sink.Report(Samples.Empty());
        sink.Report(Samples.Report());
        sink.Evaluated(Samples.Evaluation());
        sink.Notice("a \"quoted\"\nnotice");
        sink.Completed(Samples.Summary(StopReason.Failed) with { Evaluation = null });

        // Read while the sink is open: every line is flushed as it is written.
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string[] lines = reader.ReadToEnd().TrimEnd('\n').Split('\n');
        JsonElement[] objects = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["progress", "progress", "evaluation", "notice", "summary"], objects.Select(item => item.GetProperty("type").GetString()));
        Assert.Equal(
            """{"type":"progress","elapsed_seconds":12.5,"steps":12345,"episodes":67,"updates":6000,"skipped_updates":0,"inserts":12000,"samples":384000,"samples_per_insert":32,"recent_samples_per_insert":31.5,"limiter_error":0.975,"replay_size":12000,"epsilon_low":0.05,"epsilon_high":0.4,"loss":0.0123456,"mean_absolute_td_error":0.25,"mean_q":43.21,"return_mean":123.456,"return_deviation":7.8,"steps_per_second":54321.6,"updates_per_second":999.4,"learner_busy":0.934,"runner_restarts":1,"learner_restarts":0,"environment_restarts":0,"dead_letters":2}""",
            lines[1]);
        Assert.Equal(
            """{"type":"evaluation","elapsed_seconds":10,"step":10000,"updates":5000,"episodes":100,"mean":487.25,"deviation":12.34567,"minimum":431,"maximum":500}""",
            lines[2]);
        Assert.Equal(JsonValueKind.Null, objects[0].GetProperty("loss").ValueKind);
        Assert.Equal(JsonValueKind.Null, objects[0].GetProperty("samples_per_insert").ValueKind);
        Assert.Equal(12.5, objects[3].GetProperty("elapsed_seconds").GetDouble());
        Assert.Equal("a \"quoted\"\nnotice", objects[3].GetProperty("message").GetString());
        Assert.Equal(("failed", "the environment broke"), (objects[4].GetProperty("reason").GetString(), objects[4].GetProperty("failure").GetString()));
        Assert.Equal(JsonValueKind.Null, objects[4].GetProperty("evaluation").ValueKind);
    }

    [Fact]
    public void The_metrics_of_a_deterministic_run_hold_nothing_of_the_clock_and_of_the_place()
    {
        using TemporaryFolder folder = new();
        string first = Write("first.jsonl", 1);
        Assert.Equal(first, Write("second.jsonl", 2.5));
        string[] lines = first.TrimEnd('\n').Split('\n');
        JsonElement[] objects = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["progress", "evaluation", "summary"], objects.Select(item => item.GetProperty("type").GetString()));
        Assert.All(
            ["elapsed_seconds", "steps_per_second", "updates_per_second", "learner_busy", "recent_samples_per_insert"],
            name => Assert.Equal(JsonValueKind.Null, objects[0].GetProperty(name).ValueKind));
        Assert.Equal("abc", objects[2].GetProperty("checkpoint_hash").GetString());

        string Write(string name, double factor)
        {
            using (MetricsFileSink sink = MetricsFileSink.Append(folder.Sub(name), isReproducible: true))
            {
                ProgressReport report = Samples.Report(seconds: 12.5 * factor);
                sink.Report(report with
                {
                    StepsPerSecond = report.StepsPerSecond * factor,
                    UpdatesPerSecond = report.UpdatesPerSecond * factor,
                    LearnerBusy = report.LearnerBusy / factor,
                    RecentSamplesPerInsert = 30 * factor,
                });
                sink.Evaluated(Samples.Evaluation() with { Elapsed = TimeSpan.FromSeconds(factor) });
                sink.Notice($"{factor}");
                sink.Completed(Samples.Summary(StopReason.Score) with { CheckpointDirectory = name, CheckpointHash = "abc", Progress = Samples.Report(seconds: factor) });
            }

            return File.ReadAllText(folder.Sub(name));
        }
    }

    [Fact]
    public void The_metrics_go_back_to_where_they_were_at_a_checkpoint()
    {
        using TemporaryFolder folder = new();
        string path = folder.Sub("metrics.jsonl");
        using (MetricsFileSink sink = MetricsFileSink.Append(path, isReproducible: true))
        {
            sink.Report(Samples.Report());
        }

        string before = File.ReadAllText(path);
        long length = new FileInfo(path).Length;
        File.AppendAllText(path, "{\"type\":\"progress\"}\n{\"type\":\"pro");
        using (MetricsFileSink sink = MetricsFileSink.Append(path, isReproducible: true))
        {
            sink.Rewind(length);
            Assert.Equal(length, sink.Commit());
            sink.Report(Samples.Report());
            Assert.Equal(2 * length, sink.Commit());
            IOException exception = Assert.Throws<IOException>(() => sink.Rewind(1_000_000));
            Assert.Contains("1000000", exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before + before, File.ReadAllText(path));
    }

    [Fact]
    public void Closing_the_metrics_on_a_full_disk_does_not_hide_how_the_run_ended()
    {
        MetricsFileSink sink = new(new BufferedStream(new FullStream()));
        Assert.Throws<IOException>(() => sink.Report(Samples.Report()));
        sink.Dispose();
    }

    [Theory]
    [InlineData(120)]
    [InlineData(40)]
    public void The_live_view_shows_everything_fits_its_terminal_and_gives_the_cursor_back(int width)
    {
        using StringWriter output = new() { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width;
        console.Profile.Height = 40;
        using (LiveConsoleSink sink = new(console, new StopOptions { Steps = 1_000_000 }))
        {
            sink.Report(Samples.Empty());
            sink.Report(Samples.Report());
            sink.Evaluated(Samples.Evaluation());
            sink.Notice("runner 1 was restarted");
            sink.Completed(Samples.Summary(StopReason.Score));
        }

        string text = output.ToString();
        foreach (string cell in new[] { "12,345", "6,000", "32.0", "0.05 … 0.4", "0.012", "0.25", "43.2", "123 ± 7.80", "54.3 k", "999", "0:12", "0:18", "runner 1 was restarted", "evaluation at 10,000" })
        {
            Assert.Contains(cell, text, StringComparison.Ordinal);
        }

        Assert.True(text.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > text.LastIndexOf("\u001b[?25l", StringComparison.Ordinal));
        Assert.EndsWith("\nevaluation step=10000 mean=487.25 sd=12.3457 min=431 max=500 episodes=100\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_live_view_gives_the_terminal_back_when_a_run_breaks_off()
    {
        using StringWriter output = new() { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(output) });
        LiveConsoleSink sink = new(console, new StopOptions());
        sink.Report(Samples.Report());
        sink.Dispose();
        sink.Dispose();
        Assert.Contains("\u001b[?25h", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.05, "0.05")]
    [InlineData(0.00012, "1.2e-4")]
    [InlineData(-12.34, "-12.3")]
    [InlineData(1234.0, "1,234")]
    [InlineData(54321.6, "54.3 k")]
    [InlineData(999_900.0, "1.00 M")]
    [InlineData(37_700_000.0, "37.7 M")]
    [InlineData(double.NaN, "–")]
    public void Numbers_for_people_have_about_three_digits(double value, string expected) => Assert.Equal(expected, HumanNumber.Short(value));

    [Theory]
    [InlineData(10, 100, 100.0, "0:00")]
    [InlineData(10_000, 1_000, 100.0, "1:30")]
    [InlineData(10_000, 0, 0.0, "unknown")]
    [InlineData(0, 1_000, 100.0, "no limit")]
    public void The_time_left_is_unknown_until_there_is_a_rate(long limit, long steps, double rate, string expected) =>
        Assert.Equal(expected, TimeLeft.Describe(Samples.Report(60, steps) with { StepsPerSecond = rate }, new StopOptions { Steps = limit }));

    [Fact]
    public void The_time_left_is_to_the_nearer_limit()
    {
        ProgressReport report = Samples.Report(60, 1_000) with { StepsPerSecond = 100 };
        Assert.Equal(TimeSpan.FromSeconds(90), TimeLeft.Estimate(report, new StopOptions { Steps = 10_000 }));
        Assert.Equal(TimeSpan.FromSeconds(60), TimeLeft.Estimate(report, new StopOptions { Steps = 10_000, Minutes = 2 }));
        Assert.Equal(TimeSpan.Zero, TimeLeft.Estimate(report, new StopOptions { Steps = 500 }));
        Assert.Null(TimeLeft.Estimate(report, new StopOptions { Steps = 0 }));
        Assert.Null(TimeLeft.Estimate(Samples.Empty() with { StepsPerSecond = 0 }, new StopOptions { Steps = 10 }));
    }
}
