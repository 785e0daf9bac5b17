using System.Diagnostics;
using Akka.Actor;
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
    private static readonly TimeSpan GrantPeriod = TimeSpan.FromMilliseconds(10);
    private const int StandstillTicks = 10;
    private readonly TrainingOptions _options;
    private readonly LearnerLinks _links;
    private readonly LearningProcess _process;
    private readonly SamplePlanner _planner;
    private readonly float[] _absoluteTdErrors;
    private readonly long _generation = Incarnations.Next();
    private readonly bool _isResumed;
    private readonly Queue<SampleRound> _ready = new();
    private long _version;
    private int _nextBatch;
    private int _learned;
    private bool _isTraining;
    private long _lastGrantToAll;
    private (long Inserts, long Updates) _lastMove;
    private int _ticksWithoutMove;
    private bool _publisherIsReady = true;
    private long _lastReport;
    private long _nextCheckpoint;
    private bool _checkpointIsPending;
    private bool _isStopAsked;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public LearnerActor(NetworkLayout layout, TrainingOptions options, LearnerLinks links)
    {
        _options = options;
        _links = links;
        _process = new LearningProcess(layout, options);
        _planner = new SamplePlanner(options, new RandomSource(options.Run.Seed, SeedStreams.Learner + 1));
        _absoluteTdErrors = new float[options.Learner.BatchSize * options.Learner.BatchesPerRequest];
        if (links.Resume() is { Learner: { } state } checkpoint)
        {
            _process.Restore(state);
            _planner.Restore(
                checkpoint.Counters.GetValueOrDefault(CounterNames.Inserts),
                checkpoint.Counters.GetValueOrDefault(CounterNames.Steps),
                checkpoint.Counters.GetValueOrDefault(CounterNames.Samples));
            _isResumed = true;
        }

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
        GrantInserts(reportNow: true);
    }

    /// <inheritdoc />
    protected override void PostStop() => _process.Dispose();

    private void Training()
    {
        Receive<ReplayProtocol.SampleReply>(OnSampleReply);
        Receive<ReplayProtocol.ShardState>(OnShardState);
        Receive<SnapshotProtocol.PublishAccepted>(_ => OnPublishAccepted());
        Receive<RunProtocol.CheckpointWritten>(_ => _checkpointIsPending = false);
        Receive<RunProtocol.CheckpointFailed>(_ => _checkpointIsPending = false);
        Receive<Tick>(_ => OnTick());
        Receive<Continue>(_ => Train());
        Receive<GiveUp>(OnGiveUp);
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
        Apply(reply.State);
        if (_planner.Complete(reply) is not { } round)
        {
            return;
        }

        _ready.Enqueue(round);
        RequestRounds(reply.State.Shard);
        if (!_isTraining)
        {
            Train();
        }
    }

    /// <summary>Trains on what is there, but gives way now and then: who wants to stop the run, or to hear of it, must not wait for long rounds.</summary>
    private void Train()
    {
        long start = Stopwatch.GetTimestamp();
        _isTraining = false;
        while (!_isTraining && _ready.TryPeek(out SampleRound? round))
        {
            _learned += _process.Learn(round, _nextBatch++, _planner.Accounts.Count, _absoluteTdErrors.AsSpan(_learned));
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
            foreach (ReplayProtocol.UpdatePriorities update in round.Priorities(_absoluteTdErrors))
            {
                _links.Region.Tell(update);
            }
        }
    }

    private void OnShardState(ReplayProtocol.ShardState state)
    {
        Apply(state);
        RequestRounds(state.Shard);
    }

    private void Apply(ReplayProtocol.ShardState state)
    {
        _planner.Accounts.Apply(state, countHeld: !_isResumed);
        if (_options.Stop.Steps > 0 && _planner.Accounts.EnvironmentSteps >= _options.Stop.Steps && !_isStopAsked)
        {
            _isStopAsked = true;
            _links.Coordinator.Tell(new RunProtocol.StopRun(StopReason.Steps));
        }
    }

    private void RequestRounds(int reporter)
    {
        while (_planner.TryPlan() is { } round)
        {
            for (int shard = 0; shard < round.Counts.Count; shard++)
            {
                if (round.Counts[shard] is { } counts)
                {
                    _links.Region.Tell(new ReplayProtocol.SampleRequest(shard, round.Number, counts, _planner.Allowance(shard), _planner.Accounts.IncarnationOf(shard)));
                }
            }
        }

        // With every request out the replies bring the states; otherwise the limiter holds, and the next insert must be heard of.
        if (_planner.Outstanding >= _options.Learner.Prefetch)
        {
            return;
        }

        // What one shard inserted changes every shard's part, but not so much that each insert is worth a message to all.
        if (Stopwatch.GetElapsedTime(_lastGrantToAll) >= GrantPeriod)
        {
            GrantInserts(reportNow: false);
        }
        else
        {
            GrantInserts(reporter, reportNow: false);
        }
    }

    private void GrantInserts(bool reportNow)
    {
        _lastGrantToAll = Stopwatch.GetTimestamp();
        for (int shard = 0; shard < _options.Replay.Shards; shard++)
        {
            GrantInserts(shard, reportNow);
        }
    }

    private void GrantInserts(int shard, bool reportNow) =>
        _links.Region.Tell(new ReplayProtocol.GrantInserts(shard, _planner.Allowance(shard), reportNow, _planner.Accounts.IncarnationOf(shard)));

    private void OnTick()
    {
        // Given up only after what is in the mailbox by now: a reply that came while a long round was trained is in time.
        if (_planner.LateRounds() is { Count: > 0 } late)
        {
            Self.Tell(new GiveUp(late));
        }

        GrantInserts(reportNow: true);
        Report();
        NoticeStandstill();
    }

    private void OnGiveUp(GiveUp giveUp)
    {
        int count = _planner.GiveUp(giveUp.Rounds);
        if (count > 0)
        {
            _links.Progress.Tell(new ProgressProtocol.Notice($"{count} sample requests had no answer within 5 s and were given up"));
        }
    }

    private void NoticeStandstill()
    {
        (long, long) now = (_planner.Accounts.Inserts, _process.Updates);
        _ticksWithoutMove = now == _lastMove ? _ticksWithoutMove + 1 : 0;
        _lastMove = now;
        if (_ticksWithoutMove > 0 && _ticksWithoutMove % StandstillTicks == 0)
        {
            _links.Progress.Tell(new ProgressProtocol.Notice($"nothing has moved for {_ticksWithoutMove} s: {_planner.DescribeWaiting()}"));
        }
    }

    private void OnPublishAccepted()
    {
        _publisherIsReady = true;
        PublishIfDue();
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

    private void OnFinishTraining(RunProtocol.FinishTraining message)
    {
        Timers.CancelAll();
        Report();
        Sender.Tell(new RunProtocol.TrainingFinished(Capture()));
        Become(Finished);
    }

    private RunProtocol.LearnerCapture Capture() => new(
        _process.Capture(),
        new Dictionary<string, long>
        {
            [CounterNames.Steps] = _planner.Accounts.EnvironmentSteps,
            [CounterNames.Updates] = _process.Updates,
            [CounterNames.Inserts] = _planner.Accounts.Inserts,
            [CounterNames.Samples] = _planner.Samples,
        },
        NextSnapshot());

    private void Report()
    {
        _lastReport = Stopwatch.GetTimestamp();
        (double loss, double absoluteTdError, double value) = _process.TakeMeans();
        ShardAccounts accounts = _planner.Accounts;
        _links.Progress.Tell(new ProgressProtocol.LearnerReport(
            accounts.EnvironmentSteps, _process.Updates, accounts.Inserts, _planner.Samples, accounts.Count, loss, absoluteTdError, value, _process.Busy)
        {
            Generation = _generation,
            SnapshotVersion = _version,
            WaitsFor = _planner.DescribeWaiting(),
        });
    }

    private sealed record GiveUp(IReadOnlyList<long> Rounds);

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

/// <summary>Whom the learner talks to.</summary>
/// <param name="Region">The replay shards' region.</param>
/// <param name="Publisher">The snapshot publisher.</param>
/// <param name="CheckpointWriter">Who writes checkpoints.</param>
/// <param name="Coordinator">Who ends the run.</param>
/// <param name="Progress">The Progress actor.</param>
/// <param name="Resume">Gives the checkpoint to go on from, or null.</param>
public sealed record LearnerLinks(
    IActorRef Region,
    IActorRef Publisher,
    IActorRef CheckpointWriter,
    IActorRef Coordinator,
    IActorRef Progress,
    Func<CheckpointContent?> Resume);
