using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>The coordinator with real ranges, in virtual time; the test is the workers.</summary>
public sealed class ParameterServerCoordinatorActorTests : TestKit
{
    private const string Name = "gradient worker 0 of test";
    private readonly TestProbe _replay;
    private readonly TestProbe _publisher;
    private readonly TestProbe _writer;
    private readonly TestProbe _coordinator;
    private readonly TestProbe _progress;
    private readonly TestProbe _worker;
    private readonly List<Exception> _failures = [];
    private readonly GradientCounts _counts = new();
    private IActorRef _ranges = ActorRefs.Nobody;
    private CheckpointContent? _checkpoint;
    private int _number;
    private long _epoch;

    public ParameterServerCoordinatorActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _replay = CreateTestProbe();
        _publisher = CreateTestProbe();
        _writer = CreateTestProbe();
        _coordinator = CreateTestProbe();
        _progress = CreateTestProbe();
        _worker = CreateTestProbe();
        _progress.IgnoreMessages(message => message is ProgressProtocol.LearnerReport);
    }

    private static TrainingOptions Options => Make.Options() with
    {
        Learner = Make.Options().Learner with { Mode = LearnerMode.ParameterServer, MaxGradientNorm = 0.5f },
        Replay = Make.Options().Replay with { Shards = 1 },
        ParameterServer = new ParameterServerOptions { Shards = 3, MaxStaleness = 2 },
        Snapshot = new SnapshotOptions { TargetPeriod = 4, Period = 0 },
        Checkpoint = new CheckpointOptions { Period = 1000 },
    };

    private static NetworkLayout Layout => Make.Layout(Options);

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Begins_with_a_single_learners_parameters_and_publishes_them()
    {
        IActorRef server = Start(Options);

        PolicySnapshot first = _publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot;

        using LearningProcess single = new(Layout, Options);
        Assert.Equal(single.CopyParameters(), first.Parameters);
        Assert.Equal((0L, 1L), (first.Updates, first.Version));
        Enter(server);
        Assert.Equal(first.Parameters, WorkersParameters(version: 0));
    }

    [Fact]
    public void Updates_are_those_of_a_trainer_and_each_answers_its_worker_with_its_own_version()
    {
        IActorRef server = Start(Options);
        Enter(server);
        WorkersParameters(version: 0);
        using SimdTrainer trainer = new(Layout, Options.Learner, Single());
        for (int push = 1; push <= 10; push++)
        {
            float[] gradient = Gradient(push);
            float norm = trainer.ApplyGradient(gradient, (float)Options.Learner.LearningRate);
            if (push % 4 == 0)
            {
                trainer.SynchronizeTarget();
            }

            Push(server, push, push - 1, gradient, norm);
            float[] expected = new float[Layout.Length];
            trainer.CopyParameters(expected);
            Assert.Equal(expected, WorkersParameters(version: push));
        }

        AssertEqual(trainer.Capture(), Finish(server).Trainer);
        Assert.Equal((10L, 10L, 0L), (_counts.Computed, _counts.Applied, _counts.Lost));
    }

    [Fact]
    public void A_gradient_older_than_the_bound_is_discarded_and_its_worker_goes_on_with_newer_parameters()
    {
        IActorRef server = Start(Options);
        Enter(server);
        for (int push = 1; push <= 4; push++)
        {
            Push(server, push, 0, Gradient(push), 1);
        }

        GradientProtocol.GradientDiscarded discarded = _worker.FishForMessage<GradientProtocol.GradientDiscarded>(_ => true);
        Assert.Equal((4L, GradientProtocol.DiscardReason.Stale, 3L), (discarded.Push, discarded.Reason, discarded.Version));
        WorkersParameters(version: 3);
        Assert.Equal(3, Finish(server).Trainer.Updates);
        Assert.Equal([1L, 1, 1], _counts.Staleness);
        Assert.Equal(1, _counts.DiscardedStale);
    }

    [Fact]
    public void A_lost_range_takes_all_ranges_back_to_the_checkpoint_under_a_new_epoch()
    {
        TrainingOptions options = Options with { Checkpoint = new CheckpointOptions { Period = 2 } };
        IActorRef server = Start(options);
        Enter(server);
        long first = _epoch;
        Push(server, 1, 0, Gradient(1), 1);
        Push(server, 2, 1, Gradient(2), 1);
        RunProtocol.LearnerCapture saved = _writer.ExpectMsg<RunProtocol.WriteCheckpoint>().Learner;
        Assert.Equal(2, saved.Trainer.Updates);
        _checkpoint = Checkpoint(saved);
        Push(server, 3, 2, Gradient(3), 1);
        Push(server, 4, 2, Gradient(4), 1, parts: 2);

        _ranges.Tell(new RangeRouter.Lose(1));
        Second();

        Assert.Contains("range 1 of the parameter server was lost", Assert.IsType<RangeLostException>(Assert.Single(_failures)).Message, StringComparison.Ordinal);
        Assert.Equal(1, _counts.Lost);
        // What belongs to the epoch before is used by nobody.
        Push(server, 5, 2, Gradient(5), 1);
        Enter(server);
        Assert.True(_epoch > first);
        Assert.Equal(saved.Trainer.Online, WorkersParameters(version: 2));
        AssertEqual(saved.Trainer, Finish(server).Trainer);
    }

    [Fact]
    public void Messages_that_are_lost_on_the_way_to_a_range_are_said_again()
    {
        IActorRef server = Start(Options);
        Enter(server);
        Push(server, 1, 0, Gradient(1), 1, beforeLast: () => _ranges.Tell(new RangeRouter.Cut(0, IsAway: true)));
        for (int second = 0; second < 3; second++)
        {
            Second();
        }

        _ranges.Tell(new RangeRouter.Cut(0, IsAway: false));
        for (int second = 0; second < 8; second++)
        {
            Second();
        }

        WorkersParameters(version: 1);
        Assert.Empty(_failures);
        Assert.Equal(1, Finish(server).Trainer.Updates);
    }

    [Fact]
    public void NaN_gradients_are_discarded_with_their_worker_named_and_too_many_in_a_row_end_the_run()
    {
        IActorRef server = Start(Options with { Learner = Options.Learner with { MaxSkippedUpdates = 2 } });
        Enter(server);
        float[] bad = Gradient(1);
        bad[3] = float.NaN;
        Push(server, 1, 0, bad, 1);

        ProgressProtocol.Notice notice = _progress.FishForMessage<ProgressProtocol.Notice>(_ => true);
        Assert.StartsWith($"a gradient of {Name} was discarded: component 3 of a gradient is NaN", notice.Message, StringComparison.Ordinal);
        Assert.Equal(GradientProtocol.DiscardReason.NotFinite, _worker.FishForMessage<GradientProtocol.GradientDiscarded>(_ => true).Reason);

        server.Tell(Computed(2, 0, float.NaN) with { Verdict = GradientProtocol.GradientVerdict.NotFinite }, _worker);
        LearnerException end = Assert.IsType<LearnerException>(Assert.Single(_failures));
        Assert.True(end.IsFinal);
        Assert.Equal(2, _counts.DiscardedNotFinite);
    }

    [Fact]
    public void A_worker_with_another_network_is_refused_with_one_line()
    {
        IActorRef server = Start(Options);
        server.Tell(new GradientProtocol.Register(Name, 1, "4-64-2 relu", 400), _worker);
        Assert.Equal(
            $"{Name} has the network 4-64-2 relu of 400 parameters, and the run's is {Layout.Description} of {Layout.Length}: all nodes must use the same dqn.network and dqn.environment",
            _worker.ExpectMsg<GradientProtocol.WorkerRefused>().Fault);
    }

    [Fact]
    public void A_checkpoint_goes_on_in_the_other_mode_and_back()
    {
        IActorRef server = Start(Options);
        Enter(server);
        Push(server, 1, 0, Gradient(1), 1);
        RunProtocol.LearnerCapture captured = Finish(server);

        TrainingOptions single = Options with { Learner = Options.Learner with { Mode = LearnerMode.Single } };
        LearnerLinks links = new(_replay, _publisher, _writer, _coordinator, _progress, () => Checkpoint(captured));
        TestActorRef<LearnerActor> learner = ActorOfAsTestActorRef<LearnerActor>(LearnerActor.CreateProps(Layout, single, links));
        RunProtocol.LearnerCapture again = Finish(learner);
        AssertEqual(captured.Trainer, again.Trainer);
        Assert.Equal(captured.Counters[CounterNames.Samples], again.Counters[CounterNames.Samples]);
        Assert.Equal(captured.RandomStates, again.RandomStates);

        _checkpoint = Checkpoint(again);
        IActorRef back = Start(Options);
        // Before the ranges have answered and after it is the same state.
        AssertEqual(captured.Trainer, Finish(back).Trainer);
    }

    [Fact]
    public void A_node_that_leaves_has_everything_written_first_and_nothing_is_applied_until_its_ranges_are_back()
    {
        IActorRef server = Start(Options);
        Enter(server);
        Push(server, 1, 0, Gradient(1), 1);
        TestProbe node = CreateTestProbe();

        server.Tell(new ParameterServerProtocol.RangesLeave("127.0.0.1:4053"), node);
        RunProtocol.LearnerCapture saved = _writer.ExpectMsg<RunProtocol.WriteCheckpoint>().Learner;
        Assert.Equal(1, saved.Trainer.Updates);
        Push(server, 2, 1, Gradient(2), 1);
        Assert.False(node.HasMessages);
        _writer.Reply(new RunProtocol.CheckpointWritten("/runs/1/checkpoint", saved.Snapshot));
        Assert.Equal(1, node.ExpectMsg<ParameterServerProtocol.RangesMayLeave>().Version);

        _checkpoint = Checkpoint(saved);
        _ranges.Tell(new RangeRouter.Lose(0));
        Second();
        Enter(server);
        Assert.Equal(saved.Trainer.Online, WorkersParameters(version: 1));
        Assert.Equal((2L, 1L, 1L), (_counts.Computed, _counts.Applied, _counts.Lost));
    }

    [Fact]
    public void A_node_that_leaves_with_the_training_hands_over_what_was_saved_when_the_ranges_cannot_be_reached_any_more()
    {
        IActorRef server = Start(Options);
        Enter(server);
        Push(server, 1, 0, Gradient(1), 1);
        TestProbe node = CreateTestProbe();
        server.Tell(new ParameterServerProtocol.RangesLeave("127.0.0.1:4053"), node);
        RunProtocol.LearnerCapture saved = _writer.ExpectMsg<RunProtocol.WriteCheckpoint>().Learner;
        _writer.Reply(new RunProtocol.CheckpointWritten("/runs/1/checkpoint", saved.Snapshot));
        node.ExpectMsg<ParameterServerProtocol.RangesMayLeave>();

        Sys.Stop(_ranges);
        RunProtocol.LearnerCapture finished = Finish(server);

        AssertEqual(saved.Trainer, finished.Trainer);
        Assert.Equal(1, finished.Trainer.Updates);
    }

    [Fact]
    public void Transitions_are_handed_to_workers_within_the_limiter_and_return_with_a_worker_that_ends()
    {
        IActorRef server = Start(Options);
        Enter(server);
        server.Tell(Make.State(0, 500), _replay);
        server.Tell(new GradientProtocol.WorkRequest(_number, _epoch), _worker);
        GradientProtocol.Work work = _worker.FishForMessage<GradientProtocol.Work>(_ => true);
        Assert.Equal(8, Assert.Single(work.Shards).Counts.Sum());
        Assert.Equal(500, work.TotalCount);

        // Said again, since nothing has come yet: the same round is not given twice.
        server.Tell(new GradientProtocol.WorkRequest(_number, _epoch), _worker);
        server.Tell(new GradientProtocol.RoundSampled(_number, _epoch, work.Round, [Make.State(0, 500)]), _worker);
        server.Tell(Computed(1, 0, 1), _worker);
        Sys.Stop(_worker);

        ProgressProtocol.Notice notice = _progress.FishForMessage<ProgressProtocol.Notice>(_ => true);
        Assert.Equal($"{Name} has ended; what it was computing is lost", notice.Message);
        // Four of the eight were computed on.
        Assert.Equal(4, Finish(server).Counters[CounterNames.Samples]);
        Assert.Equal((1L, 1L), (_counts.Computed, _counts.Lost));
    }

    private static void AssertEqual(TrainerState expected, TrainerState actual)
    {
        Assert.Equal(expected.Updates, actual.Updates);
        Assert.Equal(expected.Online, actual.Online);
        Assert.Equal(expected.Target, actual.Target);
        Assert.Equal(expected.FirstMoments, actual.FirstMoments);
        Assert.Equal(expected.SecondMoments, actual.SecondMoments);
    }

    private static CheckpointContent Checkpoint(RunProtocol.LearnerCapture capture) => ServerHarness.Checkpoint(Layout, capture);

    private static float[] Single()
    {
        using LearningProcess single = new(Layout, Options);
        return single.CopyParameters();
    }

    /// <summary>A gradient that is zero in the padding.</summary>
    private static float[] Gradient(int seed) => ServerHarness.Gradient(Layout, (ulong)seed);

    private IActorRef Start(TrainingOptions options)
    {
        _ranges = Sys.ActorOf(Props.Create(() => new RangeRouter(Layout, options)).WithDispatcher(Dispatchers.ParameterServer));
        LearnerLinks links = new(_replay, _publisher, _writer, _coordinator, _progress, () => _checkpoint);
        Props props = ParameterServerCoordinatorActor.CreateProps(Layout, options, links, new ParameterServerLinks(_ranges, _counts));
        return Sys.ActorOf(Props.Create(() => new RestartingParent(props, _failures.Add)));
    }

    private void Second() => Time.Advance(TimeSpan.FromSeconds(1));

    private void Enter(IActorRef server)
    {
        while (_worker.HasMessages)
        {
            _worker.ReceiveOne(TimeSpan.Zero);
        }

        server.Tell(new GradientProtocol.Register(Name, 1, Layout.Description, Layout.Length), _worker);
        GradientProtocol.Registered registered = _worker.FishForMessage<GradientProtocol.Registered>(_ => true);
        (_number, _epoch) = (registered.Worker, registered.Epoch);
    }

    private GradientProtocol.GradientComputed Computed(long push, long baseVersion, float norm) =>
        new(_number, _epoch, push, baseVersion, GradientProtocol.GradientVerdict.Sent, 4, norm, 0.5f, 0.1f, 2);

    private void Push(IActorRef server, long push, long baseVersion, float[] gradient, float norm, int parts = 3, Action? beforeLast = null)
    {
        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(Layout.Length, 3);
        foreach (ParameterRange range in ranges.Take(parts))
        {
            foreach (ParameterServerProtocol.PushGradient piece in ServerHarness.Push(range, _epoch, _number, push, gradient, targetVersion: baseVersion))
            {
                _ranges.Tell(piece, _worker);
            }
        }

        beforeLast?.Invoke();
        server.Tell(Computed(push, baseVersion, norm), _worker);
    }

    /// <summary>θ of one version, from all ranges.</summary>
    private float[] WorkersParameters(long version)
    {
        float[] whole = new float[Layout.Length];
        HashSet<int> seen = [];
        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(Layout.Length, 3);
        while (seen.Count < ranges.Count)
        {
            ParameterServerProtocol.Parameters piece = _worker.FishForMessage<ParameterServerProtocol.Parameters>(
                parameters => parameters.Version == version && parameters.Part == ParameterServerProtocol.RangePart.Online);
            Assert.Equal(_epoch, piece.Epoch);
            ServerHarness.Floats(piece.Bytes.Span).CopyTo(whole.AsSpan(ranges[piece.Range].Offset));
            seen.Add(piece.Range);
        }

        return whole;
    }

    private RunProtocol.LearnerCapture Finish(IActorRef server)
    {
        server.Tell(RunProtocol.FinishTraining.Instance, TestActor);
        return FishForMessage<RunProtocol.TrainingFinished>(_ => true).Learner;
    }
}
