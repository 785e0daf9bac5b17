using Akka.Actor;
using Akka.Event;
using DqnAkka.Learner;
using Protocol = DqnAkka.Actors.GradientProtocol;
using Server = DqnAkka.Actors.ParameterServerProtocol;

namespace DqnAkka.Actors;

/// <summary>
/// Computes gradients for the parameter server, on a thread of its own: takes parameters from the ranges, transitions from the replay shards as the
/// coordinator allots them, and gives gradients to the ranges, one at a time. It computes on parameters only that all ranges have sent whole in one
/// version of one epoch. Where the server is silent it drops what it has and says again that it is there.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor disposes what it owns in PostStop.")]
public sealed partial class GradientWorkerActor : ReceiveActor, IWithTimers
{
    // A synchronous update, or runners behind the limiter, may keep a worker waiting for long; what got lost, only this long.
    private const int PatienceFactor = 4;
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private readonly int _index;
    private readonly TrainingOptions _options;
    private readonly GradientWorkerLinks _links;
    private readonly NetworkLayout _layout;
    private readonly GradientComputation _computation;
    private readonly RangeParametersAssembly _parameters;
    private readonly GradientPush _push;
    private readonly Refusals _refusals;
    private readonly int _timeoutSeconds;
    private long _incarnation = Incarnations.Next();
    private int _number;
    private bool _isRegistered;
    private long _lastPush = Incarnations.Next();
    private long _awaitedPush;
    private long _leastVersion;
    private ComputedGradient _computed;
    private int _secondsUnheard;
    private int _secondsStill;
    private long _gradients;
    private long _reportedGradients;
    private TimeSpan _lastReport;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public GradientWorkerActor(int index, NetworkLayout layout, TrainingOptions options, GradientWorkerLinks links)
    {
        _index = index;
        _layout = layout;
        _options = options;
        _links = links;
        _timeoutSeconds = (int)Math.Ceiling(options.ParameterServer.TimeoutSeconds);
        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(layout.Length, options.ParameterServer.Shards);
        _parameters = new RangeParametersAssembly(ranges);
        _push = new GradientPush(ranges, options.ParameterServer);
        _replies = new SampleReplies(layout, options, _rounds);
        _refusals = new Refusals(Name, Context.GetLogger());
        _computation = new GradientComputation(layout, options);
        _lastReport = Now;
        Receive<Protocol.Registered>(OnRegistered);
        Receive<Protocol.WorkerRefused>(Context.Parent.Forward);
        Receive<Protocol.Work>(OnWork);
        Receive<Protocol.GradientDiscarded>(OnGradientDiscarded);
        Receive<Server.Parameters>(OnParameters);
        Receive<Server.GradientReceived>(received => Send(_push.Acknowledge(received)));
        // The coordinator hears of it too, and begins a new epoch.
        Receive<Server.RangeUnknown>(_ => { });
        Receive<ReplayProtocol.SampleReply>(OnSampleReply);
        Receive<ReplayProtocol.SampleReplyPart>(OnSampleReplyPart);
        Receive<ReplayProtocol.ShardState>(OnShardState);
        Receive<DelayEnded>(OnDelayEnded);
        Receive<GiveUp>(OnGiveUp);
        Receive<Tick>(_ => OnTick());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private string Name => $"gradient worker {_index} of {_links.Address}";

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private bool HasParameters => _isRegistered && _parameters.Version >= _leastVersion;

    /// <summary>Makes a worker.</summary>
    /// <param name="index">Its index on the node.</param>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom it talks to.</param>
    public static Props CreateProps(int index, NetworkLayout layout, TrainingOptions options, GradientWorkerLinks links) =>
        Props.Create(() => new GradientWorkerActor(index, layout, options, links)).WithDispatcher(Dispatchers.Gradient);

    /// <inheritdoc />
    protected override void PreStart()
    {
        Register();
        Timers.StartSingleTimer(nameof(Tick), Tick.Instance, TickPeriod);
    }

    /// <inheritdoc />
    protected override void PostStop() => _computation.Dispose();

    private void Register() => _links.Training.Tell(
        new Protocol.Register(Name, _incarnation, _layout.Description, _layout.Length) { BytesSent = _push.Sent, BytesReceived = _parameters.Received });

    private void OnRegistered(Protocol.Registered registered)
    {
        if (registered.Epoch < _parameters.Epoch)
        {
            return;
        }

        if (registered.Epoch > _parameters.Epoch)
        {
            Drop(registered.Epoch);
        }

        _secondsUnheard = 0;
        _number = registered.Worker;
        _isRegistered = true;
        GoOn();
    }

    /// <summary>Of an older epoch nothing is used, and of the present one nothing in a newer.</summary>
    /// <returns>Whether the epoch is the newest known.</returns>
    private bool Follow(long epoch)
    {
        if (epoch > _parameters.Epoch)
        {
            Drop(epoch);
            Register();
        }

        return epoch == _parameters.Epoch;
    }

    private void Drop(long epoch)
    {
        _isRegistered = false;
        _isAsking = false;
        _awaitedPush = 0;
        _leastVersion = 0;
        _secondsStill = 0;
        Timers.Cancel(nameof(DelayEnded));
        _rounds.Clear();
        _push.Reset();
        _parameters.Begin(epoch);
        _computation.Forget();
    }

    private void OnParameters(Server.Parameters piece)
    {
        if (!Follow(piece.Epoch) || _refusals.Has(_parameters.Fault(piece), Sender))
        {
            return;
        }

        if (_parameters.Take(piece) is > 0 and int received)
        {
            _links.Server.Tell(new Server.ParametersReceived(piece.Range, piece.Epoch, piece.Transfer, received));
        }

        _secondsStill = 0;
        if (_parameters.Version >= _leastVersion)
        {
            _awaitedPush = 0;
            GoOn();
        }
    }

    private void OnGradientDiscarded(Protocol.GradientDiscarded discarded)
    {
        bool isOfThis = discarded.Push == _awaitedPush && discarded.Epoch == _parameters.Epoch;
        if (!Follow(discarded.Epoch) || !isOfThis)
        {
            return;
        }

        _push.Discard(discarded.Push);
        _awaitedPush = 0;
        _leastVersion = discarded.Version;
        _secondsStill = 0;
        GoOn();
    }

    /// <summary>Does what can be done now: asks for transitions ahead of need, and computes one gradient.</summary>
    private void GoOn()
    {
        if (!HasParameters)
        {
            return;
        }

        AskForWork();
        if (_awaitedPush == 0 && _rounds.HasBatch)
        {
            Compute(_rounds.Use());
            AskForWork();
        }
    }

    private void Compute(WorkerRound round)
    {
        _computation.Load(_parameters);
        _computed = _computation.Compute(round);
        _gradients++;
        _awaitedPush = ++_lastPush;
        _leastVersion = _computed.BaseVersion + 1;
        _secondsStill = 0;
        if (round.IsUsedUp && _options.Replay.Prioritized)
        {
            foreach (ReplayProtocol.UpdatePriorities update in round.Priorities())
            {
                _links.Replay.Tell(update);
            }
        }

        if (_options.Gradient.DelayMilliseconds > 0)
        {
            Timers.StartSingleTimer(nameof(DelayEnded), new DelayEnded(_awaitedPush), TimeSpan.FromMilliseconds(_options.Gradient.DelayMilliseconds));
        }
        else
        {
            SendGradient();
        }
    }

    private void OnDelayEnded(DelayEnded delay)
    {
        if (delay.Push == _awaitedPush)
        {
            SendGradient();
        }
    }

    private void SendGradient()
    {
        GradientResult result = _computed.Result;
        _links.Training.Tell(new Protocol.GradientComputed(
            _number,
            _parameters.Epoch,
            _awaitedPush,
            _computed.BaseVersion,
            _computed.Verdict,
            _computed.Rows,
            _computed.Norm,
            result.Loss,
            result.MeanAbsoluteTdError,
            result.MeanQ));
        if (_computed.Verdict == Protocol.GradientVerdict.Sent)
        {
            _push.Begin(_parameters.Epoch, _number, _awaitedPush, _parameters.TargetVersion, _computation.Gradient);
            Send(_push.Next());
        }
    }

    private void Send(IEnumerable<Server.PushGradient> pieces)
    {
        foreach (Server.PushGradient piece in pieces)
        {
            _links.Server.Tell(piece);
        }
    }

    private void OnTick()
    {
        // One at a time: a long computation must not be followed by many of them.
        Timers.StartSingleTimer(nameof(Tick), Tick.Instance, TickPeriod);
        _secondsUnheard++;
        _secondsStill++;
        bool isSilent = _secondsUnheard > _timeoutSeconds;
        bool isLost = _secondsStill > (_parameters.IsUnderway ? _timeoutSeconds : PatienceFactor * _timeoutSeconds);
        if (isSilent || (isLost && !HasParameters))
        {
            _secondsUnheard = 0;
            // Under a new number the coordinator knows that the worker has nothing.
            _incarnation = Incarnations.Next();
            Drop(_parameters.Epoch);
        }

        Register();
        // What was asked for may have been lost on the way.
        _isAsking = false;
        GoOn();
        AgeRound();
        Report();
    }

    private void Report()
    {
        double seconds = (Now - _lastReport).TotalSeconds;
        double rate = seconds > 0 ? (_gradients - _reportedGradients) / seconds : 0;
        _lastReport = Now;
        _reportedGradients = _gradients;
        long version = Math.Max(0, _parameters.Version);
        GradientMemberStatus status = new(_index, _isRegistered ? _parameters.Epoch : 0, version, _gradients, rate);
        _links.Node.Tell(new NodeProtocol.PartReport($"gradient-{_index}", _gradients, DescribeWaiting(), status));
    }

    private string DescribeWaiting() =>
        !_isRegistered ? "the coordinator of the parameter server (is a node with the role learner up?)"
        : _awaitedPush != 0 ? $"the parameter server to use its gradient on version {_computed.BaseVersion}"
        : !HasParameters ? $"parameters of range {string.Join(", ", _parameters.Missing(_leastVersion))} of the parameter server (is a node with the role parameter-server up?)"
        : _rounds.Following is { IsSampled: false } round ? $"{ShardNames.Of(round.Silent)} to answer sample requests"
        : "transitions, which dqn.replay.samples-per-insert and dqn.replay.min-size allow as the runners bring more";

    private sealed record DelayEnded(long Push);

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
