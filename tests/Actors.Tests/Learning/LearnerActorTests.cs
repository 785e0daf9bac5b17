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

        // Nothing is promised before all shards have said what they hold.
        List<ReplayProtocol.GrantInserts> grants = Messages<ReplayProtocol.GrantInserts>();
        Assert.Equal([(0, 0L, true), (1, 0L, true)], grants.Select(grant => (grant.Shard, grant.InsertAllowance, grant.ReportNow)));
        Assert.True(grants[0].AllowanceNumber > 0);
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
    public void When_stored_transitions_have_ended_the_run_ends_once_the_limiter_allows_no_more_samples()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<LearnerActor> learner = Start(options with { Replay = options.Replay with { Shards = 1 } });
        State(learner, 0, 40);
        learner.Tell(new RunProtocol.SourceEnded(50));
        Assert.False(_coordinator.HasMessages);
        State(learner, 0, 50);
        learner.Tell(new RunProtocol.SourceEnded(50));
        Assert.False(_coordinator.HasMessages);

        // (50 − 10 + 20) · 2 samples are allowed, in rounds of eight.
        Assert.Equal(120, AnswerAll(learner, 50));
        Assert.False(_coordinator.HasMessages);
        learner.Tell(new RunProtocol.SourceEnded(50));
        learner.Tell(new RunProtocol.SourceEnded(50));

        Assert.Equal(new RunProtocol.StopRun(StopReason.SourceEnded), _coordinator.ExpectMsg<RunProtocol.StopRun>());
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

    [Fact]
    public void A_checkpoint_tells_its_successor_what_of_each_shard_is_counted_and_a_generation_to_go_beyond()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<LearnerActor> learner = Start(options, elapsed: 1234);
        State(learner, 0, 500);
        State(learner, 1, 40);
        RunProtocol.LearnerCapture before = Capture(learner);
        Assert.Equal(1234, before.Counters[CounterNames.ElapsedMilliseconds]);
        // A clock that was an hour ahead.
        long ahead = before.Counters[CounterNames.Generation] + TimeSpan.TicksPerHour;
        Dictionary<string, long> counters = new(before.Counters) { [CounterNames.Generation] = ahead };
        Messages<object>();
        Drain(_publisher);

        TestActorRef<LearnerActor> resumed = Start(options, Checkpoint(options, before) with { Counters = counters });

        Assert.True(_publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot.Generation > ahead);
        Assert.All(Messages<ReplayProtocol.GrantInserts>(), grant => Assert.Equal(1, grant.KnownIncarnation));
        State(resumed, 0, 510);
        State(resumed, 1, 40);
        RunProtocol.LearnerCapture after = Capture(resumed);
        Assert.Equal((550L, 550L), (after.Counters[CounterNames.Inserts], after.Counters[CounterNames.Steps]));
    }

    [Fact]
    public void A_newer_generation_seen_by_a_mirror_is_gone_beyond_and_the_policy_published_anew()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options());
        PolicySnapshot first = _publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot;
        learner.Tell(SnapshotProtocol.PublishAccepted.Instance);
        learner.Tell(new SnapshotProtocol.NewerGenerationSeen(first.Generation - 1));
        Assert.False(_publisher.HasMessages);

        long seen = first.Generation + TimeSpan.TicksPerHour;
        learner.Tell(new SnapshotProtocol.NewerGenerationSeen(seen));

        PolicySnapshot next = _publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot;
        Assert.True(next.Generation > seen);
        Assert.Equal(2, next.Version);
        Assert.Equal(first.Parameters, next.Parameters);
        Assert.Equal(next.Generation, Capture(learner).Counters[CounterNames.Generation]);
    }

    [Fact]
    public void Shards_that_say_nothing_for_six_seconds_are_named_and_left_out_until_they_answer()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options());
        for (int second = 0; second < 6; second++)
        {
            State(learner, 0, 4);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        ProgressProtocol.Notice notice = _progress.FishForMessage<ProgressProtocol.Notice>(_ => true);
        Assert.Equal("nothing was heard of replay shard 1 for 6 s; the learner goes on without until there is an answer", notice.Message);
        State(learner, 0, 5);
        Messages<object>();
        Time.Advance(TimeSpan.FromSeconds(1));
        // Five more make the least size of ten: all of them of the shard that answers, and the silent one is still asked.
        Assert.Equal([10L, 0L], Messages<ReplayProtocol.GrantInserts>().Select(grant => Math.Min(grant.InsertAllowance, 10L)));
        Assert.Contains("no answer comes from replay shard 1", LastReport().WaitsFor, StringComparison.Ordinal);

        State(learner, 1, 5);
        Assert.NotEmpty(Messages<ReplayProtocol.SampleRequest>());
        Assert.DoesNotContain("no answer", LastReport().WaitsFor, StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_to_a_shard_that_reports_itself_empty_are_not_waited_for()
    {
        TestActorRef<LearnerActor> learner = Start(Make.Options());
        State(learner, 0, 500);
        State(learner, 1, 500);
        AnswerAll(learner, 500, limit: 2 * RoundSize);
        _unanswered.Clear();

        learner.Tell(Make.State(1, 0, incarnation: 2));

        List<ReplayProtocol.SampleRequest> requests = Messages<ReplayProtocol.SampleRequest>();
        Assert.Equal(2, requests.Count);
        Assert.All(requests, request => Assert.Equal((0, RoundSize), (request.Shard, request.Counts.Sum())));
        Answer(learner, requests[0], 500);
        Assert.Equal(6, Updates(learner));
    }

    [Fact]
    public void A_reply_in_pieces_trains_when_the_last_one_has_come()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<LearnerActor> learner = Start(options with
        {
            Learner = options.Learner with { BatchSize = 1024 },
            Replay = options.Replay with { Shards = 1, SamplesPerInsert = 0 },
        });
        State(learner, 0, 5000);
        ReplayProtocol.SampleRequest request = Messages<ReplayProtocol.SampleRequest>()[0];
        ReplayProtocol.SampleReply reply = new(request.Request, Make.Sampled(request.Counts.Sum(), returns: 1), Make.State(0, 5000));
        IReadOnlyList<ReplayProtocol.SampleReplyPart> parts = WireParts.Cut(reply)!;
        Assert.True(parts.Count > 1);

        learner.Tell(parts[0] with { Request = request.Request + 1000 });
        foreach (ReplayProtocol.SampleReplyPart part in parts.Skip(1))
        {
            learner.Tell(part);
        }

        Assert.Equal(0, Updates(learner));
        learner.Tell(parts[0]);
        Assert.Equal(2, Updates(learner));
    }

    [Fact]
    public void What_does_not_fit_is_passed_over_and_the_learner_goes_on()
    {
        TrainingOptions options = Make.Options();
        TestActorRef<LearnerActor> learner = Start(options with { Replay = options.Replay with { Shards = 1 } });
        State(learner, 0, 500);
        ReplayProtocol.SampleRequest request = Messages<ReplayProtocol.SampleRequest>()[0];
        SampledTransitions good = Make.Sampled(RoundSize);
        TransitionBatch other = TransitionBatch.FromColumns(3, new float[24], new int[8], new float[8], new float[8], new float[24], []);
        TransitionBatch strange = TransitionBatch.FromColumns(2, new float[16], [.. Enumerable.Repeat(2, 8)], new float[8], new float[8], new float[16], []);

        learner.Tell(Make.State(7, 500));
        learner.Tell(new ReplayProtocol.ShardState(0, 1, 501, 501, 501, double.NaN));
        learner.Tell(new ReplayProtocol.SampleReply(request.Request, Make.Sampled(RoundSize - 1), Make.State(0, 500)));
        learner.Tell(new ReplayProtocol.SampleReply(request.Request, Make.Sampled(other, good.Keys, good.Masses), Make.State(0, 500)));
        learner.Tell(new ReplayProtocol.SampleReply(request.Request, Make.Sampled(strange, good.Keys, good.Masses), Make.State(0, 500)));
        learner.Tell(new ReplayProtocol.SampleReply(request.Request, Make.Sampled(Make.Batch(RoundSize), good.Keys, new double[8]), Make.State(0, 500)));
        Assert.Equal(0, Updates(learner));

        Answer(learner, request, 500);
        Assert.Equal(2, Updates(learner));
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

    private TestActorRef<LearnerActor> Start(TrainingOptions options, CheckpointContent? resume = null, long elapsed = 0)
    {
        LearnerLinks links = new(_region, _publisher, _writer, _coordinator, _progress, () => resume) { ElapsedMilliseconds = () => elapsed };
        return ActorOfAsTestActorRef<LearnerActor>(LearnerActor.CreateProps(Make.Layout(options), options, links));
    }

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
        Assert.NotNull(learner);
        return LastReport().Updates;
    }

    private ProgressProtocol.LearnerReport LastReport()
    {
        Drain(_progress);
        Time.Advance(TimeSpan.FromSeconds(1));
        return _progress.FishForMessage<ProgressProtocol.LearnerReport>(_ => true);
    }

    private static void Drain(TestProbe probe)
    {
        while (probe.HasMessages)
        {
            probe.ReceiveOne(TimeSpan.Zero);
        }
    }
}
