using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Whole runs on an embedded cluster of one, with the settings that ship.</summary>
public sealed class TrainingSessionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dqn-session-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_run_ends_at_its_steps_with_samples_in_proportion_and_a_checkpoint_that_can_be_read()
    {
        TrainingOptions options = Options(steps: 4000);
        RecordingSink sink = new();

        RunSummary summary = await TrainingSession.RunAsync(options, TestSettings.Production, [sink], CancellationToken.None);

        Assert.Equal((StopReason.Steps, ""), (summary.Reason, summary.Failure));
        Assert.Same(summary, Assert.Single(sink.Summaries));
        Assert.Equal(5, Assert.IsType<EvaluationResult>(summary.Evaluation).Episodes);
        ProgressReport progress = summary.Progress;
        // The stop is asked for when the limit is reached; what had credit may still come in.
        Assert.InRange(progress.Steps, 4000, 4000 + (2 * 2 * 2 * 64));
        ReplayOptions replay = options.Replay;
        double account = ((progress.Inserts - replay.MinSize) * replay.SamplesPerInsert) - progress.Samples;
        double slack = replay.SamplesPerInsertTolerance * replay.SamplesPerInsert;
        Assert.InRange(account, -slack, slack);
        Assert.Equal((0, 0), (progress.RunnerRestarts, progress.LearnerRestarts));
        // At the end snapshots and credits are underway to runners that have stopped; before it nothing is lost. The learner's
        // count of steps is up to 100 ms old, so the last report below the limit may already be of the end.
        Assert.All(sink.Reports.Where(report => report.Steps < options.Stop.Steps).SkipLast(1), report => Assert.Equal(0, report.DeadLetters));
        Assert.Empty(sink.Notices);

        CheckpointContent checkpoint = CheckpointStore.Open(_directory).Load().Content;
        Assert.Equal(progress.Updates, checkpoint.Counters[CounterNames.Updates]);
        Assert.Equal(progress.Steps, checkpoint.Counters[CounterNames.Steps]);
        Assert.Equal("CartPole-v1", checkpoint.EnvironmentName);
        Assert.True(progress.Updates > 100);
    }

    [Fact]
    public async Task An_interruption_leaves_a_checkpoint()
    {
        using CancellationTokenSource interruption = new();
        RecordingSink sink = new()
        {
            OnReport = report =>
            {
                if (report.Updates > 0)
                {
                    interruption.Cancel();
                }
            },
        };

        RunSummary summary = await TrainingSession.RunAsync(Options(steps: 0), TestSettings.Production, [sink], interruption.Token);

        Assert.Equal(StopReason.Interrupted, summary.Reason);
        Assert.Null(summary.Evaluation);
        Assert.True(CheckpointStore.Open(summary.CheckpointDirectory).Load().Content.Learner!.Updates > 0);
    }

    [Fact]
    public async Task An_environment_that_keeps_failing_ends_the_run_with_its_own_message()
    {
        TrainingOptions options = Options(steps: 0) with { Environment = ScriptedEnvironment.Specification(("fail_at_step", "300")) };
        RecordingSink sink = new();

        RunSummary summary = await TrainingSession.RunAsync(options, TestSettings.Production, [sink], CancellationToken.None);

        Assert.Equal(StopReason.Failed, summary.Reason);
        Assert.Contains("the motor burned out", summary.Failure, StringComparison.Ordinal);
        Assert.Equal(2, summary.Progress.RunnerRestarts);
        Assert.Equal(2, sink.Notices.Count(notice => notice.Contains("restarts", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Stored_transitions_are_all_inserted_and_used_as_far_as_the_limiter_allows()
    {
        TrainingOptions options = Stored();

        RunSummary summary = await TrainingSession.RunAsync(
            options, TestSettings.Production, [], new StoredFragments(fragments: 40, transitions: 50), CancellationToken.None);

        Assert.Equal((StopReason.SourceEnded, ""), (summary.Reason, summary.Failure));
        ProgressReport progress = summary.Progress;
        Assert.Equal((2000L, 2000L, 0L), (progress.Inserts, progress.Steps, progress.Episodes));
        // (2000 − 500 + 200) · 4, in rounds of 4 batches of 32.
        Assert.Equal(6800 / 128 * 128, progress.Samples);
        Assert.Equal(progress.Samples / 32, progress.Updates);
        Assert.Equal(5, Assert.IsType<EvaluationResult>(summary.Evaluation).Episodes);
        Assert.True(CheckpointStore.Open(_directory).Exists);
    }

    [Fact]
    public async Task Stored_transitions_that_cannot_be_read_end_the_run_with_their_line()
    {
        RunSummary summary = await TrainingSession.RunAsync(
            Stored(), TestSettings.Production, [], new StoredFragments(fragments: 3, transitions: 50, "the file broke"), CancellationToken.None);

        Assert.Equal((StopReason.Failed, "the file broke", 0), (summary.Reason, summary.Failure, summary.Progress.RunnerRestarts));
    }

    [Fact]
    public async Task An_environment_that_DQN_cannot_learn_is_refused_before_anything_starts() =>
        await Assert.ThrowsAsync<EnvironmentException>(() => TrainingSession.RunAsync(
            Options(steps: 0) with { Environment = new EnvironmentSpecification { Id = "NoSuch-v0" } }, TestSettings.Production, [], CancellationToken.None));

    /// <summary>For transitions of the scripted environment.</summary>
    private TrainingOptions Stored() => Options(steps: 0) with
    {
        Environment = Make.Options().Environment,
        Runner = Make.Options().Runner with { Count = 1, Environments = 5, Fragment = 10 },
    };

    private TrainingOptions Options(long steps) => Make.Options() with
    {
        Environment = new EnvironmentSpecification { Id = "CartPole-v1" },
        Learner = Make.Options().Learner with { BatchSize = 32, BatchesPerRequest = 4 },
        Replay = new ReplayOptions { Capacity = 2000, Shards = 2, MinSize = 500, SamplesPerInsert = 4, SamplesPerInsertTolerance = 200 },
        Runner = Make.Options().Runner with { Count = 2, Environments = 8, Fragment = 8 },
        Snapshot = new SnapshotOptions { TargetPeriod = 50, Period = 10 },
        Evaluation = new EvaluationOptions { Episodes = 5, Period = 1000 },
        Stop = new StopOptions { Steps = steps },
        Run = new RunOptions { Directory = _directory, Seed = 3 },
    };
}
