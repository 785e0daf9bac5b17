using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>What the guardian does when a parameter server's range is lost; the test is the ranges. On a real node, as its other tests.</summary>
public sealed class LearnerGuardianLostRangeTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TestProbe _ranges;
    private readonly TestProbe _coordinator;
    private readonly TestProbe _progress;
    private CheckpointContent? _checkpoint;
    private IActorRef _guardian = ActorRefs.Nobody;
    private IActorRef _server = ActorRefs.Nobody;
    private volatile ProgressProtocol.LearnerReport? _report;
    private long _epoch;

    public LearnerGuardianLostRangeTests(ITestOutputHelper output) : base(TestSettings.Cluster, output: output)
    {
        _ranges = CreateTestProbe();
        _coordinator = CreateTestProbe();
        _progress = CreateTestProbe();
        _ranges.IgnoreMessages(message => message is ParameterServerProtocol.ProbeRange);
        _progress.IgnoreMessages(message =>
        {
            _report = message as ProgressProtocol.LearnerReport ?? _report;
            return message is ProgressProtocol.LearnerReport;
        });
    }

    private static TrainingOptions Options => ServerStage.Options with
    {
        Learner = ServerStage.Options.Learner with { MaxRestarts = 2 },
        // No snapshots but the first.
        Snapshot = new SnapshotOptions { TargetPeriod = 1000, Period = 0 },
    };

    private static NetworkLayout Layout => Make.Layout(Options);

    [Fact]
    public async Task A_lost_range_has_all_ranges_loaded_from_the_newest_checkpoint_under_a_new_epoch_with_one_notice()
    {
        Start();
        await AssertLoads(0, LearningProcess.InitialParameters(Layout, Options));
        long first = _epoch;
        TrainerState saved = Saved(updates: 7);
        _checkpoint = Checkpoint(saved);
        _server.Tell(new RunProtocol.CheckpointWritten("/runs/1/checkpoint", Make.Snapshot(Layout, updates: 7)), _ranges);

        // Their node had all three, and each range says so for itself.
        LoseAll();

        await AssertLoads(7, saved.Online);
        Assert.True(_epoch > first);
        Assert.Equal(
            "range 0 of the parameter server was lost with its node: all ranges return to the newest checkpoint, from 0 updates",
            (await _progress.ExpectMsgAsync<ProgressProtocol.Notice>(Patience)).Message);
        // What is still said of the epoch before is no loss of this one.
        _server.Tell(new ParameterServerProtocol.RangeUnknown(1, first, 0), _ranges);
        Lose(2);
        await AssertLoads(7, saved.Online);
        Assert.Equal(
            "range 2 of the parameter server was lost with its node: all ranges return to the newest checkpoint, from 7 updates",
            (await _progress.ExpectMsgAsync<ProgressProtocol.Notice>(Patience)).Message);
        RunProtocol.LearnerCapture finished = await Finish();
        Assert.Equal(saved.Online, finished.Trainer.Online);
        Assert.Equal(7, finished.Trainer.Updates);
        Assert.Equal(2, _report!.Distributed!.Repeats);
        await _progress.ExpectNoMsgAsync(TimeSpan.Zero);
        await _coordinator.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task However_many_ranges_are_lost_it_counts_nothing_against_the_limit_of_restarts_and_any_other_fault_does()
    {
        Start();
        for (int failure = 0; failure < 2; failure++)
        {
            await LoseManyTimes();
            Break();
            Assert.StartsWith(
                nameof(NullReferenceException), (await _progress.ExpectMsgAsync<ProgressProtocol.LearnerRestarted>(Patience)).Cause, StringComparison.Ordinal);
        }

        await LoseManyTimes();
        await _coordinator.ExpectNoMsgAsync(TimeSpan.Zero);
        Break();

        RunProtocol.StopRun stop = await _coordinator.ExpectMsgAsync<RunProtocol.StopRun>(Patience);
        Assert.Equal(StopReason.Failed, stop.Reason);
        Assert.StartsWith(nameof(NullReferenceException), stop.Failure, StringComparison.Ordinal);
        Assert.EndsWith("(2 restarts, the limit dqn.learner.max-restarts)", stop.Failure, StringComparison.Ordinal);
        await _progress.ExpectNoMsgAsync(TimeSpan.Zero);
        _guardian.Tell(RunProtocol.FinishTraining.Instance, TestActor);
        await ExpectMsgAsync<RunProtocol.TrainingLost>(Patience);
    }

    [Fact]
    public async Task A_range_that_is_lost_while_the_run_ends_has_the_checkpoint_be_what_it_ends_with()
    {
        TrainerState saved = await BeginToFinish();

        // One of them has none.
        Lose(1);

        RunProtocol.LearnerCapture finished = (await ExpectMsgAsync<RunProtocol.TrainingFinished>(Patience)).Learner;
        Assert.Equal(saved.Online, finished.Trainer.Online);
        Assert.Equal(saved.SecondMoments, finished.Trainer.SecondMoments);
        Assert.Equal(7, finished.Trainer.Updates);
        await _coordinator.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_coordinator_that_fails_while_the_run_ends_ends_it_from_the_checkpoint_all_the_same()
    {
        await BeginToFinish();

        Break();

        Assert.Equal(7, (await ExpectMsgAsync<RunProtocol.TrainingFinished>(Patience)).Learner.Trainer.Updates);
        await _progress.ExpectMsgAsync<ProgressProtocol.LearnerRestarted>(Patience);
        await _coordinator.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    private static TrainerState Saved(long updates) => new()
    {
        Updates = updates,
        Online = ServerHarness.Vector(Layout.Length, 1),
        Target = ServerHarness.Vector(Layout.Length, 2),
        FirstMoments = ServerHarness.Vector(Layout.Length, 3),
        SecondMoments = [.. ServerHarness.Vector(Layout.Length, 4).Select(Math.Abs)],
    };

    private static CheckpointContent Checkpoint(TrainerState state) => new()
    {
        Created = DateTimeOffset.UnixEpoch,
        EnvironmentName = "scripted",
        Seed = 1,
        Layout = Layout,
        Policy = state.Online,
        Learner = state,
        Counters = new Dictionary<string, long>(),
    };

    private void Start()
    {
        TestProbe others = CreateTestProbe();
        LearnerGuardianLinks links = new(others, others, _coordinator, _progress, 0, () => _checkpoint)
        {
            CheckpointDirectory = "/runs/1/checkpoint",
            ParameterServer = new ParameterServerPlace(_ranges, () => int.MaxValue),
        };
        _guardian = Sys.ActorOf(LearnerGuardianActor.CreateProps(Layout, Options, links));
    }

    /// <summary>Ranges take what a new epoch begins with.</summary>
    /// <returns>Its version and θ.</returns>
    private async Task<(long Version, float[] Online)> Load()
    {
        float[] online = new float[Layout.Length];
        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(Layout.Length, Options.ParameterServer.Shards);
        long before = _epoch;
        long version = 0;
        foreach (ParameterRange range in ranges)
        {
            ParameterServerProtocol.LoadState load = (ParameterServerProtocol.LoadState)await _ranges.FishForMessageAsync(
                message => message is ParameterServerProtocol.LoadState load && load.Epoch > before, Patience);
            Assert.Equal(range.Index, load.Range);
            MemoryMarshal.Cast<byte, float>(load.Bytes.Span)[..range.Length].CopyTo(online.AsSpan(range.Offset));
            (_epoch, version) = (load.Epoch, load.Version);
            _server = _ranges.LastSender;
        }

        foreach (ParameterRange range in ranges)
        {
            _server.Tell(new ParameterServerProtocol.RangeLoaded(range.Index, _epoch, version), _ranges);
        }

        return (version, online);
    }

    private async Task AssertLoads(long expected, float[] parameters)
    {
        (long version, float[] online) = await Load();
        Assert.Equal(expected, version);
        Assert.Equal(parameters, online);
    }

    private void Lose(int range) => _server.Tell(new ParameterServerProtocol.RangeUnknown(range, _epoch, 0), _ranges);

    private void LoseAll()
    {
        for (int range = 0; range < Options.ParameterServer.Shards; range++)
        {
            Lose(range);
        }
    }

    private async Task LoseManyTimes()
    {
        for (int loss = 0; loss < 10; loss++)
        {
            await Load();
            LoseAll();
            await _progress.ExpectMsgAsync<ProgressProtocol.Notice>(Patience);
        }

        await Load();
    }

    /// <summary>A message without its content, which no wire carries, stands for any defect.</summary>
    private void Break() => _server.Tell(new GradientProtocol.RoundSampled(1, _epoch, 1, null!), _ranges);

    /// <summary>A run whose ranges are asked for what it ends with, and have not answered.</summary>
    /// <returns>What its checkpoint holds.</returns>
    private async Task<TrainerState> BeginToFinish()
    {
        TrainerState saved = Saved(updates: 7);
        _checkpoint = Checkpoint(saved);
        Start();
        await Load();
        await AskToFinish();
        return saved;
    }

    private async Task AskToFinish()
    {
        _guardian.Tell(RunProtocol.FinishTraining.Instance, TestActor);
        await _ranges.FishForMessageAsync<ParameterServerProtocol.SendParameters>(send => send.Part == ParameterServerProtocol.RangePart.State, Patience);
    }

    private async Task<RunProtocol.LearnerCapture> Finish()
    {
        await AskToFinish();
        // They hold what they were given.
        foreach (ParameterRange range in ParameterRange.Cut(Layout.Length, Options.ParameterServer.Shards))
        {
            float[] state = new float[RangeOptimizer.StateVectors * range.Length];
            RangeState.Extract(_checkpoint!.Learner!, range, state);
            byte[] bytes = ServerHarness.Bytes(state);
            _server.Tell(
                new ParameterServerProtocol.Parameters(
                    range.Index, _epoch, _checkpoint.Learner!.Updates, 0, ParameterServerProtocol.RangePart.State, 1, bytes.Length, 0, bytes),
                _ranges);
        }

        return (await ExpectMsgAsync<RunProtocol.TrainingFinished>(Patience)).Learner;
    }
}
