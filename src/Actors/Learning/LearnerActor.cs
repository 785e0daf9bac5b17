using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Pulls batches from the shards, trains, and hands snapshots to the publisher. Runs on a thread of its own. One message trains
/// one round; the next round is asked for before it, so that it is there when this one ends.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor disposes what it owns in PostStop.")]
public sealed class LearnerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(50);
    private const int StandstillTicks = 10;
    private const int SilentTicks = 6;
    private readonly TrainingOptions _options;
    private readonly LearnerLinks _links;
    private readonly LearningProcess _process;
    private readonly SamplePlanner _planner;
    private readonly RandomSource _random;
    private readonly SampleReplies _replies;
    private readonly ShardRequests _shards;
    private readonly float[] _absoluteTdErrors;
    private readonly Refusals _refusals = new("the learner", Context.GetLogger());
    private readonly Queue<SampleRound> _ready = new();
    private long _generation;
    private long _version;
    private int _nextBatch;
    private int _learned;
    private bool _isTraining;
    private (long Inserts, long Updates) _lastMove;
    private int _ticksWithoutMove;
    private bool _publisherIsReady = true;
    private long _lastReport;
    private long _nextCheckpoint;
    private bool _checkpointIsPending;
    private string _checkpoint = "";
    private bool _isStopAsked;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public LearnerActor(NetworkLayout layout, TrainingOptions options, LearnerLinks links)
    {
        _options = options;
        _links = links;
        _process = new LearningProcess(layout, options, links.Replicas);
        _random = new RandomSource(options.Run.Seed, SeedStreams.Learner + 1);
        _planner = new SamplePlanner(options, _random);
        _replies = new SampleReplies(layout, options, _planner);
        _shards = new ShardRequests(_planner, links.Region, Self, links.Run);
        _absoluteTdErrors = new float[options.Learner.BatchSize * options.Learner.BatchesPerRequest];
        if (links.Resume() is { Learner: { } state } checkpoint)
        {
            _process.Restore(state);
            LearnerCounters.Read(checkpoint, options, _planner, _random, _process.Skipped);
            _checkpoint = links.CheckpointDirectory;
        }

        _generation = Incarnations.Next();
        _nextCheckpoint = _process.Updates + options.Checkpoint.Period;
        Training();
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a learner.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom it talks to.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, LearnerLinks links) =>
        Props.Create(() => new LearnerActor(layout, options, links)).WithDispatcher(Dispatchers.Learner);

    /// <inheritdoc />
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickPeriod);
        PublishIfDue();
        _shards.Grant(reportNow: true);
    }

    /// <inheritdoc />
    protected override void PostStop() => _process.Dispose();

    private void Training()
    {
        Receive<ReplayProtocol.SampleReply>(OnSampleReply);
        Receive<ReplayProtocol.SampleReplyPart>(OnSampleReplyPart);
        Receive<ReplayProtocol.ShardState>(OnShardState);
        Receive<SnapshotProtocol.PublishAccepted>(_ => OnPublishAccepted());
        Receive<SnapshotProtocol.NewerGenerationSeen>(OnNewerGenerationSeen);
        Receive<RunProtocol.CheckpointWritten>(OnCheckpointWritten);
        Receive<RunProtocol.CheckpointFailed>(_ => _checkpointIsPending = false);
        Receive<Tick>(_ => OnTick());
        Receive<Continue>(_ => Train());
        Receive<Look>(OnLook);
        Receive<RunProtocol.SourceEnded>(OnSourceEnded);
        Receive<RunProtocol.FinishTraining>(OnFinishTraining);
    }

    /// <summary>After the end only the result is given, as often as somebody asks.</summary>
    private void Finished()
    {
        Receive<RunProtocol.FinishTraining>(_ => Sender.Tell(new RunProtocol.TrainingFinished(Capture())));
        ReceiveAny(_ => { });
    }

    private void OnSampleReply(ReplayProtocol.SampleReply reply)
    {
        if (_refusals.Has(_replies.Fault(reply), Sender))
        {
            return;
        }

        Apply(reply.State);
        if (_planner.Complete(reply) is not { } round)
        {
            return;
        }

        _ready.Enqueue(round);
        _shards.RequestRounds(reply.State.Shard);
        if (!_isTraining)
        {
            Train();
        }
    }

    private void OnSampleReplyPart(ReplayProtocol.SampleReplyPart part)
    {
        if (_replies.Join(part) is { } reply)
        {
            OnSampleReply(reply);
        }
    }

    /// <summary>Trains on what is there, but gives way now and then: who wants to stop the run, or to hear of it, must not wait for long rounds.</summary>
    private void Train()
    {
        long start = Stopwatch.GetTimestamp();
        _isTraining = false;
        while (!_isTraining && _ready.TryPeek(out SampleRound? round))
        {
            int rows = _process.Learn(round, _nextBatch++, _absoluteTdErrors.AsMemory(_learned));
            _learned += rows;
            _planner.CountLearned(rows);
            _process.Skipped.RequireFew(_process.Updates, _checkpoint);
            if (_nextBatch == round.Batches)
            {
                FinishRound(round);
            }

            if (_ready.Count > 0 && Stopwatch.GetElapsedTime(start) >= LongestTurn)
            {
                _isTraining = true;
                Self.Tell(Continue.Instance);
            }
        }

        PublishIfDue();
        CheckpointIfDue();
        if (Stopwatch.GetElapsedTime(_lastReport) >= ReportPeriod)
        {
            Report();
        }
    }

    private void FinishRound(SampleRound round)
    {
        _ready.Dequeue();
        _nextBatch = 0;
        _learned = 0;
        if (_options.Replay.Prioritized)
        {
            _shards.ReturnPriorities(round, _absoluteTdErrors);
        }
    }

    private void OnShardState(ReplayProtocol.ShardState state)
    {
        if (!_refusals.Has(_replies.Fault(state), Sender))
        {
            Apply(state);
            _shards.RequestRounds(state.Shard);
        }
    }

    private void Apply(ReplayProtocol.ShardState state)
    {
        if (_planner.Accounts.Apply(state))
        {
            NoticeLoss(state);
            if (state.Count == 0)
            {
                // It moved or restarted: what it was asked for before cannot be answered.
                _planner.GiveUpOn(state.Shard);
            }
        }

        if (_options.Stop.Steps > 0 && _planner.Accounts.EnvironmentSteps >= _options.Stop.Steps && !_isStopAsked)
        {
            _isStopAsked = true;
            _links.Coordinator.Tell(new RunProtocol.StopRun(StopReason.Steps));
        }
    }

    /// <summary>
    /// Nothing more is inserted: when all of it is known of, and no round is left that the limiter would allow, there is nothing more to learn.
    /// Said again every second, so that the last look is taken when everything is at rest.
    /// </summary>
    private void OnSourceEnded(RunProtocol.SourceEnded ended)
    {
        bool isUsedUp = _planner.Accounts.Inserts >= ended.Transitions && _planner.Outstanding == 0 && _ready.Count == 0;
        if (isUsedUp && !_isStopAsked)
        {
            _isStopAsked = true;
            _links.Coordinator.Tell(new RunProtocol.StopRun(StopReason.SourceEnded));
        }
    }

    private void NoticeLoss(ReplayProtocol.ShardState state)
    {
        if (_planner.Accounts.TakeLoss(state) is { } loss)
        {
            Notice(loss);
        }
    }

    private void OnTick()
    {
        // Given up only after what is in the mailbox by now: a reply that came while a long round was trained is in time.
        _planner.Accounts.CountSecond();
        Self.Tell(new Look(_planner.LateRounds()));
        _shards.Grant(reportNow: true);
        Report();
        NoticeStandstill();
    }

    private void OnLook(Look look)
    {
        (int requests, IReadOnlyList<int> silent) = _planner.GiveUp(look.LateRounds);
        if (requests > 0)
        {
            Notice($"{requests} sample requests had no answer within 5 s and were given up; the learner goes on without {ShardNames.Of(silent)} until there is one");
        }

        IReadOnlyList<int> unheard = _planner.Accounts.Unheard(SilentTicks);
        if (unheard.Count > 0)
        {
            _planner.MarkSilent(unheard);
            Notice($"nothing was heard of {ShardNames.Of(unheard)} for {SilentTicks} s; the learner goes on without until there is an answer");
        }

        if (silent.Count > 0 || unheard.Count > 0)
        {
            _shards.RequestRounds(reporter: 0);
        }
    }

    private void Notice(string line) => _links.Progress.Tell(new ProgressProtocol.Notice(line));

    private void NoticeStandstill()
    {
        (long, long) now = (_planner.Accounts.Inserts, _process.Updates);
        _ticksWithoutMove = now == _lastMove ? _ticksWithoutMove + 1 : 0;
        _lastMove = now;
        if (_ticksWithoutMove > 0 && _ticksWithoutMove % StandstillTicks == 0)
        {
            Notice($"nothing has moved for {_ticksWithoutMove} s: the learner waits for {_planner.DescribeWaiting()}");
        }
    }

    private void OnPublishAccepted()
    {
        _publisherIsReady = true;
        PublishIfDue();
    }

    /// <summary>A mirror refuses what comes from a clock that went back: the learner goes on under a number that is larger still.</summary>
    private void OnNewerGenerationSeen(SnapshotProtocol.NewerGenerationSeen seen)
    {
        if (seen.Generation >= _generation)
        {
            Incarnations.Observe(seen.Generation);
            _generation = Incarnations.Next();
            _process.AskForSnapshot();
            PublishIfDue();
        }
    }

    private void PublishIfDue()
    {
        if (_process.IsSnapshotDue && _publisherIsReady)
        {
            _publisherIsReady = false;
            _process.SnapshotTaken();
            _links.Publisher.Tell(new SnapshotProtocol.Publish(NextSnapshot()));
        }
    }

    private PolicySnapshot NextSnapshot() =>
        new(_generation, ++_version, _process.Updates, _planner.Accounts.EnvironmentSteps, _process.CopyParameters());

    private void CheckpointIfDue()
    {
        if (_process.Updates >= _nextCheckpoint && !_checkpointIsPending)
        {
            _nextCheckpoint = _process.Updates + _options.Checkpoint.Period;
            _checkpointIsPending = true;
            _links.CheckpointWriter.Tell(new RunProtocol.WriteCheckpoint(Capture()));
        }
    }

    private void OnCheckpointWritten(RunProtocol.CheckpointWritten written)
    {
        _checkpointIsPending = false;
        _checkpoint = written.Directory;
    }

    private void OnFinishTraining(RunProtocol.FinishTraining message)
    {
        Timers.CancelAll();
        Report();
        Sender.Tell(new RunProtocol.TrainingFinished(Capture()));
        Become(Finished);
    }

    private RunProtocol.LearnerCapture Capture() => new(
        _process.Capture(),
        LearnerCounters.Write(_planner, _process.Updates, _generation, _links.ElapsedMilliseconds(), _process.Skipped.Total),
        NextSnapshot())
    {
        RandomStates = new Dictionary<string, RandomState> { [LearnerCounters.RandomStream] = _random.Capture() },
    };

    private void Report()
    {
        _lastReport = Stopwatch.GetTimestamp();
        (double loss, double absoluteTdError, double value) = _process.TakeMeans();
        ShardAccounts accounts = _planner.Accounts;
        _links.Progress.Tell(new ProgressProtocol.LearnerReport(
            accounts.EnvironmentSteps, _process.Updates, accounts.Inserts, _planner.Learned, accounts.Count, loss, absoluteTdError, value, _process.Busy)
        {
            Generation = _generation,
            SnapshotVersion = _version,
            SkippedUpdates = _process.Skipped.Total,
            LimiterError = _planner.LimiterError,
            Distributed = _links.Replicas is { Status: { } status } replicas ? status with { Version = _process.Updates, TargetVersion = replicas.TargetVersion } : null,
            WaitsFor = _planner.DescribeWaiting(),
        });
    }

    private sealed record Look(IReadOnlyList<long> LateRounds);

    private sealed record Continue
    {
        private Continue()
        {
        }

        public static Continue Instance { get; } = new();
    }

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
