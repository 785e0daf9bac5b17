using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>On a real node, since the guardian's publisher needs the cluster's pub/sub.</summary>
public sealed class LearnerGuardianActorTests : TestKit
{
    private readonly TestProbe _region;
    private readonly TestProbe _writer;
    private readonly TestProbe _coordinator;
    private readonly TestProbe _progress;
    private CheckpointContent? _checkpoint;
    private IActorRef _learner = ActorRefs.Nobody;
    private ReplayProtocol.SampleRequest? _first;
    private ReplayProtocol.SampleRequest? _third;

    public LearnerGuardianActorTests(ITestOutputHelper output) : base(TestSettings.Cluster, output: output)
    {
        _region = CreateTestProbe();
        _writer = CreateTestProbe();
        _coordinator = CreateTestProbe();
        _progress = CreateTestProbe();
        _progress.IgnoreMessages(message => message is ProgressProtocol.LearnerReport);
    }

    private static TrainingOptions Options => Make.Options() with
    {
        Replay = Make.Options().Replay with { Shards = 1 },
        Learner = Make.Options().Learner with { MaxRestarts = 2 },
        Checkpoint = new CheckpointOptions { Period = 1 },
    };

    [Fact]
    public async Task A_learner_that_fails_goes_on_from_the_newest_checkpoint()
    {
        IActorRef guardian = await Start();
        ReplayProtocol.SampleRequest next = await TrainFirst();
        RunProtocol.LearnerCapture saved = (await _writer.ExpectMsgAsync<RunProtocol.WriteCheckpoint>()).Learner;
        SaveAndLoad(saved);

        Break(next);
        ProgressProtocol.LearnerRestarted restarted = await _progress.ExpectMsgAsync<ProgressProtocol.LearnerRestarted>();
        Assert.StartsWith(nameof(NullReferenceException), restarted.Cause, StringComparison.Ordinal);

        guardian.Tell(RunProtocol.FinishTraining.Instance, TestActor);
        RunProtocol.LearnerCapture after = (await ExpectMsgAsync<RunProtocol.TrainingFinished>()).Learner;
        Assert.Equal(saved.Trainer.Updates, after.Trainer.Updates);
        Assert.Equal(saved.Trainer.Online, after.Trainer.Online);
        Assert.Equal(saved.Trainer.SecondMoments, after.Trainer.SecondMoments);
        Assert.Equal(saved.Counters[CounterNames.Steps], after.Counters[CounterNames.Steps]);
        Assert.Equal(saved.Counters[CounterNames.Samples], after.Counters[CounterNames.Samples]);
        Assert.True(after.Snapshot.Generation > saved.Snapshot.Generation);
        await _coordinator.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task More_failures_than_allowed_end_the_run_with_the_first_cause_and_the_learner_is_lost()
    {
        IActorRef guardian = await Start();
        for (int failure = 0; failure < 3; failure++)
        {
            Break(await AskFirst());
        }

        await _progress.ExpectMsgAsync<ProgressProtocol.LearnerRestarted>();
        await _progress.ExpectMsgAsync<ProgressProtocol.LearnerRestarted>();
        RunProtocol.StopRun stop = await _coordinator.ExpectMsgAsync<RunProtocol.StopRun>();
        Assert.Equal(StopReason.Failed, stop.Reason);
        Assert.StartsWith(nameof(NullReferenceException), stop.Failure, StringComparison.Ordinal);
        Assert.EndsWith("(2 restarts, the limit dqn.learner.max-restarts)", stop.Failure, StringComparison.Ordinal);
        await _progress.ExpectNoMsgAsync(TimeSpan.Zero);

        guardian.Tell(RunProtocol.FinishTraining.Instance, TestActor);
        await ExpectMsgAsync<RunProtocol.TrainingLost>();
    }

    [Fact]
    public async Task A_loss_that_stays_NaN_ends_the_run_at_once_and_names_the_last_good_checkpoint()
    {
        IActorRef guardian = await Start(maxSkipped: 3);
        ReplayProtocol.SampleRequest next = await TrainFirst();
        _learner.Tell(new RunProtocol.CheckpointWritten("/runs/7/checkpoint", (await _writer.ExpectMsgAsync<RunProtocol.WriteCheckpoint>()).Learner.Snapshot));
        Answer(next, float.NaN);
        ReplayProtocol.SampleRequest last = await _region.ExpectMsgAsync<ReplayProtocol.SampleRequest>();
        await _coordinator.ExpectNoMsgAsync(TimeSpan.Zero);
        Answer(_third!, float.NaN);

        Assert.Equal(
            new RunProtocol.StopRun(
                StopReason.Failed,
                "the loss or its gradient was not finite 3 times in a row after update 2 (dqn.learner.max-skipped-updates = 3): lower dqn.learner.learning-rate, set dqn.learner.max-gradient-norm or look for extreme rewards; the last good checkpoint is /runs/7/checkpoint"),
            await _coordinator.ExpectMsgAsync<RunProtocol.StopRun>());
        Assert.True(last.Request > next.Request);
        await _progress.ExpectNoMsgAsync(TimeSpan.Zero);
        guardian.Tell(RunProtocol.FinishTraining.Instance, TestActor);
        await ExpectMsgAsync<RunProtocol.TrainingLost>();
    }

    [Fact]
    public async Task A_learner_that_cannot_start_ends_the_run_at_once_with_the_cause_alone()
    {
        LearnerGuardianLinks links = new(_region, _writer, _coordinator, _progress, 0, () => throw new CheckpointException("checkpoint x is damaged"));
        IActorRef guardian = Sys.ActorOf(LearnerGuardianActor.CreateProps(Make.Layout(Options), Options, links));

        Assert.Equal(new RunProtocol.StopRun(StopReason.Failed, "checkpoint x is damaged"), await _coordinator.ExpectMsgAsync<RunProtocol.StopRun>());
        guardian.Tell(RunProtocol.FinishTraining.Instance, TestActor);
        await ExpectMsgAsync<RunProtocol.TrainingLost>();
    }

    private async Task<IActorRef> Start(int maxSkipped = 10)
    {
        TrainingOptions options = Options with { Learner = Options.Learner with { MaxSkippedUpdates = maxSkipped } };
        LearnerGuardianLinks links = new(_region, _writer, _coordinator, _progress, 0, () => _checkpoint);
        IActorRef guardian = Sys.ActorOf(LearnerGuardianActor.CreateProps(Make.Layout(options), options, links));
        await _region.ExpectMsgAsync<ReplayProtocol.GrantInserts>();
        _learner = _region.LastSender;
        _region.IgnoreMessages(message => message is ReplayProtocol.GrantInserts);
        return guardian;
    }

    /// <summary>Has a learner that has just started ask for its first two rounds.</summary>
    /// <returns>The request for the second.</returns>
    private async Task<ReplayProtocol.SampleRequest> AskFirst()
    {
        _learner.Tell(Make.State(0, 500));
        _first = await _region.ExpectMsgAsync<ReplayProtocol.SampleRequest>();
        return await _region.ExpectMsgAsync<ReplayProtocol.SampleRequest>();
    }

    /// <summary>Lets a learner that has just started train its first round, with returns as given or all different.</summary>
    /// <returns>The request for its second.</returns>
    private async Task<ReplayProtocol.SampleRequest> TrainFirst(float returns = float.NegativeInfinity)
    {
        ReplayProtocol.SampleRequest second = await AskFirst();
        Answer(_first!, returns);
        // The third goes out before the first is trained on.
        _third = await _region.ExpectMsgAsync<ReplayProtocol.SampleRequest>();
        return second;
    }

    private void Answer(ReplayProtocol.SampleRequest request, float returns) =>
        _learner.Tell(new ReplayProtocol.SampleReply(request.Request, Make.Sampled(request.Counts.Sum(), returns: returns), Make.State(0, 500)));

    /// <summary>A reply without samples, which no wire carries, stands for any defect.</summary>
    private void Break(ReplayProtocol.SampleRequest request) =>
        _learner.Tell(new ReplayProtocol.SampleReply(request.Request, null!, Make.State(0, 500)));

    private void SaveAndLoad(RunProtocol.LearnerCapture saved)
    {
        string directory = Directory.CreateTempSubdirectory("dqn-guardian-").FullName;
        try
        {
            CheckpointStore store = new(directory);
            store.Save(new CheckpointContent
            {
                Created = DateTimeOffset.UnixEpoch,
                EnvironmentName = "scripted",
                Seed = 1,
                Layout = Make.Layout(Options),
                Policy = saved.Snapshot.Parameters,
                Learner = saved.Trainer,
                Counters = saved.Counters,
            });
            _checkpoint = store.Load().Content;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
