using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class LearnerActorTests : TestKit
{
    private const int RoundSize = 8;
    private readonly TestProbe _region;
    private readonly TestProbe _publisher;
    private readonly TestProbe _writer;
    private readonly TestProbe _coordinator;
    private readonly TestProbe _progress;
    private readonly List<ReplayProtocol.SampleRequest> _unanswered = [];

    public LearnerActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _region = CreateTestProbe();
        _publisher = CreateTestProbe();
        _writer = CreateTestProbe();
        _coordinator = CreateTestProbe();
        _progress = CreateTestProbe();
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Asks_every_shard_for_its_account_and_publishes_its_first_policy_at_once()
    {
        Start(Make.Options());

        Assert.Equal(
            [new ReplayProtocol.GrantInserts(0, 15, true, KnownIncarnation: 0), new ReplayProtocol.GrantInserts(1, 15, true, KnownIncarnation: 0)], Messages<ReplayProtocol.GrantInserts>());
        PolicySnapshot first = _publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot;
        Assert.Equal((1L, 0L, 0L), (first.Version, first.Updates, first.Steps));
    }

    [Fact]
    public void Keeps_two_rounds_outstanding_and_no_more()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options());
        State(learner, 0, 5000);
        State(learner, 1, 5000);

        List<ReplayProtocol.SampleRequest> requests = Messages<ReplayProtocol.SampleRequest>();
        for (int round = 0; round < 20; round++)
        {
            Assert.Equal(2, requests.Select(request => request.Request).Distinct().Count());
            Assert.All(requests.GroupBy(request => request.Shard), shard => Assert.InRange(shard.Count(), 1, 2));
            long oldest = requests.Min(request => request.Request);
            foreach (ReplayProtocol.SampleRequest request in requests.Where(request => request.Request == oldest))
            {
                Answer(learner, request, 5000);
            }

            requests = [.. requests.Where(request => request.Request != oldest), .. Messages<ReplayProtocol.SampleRequest>()];
        }
    }

    [Fact]
    public void Waits_for_the_least_size_and_hears_of_the_next_insert()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options());
        Messages<object>();
        State(learner, 0, 4);
        // The shard that reported is heard of again; the other one still is from the start, or is told too if some time has passed.
        ReplayProtocol.GrantInserts[] grants = [.. Messages<ReplayProtocol.GrantInserts>()];
        Assert.Contains(grants, grant => grant.Shard == 0);
        Assert.All(grants, grant => Assert.False(grant.ReportNow));

        State(learner, 1, 6);
        Assert.Equal(2 * RoundSize, Messages<ReplayProtocol.SampleRequest>().Sum(request => request.Counts.Sum()));
    }

    [Fact]
    public void Samples_no_oftener_than_the_limiter_allows()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options());
        State(learner, 0, 10);

        // (10 − 10 + 20)·2 = 40 samples.
        Assert.Equal(40, AnswerAll(learner, 10));
        Assert.Equal(10, Capture(learner).Counters[CounterNames.Updates]);
    }

    [Fact]
    public void A_round_trains_when_the_last_of_its_shards_has_answered()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options());
        State(learner, 0, 500);
        State(learner, 1, 500);
        // The two rounds went out on the first report; those after it are allotted over both shards.
        List<ReplayProtocol.SampleRequest> requests = [];
        AnswerAll(learner, 500, limit: 2 * RoundSize, requests);
        List<ReplayProtocol.SampleRequest> round = [.. requests.GroupBy(request => request.Request).First(group => group.Count() == 2)];
        long before = Updates(learner);

        Answer(learner, round[0], 500);
        Assert.Equal(before, Updates(learner));
        Answer(learner, round[1], 500);
        Assert.Equal(before + 2, Updates(learner));
    }

    [Fact]
    public void New_priorities_return_to_the_shards_where_sampling_is_prioritised()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<LearnerActor> learner = Start(options with { Replay = options.Replay with { Prioritized = true, Shards = 1 } });
        State(learner, 0, 500);
        ReplayProtocol.SampleRequest request = Messages<ReplayProtocol.SampleRequest>()[0];

        Answer(learner, request, 500);

        ReplayProtocol.UpdatePriorities update = Assert.Single(Messages<ReplayProtocol.UpdatePriorities>());
        Assert.Equal((0, 1L, RoundSize), (update.Shard, update.Incarnation, update.AbsoluteTdErrors.Length));
        Assert.Equal(Enumerable.Range(0, RoundSize).Select(id => (long)id), update.Keys);
        // Row k has the return k and nothing learned yet explains it, so its error grows with k.
        Assert.True(update.AbsoluteTdErrors[^1] > update.AbsoluteTdErrors[0]);
    }

    [Fact]
    public void A_snapshot_follows_every_target_update_and_period_and_one_at_a_time()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<LearnerActor> learner = Start(options with
        {
            Snapshot = new SnapshotOptions { TargetPeriod = 6, Period = 4 },
            Replay = options.Replay with { Shards = 1 },
        });
        State(learner, 0, 500);
        Assert.Equal(0, _publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot.Updates);
        AnswerAll(learner, 500, limit: 4 * RoundSize);
        Assert.False(_publisher.HasMessages);

        learner.Tell(SnapshotProtocol.PublishAccepted.Instance);
        Assert.Equal(8, _publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot.Updates);
        learner.Tell(SnapshotProtocol.PublishAccepted.Instance);
        Assert.False(_publisher.HasMessages);

        List<long> published = [];
        while (published.Count < 5)
        {
            AnswerAll(learner, 500, limit: RoundSize);
            if (_publisher.HasMessages)
            {
                published.Add(_publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot.Updates);
                learner.Tell(SnapshotProtocol.PublishAccepted.Instance);
            }
        }

        // The multiples of 4 and of 6, two updates a round.
        Assert.Equal([12L, 16L, 18L, 20L, 24L], published);
    }

    [Fact]
    public void A_checkpoint_is_due_every_period_and_one_at_a_time()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<LearnerActor> learner = Start(options with { Checkpoint = new CheckpointOptions { Period = 4 }, Replay = options.Replay with { Shards = 1 } });
        State(learner, 0, 500);
        AnswerAll(learner, 500, limit: 5 * RoundSize);

        RunProtocol.LearnerCapture capture = _writer.ExpectMsg<RunProtocol.WriteCheckpoint>().Learner;
        Assert.Equal((4L, 4L, 500L, 500L), (capture.Trainer.Updates, capture.Counters[CounterNames.Updates], capture.Counters[CounterNames.Steps], capture.Counters[CounterNames.Inserts]));
        Assert.False(_writer.HasMessages);

        learner.Tell(new RunProtocol.CheckpointFailed("full", capture.Snapshot));
        AnswerAll(learner, 500, limit: RoundSize);
        Assert.Equal(12, _writer.ExpectMsg<RunProtocol.WriteCheckpoint>().Learner.Trainer.Updates);
    }

    [Fact]
    public void The_state_is_given_to_everybody_who_asks_and_training_has_ended_then()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options());
        State(learner, 0, 500);
        List<ReplayProtocol.SampleRequest> requests = Messages<ReplayProtocol.SampleRequest>();
        RunProtocol.LearnerCapture first = Capture(learner);
        Answer(learner, requests[0], 500);
        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(first.Counters, Capture(learner).Counters);
        Assert.False(_region.HasMessages);
    }

    [Fact]
    public void The_limit_of_steps_ends_the_run_once()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options() with { Stop = new StopOptions { Steps = 100 } });
        State(learner, 0, 99);
        Assert.False(_coordinator.HasMessages);
        State(learner, 1, 1);
        State(learner, 1, 2);

        Assert.Equal(new RunProtocol.StopRun(StopReason.Steps), _coordinator.ExpectMsg<RunProtocol.StopRun>());
        Assert.False(_coordinator.HasMessages);
    }

    [Fact]
    public void Goes_on_from_a_checkpoint()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<LearnerActor> learner = Start(options);
        State(learner, 0, 500);
        AnswerAll(learner, 500, limit: 3 * RoundSize);
        RunProtocol.LearnerCapture before = Capture(learner);

        TestActorRef<LearnerActor> resumed = Start(options, Checkpoint(options, before));
        PolicySnapshot last = _publisher.FishForMessage<SnapshotProtocol.Publish>(publish => publish.Snapshot.Updates > 0).Snapshot;
        Assert.Equal(before.Trainer.Online, last.Parameters);
        Assert.True(last.Generation > before.Snapshot.Generation);
        State(resumed, 0, 500);
        RunProtocol.LearnerCapture after = Capture(resumed);

        Assert.Equal(before.Counters[CounterNames.Steps], after.Counters[CounterNames.Steps]);
        Assert.Equal(before.Counters[CounterNames.Updates], after.Counters[CounterNames.Updates]);
        Assert.Equal(before.Trainer.Online, after.Trainer.Online);
        Assert.Equal(before.Trainer.FirstMoments, after.Trainer.FirstMoments);
    }

    [Fact]
    public void Every_second_the_shards_are_asked_again_and_progress_hears()
    {
        Start(Make.Options());
        Messages<object>();

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([(0, true), (1, true)], Messages<ReplayProtocol.GrantInserts>().Select(grant => (grant.Shard, grant.ReportNow)));
        _progress.ExpectMsg<ProgressProtocol.LearnerReport>();
    }

    private static CheckpointContent Checkpoint(TrainingOptions options, RunProtocol.LearnerCapture capture) => new()
    {
        Created = DateTimeOffset.UnixEpoch,
        EnvironmentName = "scripted",
        Seed = 1,
        Layout = Make.Layout(options),
        Policy = capture.Snapshot.Parameters,
        Learner = capture.Trainer,
        Counters = capture.Counters,
    };

    private TestActorRef<LearnerActor> Start(TrainingOptions options, CheckpointContent? resume = null) => ActorOfAsTestActorRef<LearnerActor>(
        LearnerActor.CreateProps(Make.Layout(options), options, new LearnerLinks(_region, _publisher, _writer, _coordinator, _progress, () => resume)));

    private static void State(IActorRef learner, int shard, long inserts) => learner.Tell(Make.State(shard, inserts));

    private static void Answer(IActorRef learner, ReplayProtocol.SampleRequest request, long inserts) =>
        learner.Tell(new ReplayProtocol.SampleReply(request.Request, Make.Sampled(request.Counts.Sum()), Make.State(request.Shard, inserts)));

    /// <summary>Answers requests in order until there are no more, or so many transitions were given; gives their number.</summary>
    private int AnswerAll(IActorRef learner, long inserts, int limit = int.MaxValue, List<ReplayProtocol.SampleRequest>? rest = null)
    {
        int given = 0;
        _unanswered.AddRange(Messages<ReplayProtocol.SampleRequest>());
        while (_unanswered.Count > 0 && given < limit)
        {
            ReplayProtocol.SampleRequest request = _unanswered[0];
            _unanswered.RemoveAt(0);
            given += request.Counts.Sum();
            Answer(learner, request, inserts);
            _unanswered.AddRange(Messages<ReplayProtocol.SampleRequest>());
        }

        rest?.AddRange(_unanswered);
        return given;
    }

    /// <summary>The messages of one kind that the region has by now; the others are dropped.</summary>
    private List<T> Messages<T>()
    {
        List<T> messages = [];
        while (_region.HasMessages)
        {
            if (_region.ReceiveOne(TimeSpan.Zero) is T message)
            {
                messages.Add(message);
            }
        }

        return messages;
    }

    private RunProtocol.LearnerCapture Capture(IActorRef learner)
    {
        TestProbe probe = CreateTestProbe();
        learner.Tell(RunProtocol.FinishTraining.Instance, probe);
        return probe.ExpectMsg<RunProtocol.TrainingFinished>().Learner;
    }

    private long Updates(IActorRef learner)
    {
        while (_progress.HasMessages)
        {
            _progress.ReceiveOne(TimeSpan.Zero);
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(learner);
        return _progress.ExpectMsg<ProgressProtocol.LearnerReport>().Updates;
    }
}
