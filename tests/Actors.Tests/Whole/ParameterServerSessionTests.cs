using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Whole runs with a parameter server on an embedded cluster of one, with the settings that ship.</summary>
[Collection(WholeNodes.Name)]
public sealed class ParameterServerSessionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dqn-server-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_run_goes_on_from_its_checkpoint_in_every_mode()
    {
        RecordingSink sink = new();
        RunSummary first = await TrainingSession.RunAsync(Options(steps: 3000, LearnerMode.ParameterServer, resumption: 0), TestSettings.Production, [sink], CancellationToken.None);

        Assert.Equal((StopReason.Steps, ""), (first.Reason, first.Failure));
        Assert.True(first.Progress.Updates > 200, $"{first.Progress.Updates} updates");
        Assert.Equal((0, 0), (first.Progress.RunnerRestarts, first.Progress.LearnerRestarts));
        Assert.Empty(sink.Notices);
        // Each worker may have had one gradient underway when the run ended.
        Assert.InRange(first.Progress.Samples - (first.Progress.Updates * 32), 0, 2 * 32);
        CheckpointContent checkpoint = CheckpointStore.Open(_directory).Load().Content;
        Assert.Equal(first.Progress.Updates, checkpoint.Counters[CounterNames.Updates]);
        Assert.Equal(first.Progress.Updates, checkpoint.Learner!.Updates);
        Assert.All(checkpoint.Learner.Online, value => Assert.True(float.IsFinite(value)));

        RunSummary second = await TrainingSession.RunAsync(Options(steps: 4500, LearnerMode.Single, resumption: 1), TestSettings.Production, [new RecordingSink()], CancellationToken.None);
        Assert.Equal((StopReason.Steps, ""), (second.Reason, second.Failure));
        Assert.True(second.Progress.Updates > first.Progress.Updates + 50);

        RunSummary third = await TrainingSession.RunAsync(Options(steps: 6000, LearnerMode.ParameterServer, resumption: 2), TestSettings.Production, [new RecordingSink()], CancellationToken.None);
        Assert.Equal((StopReason.Steps, ""), (third.Reason, third.Failure));
        Assert.True(third.Progress.Updates > second.Progress.Updates + 50);
        Assert.Equal(third.Progress.Updates, CheckpointStore.Open(_directory).Load().Content.Counters[CounterNames.Updates]);
    }

    private TrainingOptions Options(long steps, LearnerMode mode, int resumption) => Make.Options() with
    {
        Environment = new EnvironmentSpecification { Id = "CartPole-v1" },
        Learner = Make.Options().Learner with { BatchSize = 32, BatchesPerRequest = 4, Mode = mode },
        // On a busy machine one worker may rest while the other goes on: nothing is discarded for that here.
        ParameterServer = new ParameterServerOptions { Shards = 2, MaxStaleness = int.MaxValue },
        Gradient = new GradientOptions { Workers = 2 },
        Replay = new ReplayOptions { Capacity = 2000, Shards = 2, MinSize = 500, SamplesPerInsert = 4, SamplesPerInsertTolerance = 200, Prioritized = true },
        Runner = Make.Options().Runner with { Count = 2, Environments = 8, Fragment = 8 },
        Snapshot = new SnapshotOptions { TargetPeriod = 50, Period = 10 },
        Evaluation = new EvaluationOptions { Episodes = 5, Period = 1000 },
        Checkpoint = new CheckpointOptions { Period = 100 },
        Stop = new StopOptions { Steps = steps },
        Run = new RunOptions { Directory = _directory, Seed = 3, Resumption = resumption },
    };
}
