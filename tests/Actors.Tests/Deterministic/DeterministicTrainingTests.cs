using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class DeterministicTrainingTests : IDisposable
{
    private readonly DeterministicRuns _runs = new();

    public static TheoryData<string> Variants => ["priorities", "uniform", "lowest priority leaves", "unlimited", "target copies", "libtorch"];

    public void Dispose() => _runs.Dispose();

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Two_runs_do_the_same_and_so_does_one_that_goes_on_from_any_checkpoint(string variant)
    {
        TrainingOptions options = Variant(variant);
        string folder = _runs.NewFolder();
        DeterministicOutcome first = await DeterministicRuns.RunAsync(options, folder);
        DeterministicOutcome second = await DeterministicRuns.RunAsync(options, _runs.NewFolder());

        Assert.Equal(StopReason.Steps, first.Summary.Reason);
        Assert.Matches("^[0-9a-f]{64}$", first.Hash);
        Assert.Equal(first.Metrics, second.Metrics);
        Assert.Equal(first.Hash, second.Hash);
        IReadOnlyList<int> numbers = DeterministicRuns.Numbers(folder);
        Assert.True(numbers.Count > 4, $"{numbers.Count} checkpoints");
        foreach (int number in numbers)
        {
            DeterministicOutcome resumed = await DeterministicRuns.RunAsync(options, _runs.CopyUpTo(folder, number));
            Assert.Equal(first.Hash, resumed.Hash);
            Assert.Equal(first.Metrics, resumed.Metrics);
        }
    }

    [Fact]
    public async Task Another_seed_makes_another_run()
    {
        TrainingOptions options = DeterministicRuns.Options();
        DeterministicOutcome first = await DeterministicRuns.RunAsync(options, _runs.NewFolder());
        DeterministicOutcome second = await DeterministicRuns.RunAsync(options with { Run = options.Run with { Seed = 8 } }, _runs.NewFolder());
        Assert.NotEqual(first.Hash, second.Hash);
        Assert.NotEqual(first.Metrics, second.Metrics);
    }

    [Fact]
    public async Task One_replica_is_the_single_learner_and_two_repeat_themselves()
    {
        TrainingOptions options = DeterministicRuns.Options();
        DeterministicOutcome single = await DeterministicRuns.RunAsync(options, _runs.NewFolder());
        DeterministicOutcome one = await DeterministicRuns.RunAsync(OnDevices("cpu"), _runs.NewFolder());
        Assert.Equal(single.Hash, one.Hash);
        Assert.Equal(single.Metrics, one.Metrics);

        DeterministicOutcome two = await DeterministicRuns.RunAsync(OnDevices("cpu", "cpu"), _runs.NewFolder());
        DeterministicOutcome again = await DeterministicRuns.RunAsync(OnDevices("cpu", "cpu"), _runs.NewFolder());
        Assert.Equal(two.Hash, again.Hash);
        Assert.Equal(two.Metrics, again.Metrics);
        Assert.Equal(StopReason.Steps, two.Summary.Reason);

        TrainingOptions OnDevices(params string[] devices) => options with
        {
            Learner = options.Learner with { Mode = LearnerMode.DataParallel, Devices = devices, ChecksumPeriod = 10 },
        };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(61)]
    public async Task A_run_that_is_interrupted_goes_on_as_if_it_had_not_been(int reports)
    {
        TrainingOptions options = DeterministicRuns.Options();
        DeterministicOutcome whole = await DeterministicRuns.RunAsync(options, _runs.NewFolder());
        string folder = _runs.NewFolder();
        using CancellationTokenSource stop = new();
        int seen = 0;
        DeterministicOutcome interrupted = await DeterministicRuns.RunAsync(options, folder, OnReport, stop.Token);
        Assert.Equal(StopReason.Interrupted, interrupted.Summary.Reason);
        Assert.NotEqual(whole.Hash, interrupted.Hash);

        DeterministicOutcome resumed = await DeterministicRuns.RunAsync(options, folder);
        Assert.Equal(whole.Hash, resumed.Hash);
        Assert.Equal(whole.Metrics, resumed.Metrics);

        void OnReport(ProgressReport report)
        {
            if (++seen == reports)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public async Task An_evaluation_that_reaches_the_score_ends_the_run_and_once_ended_it_stays_so()
    {
        TrainingOptions options = DeterministicRuns.Options();
        options = options with { Stop = options.Stop with { Score = 5 } };
        string folder = _runs.NewFolder();
        DeterministicOutcome ended = await DeterministicRuns.RunAsync(options, folder);
        Assert.Equal(StopReason.Score, ended.Summary.Reason);
        Assert.Equal(2, ended.Metrics.Split("\nevaluation ").Length - 1);

        DeterministicOutcome again = await DeterministicRuns.RunAsync(options, folder);
        Assert.Equal(ended.Hash, again.Hash);
        Assert.Equal(ended.Metrics, again.Metrics);
    }

    [Fact]
    public async Task A_score_that_is_raised_lets_a_run_that_had_reached_it_go_on()
    {
        TrainingOptions options = DeterministicRuns.Options();
        string folder = _runs.NewFolder();
        DeterministicOutcome ended = await DeterministicRuns.RunAsync(options with { Stop = options.Stop with { Score = 5 } }, folder);
        DeterministicOutcome further = await DeterministicRuns.RunAsync(options, folder);
        Assert.Equal(StopReason.Steps, further.Summary.Reason);
        Assert.True(further.Summary.Progress.Updates > ended.Summary.Progress.Updates);
    }

    [Fact]
    public async Task An_environment_that_breaks_ends_the_run_with_its_own_message()
    {
        TrainingOptions options = DeterministicRuns.Options() with { Environment = ScriptedEnvironment.Specification(("failAtStep", "40")) };
        DeterministicOutcome outcome = await FailAsync(options, _runs.NewFolder());
        Assert.Equal(StopReason.Failed, outcome.Summary.Reason);
        Assert.Contains("the motor burned out", outcome.Summary.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_kind_of_run_is_refused()
    {
        TrainingOptions options = DeterministicRuns.Options();
        string folder = _runs.NewFolder();
        NetworkLayout layout = new(4, 2, options.Network);
        new CheckpointStore(Path.Combine(folder, CheckpointStore.FolderName)).Save(new CheckpointContent
        {
            EnvironmentName = "CartPole-v1",
            Seed = 7,
            Layout = layout,
            Policy = new float[layout.Length],
            Learner = new TrainerState
            {
                Updates = 3,
                Online = new float[layout.Length],
                Target = new float[layout.Length],
                FirstMoments = new float[layout.Length],
                SecondMoments = new float[layout.Length],
            },
        });
        DeterministicOutcome outcome = await FailAsync(options, folder);
        Assert.Contains("not of a deterministic run", outcome.Summary.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_that_were_cut_are_not_gone_on_with()
    {
        TrainingOptions options = DeterministicRuns.Options();
        string folder = _runs.NewFolder();
        await DeterministicRuns.RunAsync(options, folder);
        string copy = _runs.CopyUpTo(folder, 3);
        using RefusingSink sink = new();
        RunSummary summary = await TrainingSession.RunAsync(
            options with { Run = options.Run with { Directory = copy } }, Akka.Configuration.Config.Empty, [sink], CancellationToken.None);
        Assert.Equal(StopReason.Failed, summary.Reason);
        Assert.Contains("too short", summary.Failure, StringComparison.Ordinal);
    }

    private static TrainingOptions Variant(string name)
    {
        TrainingOptions options = DeterministicRuns.Options();
        return name switch
        {
            "uniform" => options with { Replay = options.Replay with { Prioritized = false } },
            "lowest priority leaves" => options with { Replay = options.Replay with { Removal = RemovalKind.LowestPriority } },
            "unlimited" => options with { Replay = options.Replay with { SamplesPerInsert = 0 } },
            "target copies" => options with { Learner = options.Learner with { PolyakTau = 0 } },
            "libtorch" => options with
            {
                Learner = options.Learner with { Backend = ComputeBackend.Torch },
                Runner = options.Runner with { Count = 2, Backend = ComputeBackend.Torch },
            },
            _ => options,
        };
    }

    private static async Task<DeterministicOutcome> FailAsync(TrainingOptions options, string folder)
    {
        RecordingSink sink = new();
        RunSummary summary = await TrainingSession.RunAsync(
            options with { Run = options.Run with { Directory = folder } }, Akka.Configuration.Config.Empty, [sink], CancellationToken.None);
        Assert.Same(summary, Assert.Single(sink.Summaries));
        return new DeterministicOutcome(summary, summary.CheckpointHash, "");
    }

    private sealed class RefusingSink : IRewindableSink, IDisposable
    {
        public long Commit() => 0;

        public void Rewind(long length) => throw new IOException("too short");

        public void Report(ProgressReport report)
        {
        }

        public void Evaluated(EvaluationResult result)
        {
        }

        public void Notice(string message)
        {
        }

        public void Completed(RunSummary summary)
        {
        }

        public void Dispose()
        {
        }
    }
}
