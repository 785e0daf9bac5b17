using Akka.Actor;
using Akka.Event;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// What the learner is where gradients come from many: keeps the limiter's account and hands transitions to workers, decides upon their
/// gradients, gives versions, and has the ranges' parameters published and checkpointed at one version. Computes nothing itself. A range that is
/// lost ends this start; the next one loads all ranges from the newest checkpoint under a new epoch.
/// </summary>
internal sealed partial class ParameterServerCoordinatorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private const int StandstillTicks = 10;
    private const int SilentShardTicks = 6;
    private const int PlacementTicks = 3;
    private const int MostUnconfirmed = 256;
    private readonly NetworkLayout _layout;
    private readonly TrainingOptions _options;
    private readonly LearnerLinks _links;
    private readonly ParameterServerLinks _server;
    private readonly IReadOnlyList<ParameterRange> _parameterRanges;
    private readonly SamplePlanner _planner;
    private readonly RandomSource _random;
    private readonly SampleReplies _replies;
    private readonly ShardRequests _shards;
    private readonly ServerSchedules _schedules;
    private readonly SkippedUpdates _skipped;
    private readonly RangeLinks _ranges;
    private readonly GradientLedger _ledger;
    private readonly WorkerRegistry _workers;
    private readonly RoundLedger _rounds;
    private readonly ServerReports _reports;
    private readonly Refusals _refusals = new("the parameter server's coordinator", Context.GetLogger());
    private readonly int _timeoutTicks;
    private readonly long _epoch;

    // Given to the ranges at the begin, and not needed once they have it.
    private TrainerState? _initial;
    private bool _isPlaced;
    private long _now;
    private (long, long, long) _lastMove;
    private int _ticksWithoutMove;
    private bool _isStopAsked;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public ParameterServerCoordinatorActor(NetworkLayout layout, TrainingOptions options, LearnerLinks links, ParameterServerLinks server)
    {
        _layout = layout;
        _options = options;
        _links = links;
        _server = server;
        _timeoutTicks = (int)Math.Ceiling(options.ParameterServer.TimeoutSeconds);
        _random = new RandomSource(options.Run.Seed, SeedStreams.Learner + 1);
        _planner = new SamplePlanner(options, _random);
        _replies = new SampleReplies(layout, options, _planner);
        _shards = new ShardRequests(_planner, links.Region, Self, links.Run);
        _schedules = new ServerSchedules(options);
        _skipped = new SkippedUpdates(options.Learner.MaxSkippedUpdates);
        _initial = Restore(links.Resume()) ?? Initial();
        _epoch = Incarnations.Next();
        _generation = _epoch;
        _nextCheckpoint = _initial.Updates + options.Checkpoint.Period;
        _parameterRanges = ParameterRange.Cut(layout.Length, options.ParameterServer.Shards);
        _ranges = new RangeLinks(_parameterRanges, server.Region, Self, _epoch);
        _ledger = new GradientLedger(_parameterRanges.Count, options.ParameterServer, _initial.Updates, server.Counts);
        _workers = new WorkerRegistry(layout);
        _rounds = new RoundLedger(_planner);
        _reports = new ServerReports(server.Counts);
        Serving();
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsLoaded => _initial is null;

    /// <summary>Makes a coordinator.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom every learner talks to.</param>
    /// <param name="server">What a parameter server has beside.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, LearnerLinks links, ParameterServerLinks server) =>
        Props.Create(() => new ParameterServerCoordinatorActor(layout, options, links, server)).WithDispatcher(Dispatchers.Learner);

    /// <inheritdoc />
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickPeriod);
        _shards.Grant(reportNow: true);
        Place();
    }

    /// <inheritdoc />
    protected override void PostStop() => _ledger.LoseAll();

    private void Serving()
    {
        Receive<ParameterServerProtocol.StateReceived>(received => _ranges.Acknowledge(received, _now));
        Receive<ParameterServerProtocol.RangeLoaded>(OnRangeLoaded);
        Receive<ParameterServerProtocol.RangeUpdated>(OnRangeUpdated);
        Receive<ParameterServerProtocol.RangeUnknown>(OnRangeUnknown);
        Receive<ParameterServerProtocol.GradientHeld>(OnGradientHeld);
        Receive<ParameterServerProtocol.Parameters>(OnParameters);
        Receive<ParameterServerProtocol.RangesLeave>(OnRangesLeave);
        Receive<GradientProtocol.Register>(OnRegister);
        Receive<GradientProtocol.WorkRequest>(OnWorkRequest);
        Receive<GradientProtocol.RoundSampled>(OnRoundSampled);
        Receive<GradientProtocol.RoundFailed>(OnRoundFailed);
        Receive<GradientProtocol.GradientComputed>(OnGradientComputed);
        Receive<Terminated>(OnTerminated);
        Receive<ReplayProtocol.ShardState>(OnShardState);
        Receive<SnapshotProtocol.PublishAccepted>(_ => OnPublishAccepted());
        Receive<SnapshotProtocol.NewerGenerationSeen>(OnNewerGenerationSeen);
        Receive<RunProtocol.CheckpointWritten>(OnCheckpointWritten);
        Receive<RunProtocol.CheckpointFailed>(_ => OnCheckpointEnded());
        Receive<RunProtocol.SourceEnded>(OnSourceEnded);
        Receive<RunProtocol.FinishTraining>(_ => OnFinishTraining());
        Receive<Tick>(_ => OnTick());
    }

    /// <summary>Initial parameters are those of a single learner of the same seed.</summary>
    private TrainerState Initial()
    {
        float[] parameters = LearningProcess.InitialParameters(_layout, _options);
        return new TrainerState
        {
            Updates = 0,
            Online = parameters,
            Target = [.. parameters],
            FirstMoments = new float[parameters.Length],
            SecondMoments = new float[parameters.Length],
        };
    }

    private TrainerState? Restore(CheckpointContent? checkpoint)
    {
        if (checkpoint is not { Learner: { } state })
        {
            return null;
        }

        LearnerCounters.Read(checkpoint, _options, _planner, _random, _skipped);
        _checkpoint = _links.CheckpointDirectory;
        return state;
    }

    /// <summary>Ranges stay where they are placed: where more nodes are about to join, they are given a moment.</summary>
    private void Place()
    {
        int nodes = _server.Nodes();
        if (!_isPlaced && (nodes >= _parameterRanges.Count || (nodes > 0 && _now >= PlacementTicks)))
        {
            _isPlaced = true;
            _ranges.Load(_initial!, _schedules.TargetVersion(_initial!.Updates), _now);
        }
    }

    private void OnRangeLoaded(ParameterServerProtocol.RangeLoaded loaded)
    {
        _ranges.Loaded(loaded, _now);
        if (IsLoaded || !_ranges.IsLoaded)
        {
            return;
        }

        _initial = null;
        _isSnapshotDue = true;
        foreach (WorkerRegistry.Worker worker in _workers.All)
        {
            Admit(worker);
        }

        Capture();
    }

    private void OnRangeUpdated(ParameterServerProtocol.RangeUpdated updated)
    {
        _ranges.Updated(updated, _now);
        Decide();
    }

    private void OnRangeUnknown(ParameterServerProtocol.RangeUnknown unknown)
    {
        if (unknown.Epoch != _epoch)
        {
            return;
        }

        Incarnations.Observe(unknown.Held);
        if (unknown.Held <= _epoch && !IsLoaded)
        {
            _ranges.Load(unknown.Range, _now);
            return;
        }

        throw new RangeLostException(
            _leaving is not null
                ? $"range {unknown.Range} of the parameter server has left its node: all ranges go on from the checkpoint of {_leaving.Version} updates"
                : $"range {unknown.Range} of the parameter server was lost with its node: all ranges return to {WordsOfCheckpoint()}, from {_ledger.Version} updates");
    }

    private string WordsOfCheckpoint() => _checkpoint.Length > 0 ? "the newest checkpoint" : "the start, since no checkpoint was written yet";

    private void OnShardState(ReplayProtocol.ShardState state)
    {
        if (!_refusals.Has(_replies.Fault(state), Sender))
        {
            Apply(state);
            Distribute(state.Shard);
        }
    }

    private void Apply(ReplayProtocol.ShardState state)
    {
        if (_planner.Accounts.Apply(state) && _planner.Accounts.TakeLoss(state) is { } loss)
        {
            Notice(loss);
        }

        if (_options.Stop.Steps > 0 && _planner.Accounts.EnvironmentSteps >= _options.Stop.Steps)
        {
            AskToStop(StopReason.Steps);
        }
    }

    /// <summary>As a single learner: what is left is used up as far as the limiter allows, or as far as it goes where an update lacks gradients.</summary>
    private void OnSourceEnded(RunProtocol.SourceEnded ended)
    {
        bool isUsedUp = _rounds.HasWaiting && _rounds.Count == 0 && _ledger.PendingCount == 0;
        if (_planner.Accounts.Inserts >= ended.Transitions && (isUsedUp || _ticksWithoutMove >= StandstillTicks))
        {
            AskToStop(StopReason.SourceEnded);
        }
    }

    private void AskToStop(StopReason reason)
    {
        if (!_isStopAsked)
        {
            _isStopAsked = true;
            _links.Coordinator.Tell(new RunProtocol.StopRun(reason));
        }
    }

    private void OnTick()
    {
        _now++;
        _planner.Accounts.CountSecond();
        _shards.Grant(reportNow: true);
        if (_isPlaced)
        {
            _ranges.Tick(_now, _timeoutTicks);
        }
        else
        {
            Place();
        }

        WatchShards();
        WatchWorkers();
        WatchCaptures();
        _workers.CountSecond();
        _reports.CountSecond();
        Report();
        NoticeStandstill();
    }

    private void WatchShards()
    {
        IReadOnlyList<int> unheard = _planner.Accounts.Unheard(SilentShardTicks);
        if (unheard.Count > 0)
        {
            _planner.Accounts.MarkSilent(unheard);
            Notice($"nothing was heard of {ShardNames.Of(unheard)} for {SilentShardTicks} s; the server goes on without until there is an answer");
            Distribute(reporter: null);
        }
    }

    private void NoticeStandstill()
    {
        (long, long, long) now = (_planner.Accounts.Inserts, _ledger.Version, _server.Counts.Computed);
        _ticksWithoutMove = now == _lastMove ? _ticksWithoutMove + 1 : 0;
        _lastMove = now;
        if (_ticksWithoutMove > 0 && _ticksWithoutMove % StandstillTicks == 0)
        {
            Notice($"nothing has moved for {_ticksWithoutMove} s: the parameter server waits for {DescribeWaiting()}");
        }
    }

    private string DescribeWaiting()
    {
        int needed = _options.ParameterServer.Synchronous ? _options.ParameterServer.GradientsPerUpdate : 1;
        IReadOnlyList<int> missing = _ranges.NotLoaded();
        IReadOnlyList<int> silent = _ranges.Silent(_now, _timeoutTicks);
        return !IsLoaded ? $"ranges {string.Join(", ", missing)} of the parameter server to be loaded (is a node with the role parameter-server up?)"
            : silent.Count > 0 ? $"ranges {string.Join(", ", silent)} of the parameter server, which do not answer (is a node with the role parameter-server up?)"
            : _workers.All.Count == 0 ? "gradient workers, none of which is there (is a node with the role gradient up?)"
            : _workers.All.Count < needed ? $"gradient workers: an update takes {needed} (dqn.parameter-server.gradients-per-update) and there are {_workers.All.Count}"
            : _rounds.HasWaiting ? _planner.DescribeWaiting()
            : $"gradients of {_workers.All.Count} workers";
    }

    private void Notice(string line) => _links.Progress.Tell(new ProgressProtocol.Notice(line));

    private void Report()
    {
        long version = _ledger.Version;
        _links.Progress.Tell(_reports.Make(_planner, _workers, _epoch, version, _schedules.TargetVersion(version)) with
        {
            Generation = _generation,
            SnapshotVersion = _version,
            SkippedUpdates = _skipped.Total,
            WaitsFor = DescribeWaiting(),
        });
    }

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
