using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The runners of one node. It claims as many runner indices as the node runs runners, and goes on claiming, so that a training
/// singleton that has moved learns who is there. A runner that fails is started again with the same index, hence the same ε, after a
/// pause that doubles; when failures exceed <c>runner.max-restarts</c> within the window the run is ended with the first cause.
/// </summary>
public sealed class RunnerPoolActor : ReceiveActor, IWithTimers
{
    private const int LongestDoubling = 10;
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly long _number = Incarnations.Next();
    private readonly NetworkLayout _layout;
    private readonly TrainingOptions _options;
    private readonly RunnerPoolLinks _links;
    private readonly RunnerLedger _ledger = new();
    private readonly RestartWindow _window;
    private readonly Dictionary<int, RunnerProtocol.RunnerLease> _leases = [];
    private readonly Dictionary<IActorRef, int> _runners = [];
    private readonly Dictionary<IActorRef, Exception> _failures = [];
    private readonly HashSet<int> _pausing = [];
    private readonly Dictionary<int, int> _starts = [];
    private readonly Dictionary<int, long> _ended = [];
    private RunProtocol.StopRun? _stopRun;
    private bool _isStopped;
    private bool _isAnswered;
    private bool _isOddTick;
    private int _total;
    private int _restarts;
    private long _lastReport = Stopwatch.GetTimestamp();

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public RunnerPoolActor(NetworkLayout layout, TrainingOptions options, RunnerPoolLinks links)
    {
        _layout = layout;
        _options = options;
        _links = links;
        _window = new RestartWindow(options.Runner.MaxRestarts, TimeSpan.FromMinutes(options.Run.RestartWindowMinutes), TimeProvider.System);
        Receive<RunnerProtocol.Leases>(OnLeases);
        Receive<ProgressProtocol.RunnerReport>(OnRunnerReport);
        Receive<ProgressProtocol.EnvironmentRestarted>(_links.Training.Forward);
        Receive<EnvironmentRunnerActor.Standing>(_ledger.Add);
        Receive<EnvironmentRunnerActor.SourceEnded>(OnSourceEnded);
        Receive<Terminated>(OnTerminated);
        Receive<PauseEnded>(OnPauseEnded);
        Receive<RunProtocol.StopRunners>(_ => OnStopRunners());
        Receive<Tick>(_ => OnTick());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private bool MayRun => !_isStopped && _stopRun is null;

    /// <summary>Makes the pool.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom the pool and its runners talk to.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, RunnerPoolLinks links) =>
        Props.Create(() => new RunnerPoolActor(layout, options, links));

    /// <inheritdoc />
    protected override void PreStart()
    {
        Claim();
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickPeriod);
    }

    /// <inheritdoc />
    protected override void PostStop() => _links.Training.Tell(new RunnerProtocol.ReleaseRunners(_number));

    /// <summary>A failed runner is stopped, not restarted in place: its successor comes after a pause and with a new incarnation.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, Timeout.Infinite, Decide, loggingEnabled: false);

    private Directive Decide(Exception exception)
    {
        // By runner: a second one may fail before the first one's end is heard of.
        _failures[Sender] = exception;
        return Directive.Stop;
    }

    private void Claim() =>
        _links.Training.Tell(new RunnerProtocol.ClaimRunners(_number, _options.Runner.Count, [.. _leases.Values.OrderBy(lease => lease.Index)]));

    private void OnLeases(RunnerProtocol.Leases leases)
    {
        if (leases.Pool != _number)
        {
            return;
        }

        _isAnswered = true;
        // A registry that ends the run sends no leases after that: these are of one that goes on where another one's node was lost.
        _isStopped = false;
        foreach (int lost in _leases.Keys.Except(leases.Runners.Select(lease => lease.Index)).ToArray())
        {
            _leases.Remove(lost);
            _ledger.Close(lost);
        }

        foreach (RunnerProtocol.RunnerLease lease in leases.Runners)
        {
            _leases.TryAdd(lease.Index, lease);
            _ledger.Open(lease.Index);
        }

        if (leases.Total != _total)
        {
            _total = leases.Total;
            foreach (IActorRef runner in _runners.Keys)
            {
                runner.Tell(new RunnerProtocol.Ladder(_total));
            }
        }

        StartAndStop();
    }

    /// <summary>Every index that is leased gets one runner, and no other has one. A runner that is to end is awaited before the next of its index starts.</summary>
    private void StartAndStop()
    {
        foreach ((IActorRef runner, int index) in _runners)
        {
            if (!MayRun || !_leases.ContainsKey(index))
            {
                Context.Stop(runner);
            }
        }

        HashSet<int> occupied = [.. _runners.Values, .. _pausing];
        foreach (RunnerProtocol.RunnerLease lease in _leases.Values.Where(lease => MayRun && !occupied.Contains(lease.Index)))
        {
            Start(lease);
        }
    }

    private void Start(RunnerProtocol.RunnerLease lease)
    {
        int starts = _starts.GetValueOrDefault(lease.Index);
        _starts[lease.Index] = starts + 1;
        RunnerProtocol.RunnerLease attempt = lease with { Attempt = (lease.Attempt + starts) & (RunnerLeases.Attempts - 1) };
        string name = string.Create(CultureInfo.InvariantCulture, $"runner-{lease.Index}-{starts}");
        RunnerLinks links = new(_links.Region, _links.Mirror, Self) { Source = _links.Source };
        IActorRef runner = Context.ActorOf(EnvironmentRunnerActor.CreateProps(attempt, _total, _layout, _options, links), name);
        _runners[runner] = lease.Index;
        Context.Watch(runner);
    }

    private void OnTerminated(Terminated terminated)
    {
        bool isFailure = _failures.Remove(terminated.ActorRef, out Exception? failure);
        if (!_runners.Remove(terminated.ActorRef, out int index) || !MayRun)
        {
            return;
        }

        if (isFailure && _leases.ContainsKey(index))
        {
            OnFailure(index, failure!);
        }
        else
        {
            StartAndStop();
        }
    }

    private void OnFailure(int index, Exception failure)
    {
        string cause = Failures.Describe(failure);
        if (failure is FragmentSourceException)
        {
            End(cause);
            return;
        }

        TimeSpan pause = FirstPause * Math.Pow(2, Math.Min(_window.Count, LongestDoubling));
        if (!_window.TryAdd(cause))
        {
            string limit = string.Create(
                CultureInfo.InvariantCulture,
                $"{_window.FirstCause} (runner {index}; {_window.Count} restarts in {_options.Run.RestartWindowMinutes} minutes, the limit dqn.runner.max-restarts)");
            End(limit);
            return;
        }

        _restarts++;
        _pausing.Add(index);
        _links.Training.Tell(new ProgressProtocol.RunnerRestarted(index, cause));
        Timers.StartSingleTimer($"start-{index}", new PauseEnded(index), pause < LongestPause ? pause : LongestPause);
    }

    private void End(string failure)
    {
        _stopRun = new RunProtocol.StopRun(StopReason.Failed, failure);
        _links.Training.Tell(_stopRun);
        StartAndStop();
    }

    private void OnPauseEnded(PauseEnded pause)
    {
        _pausing.Remove(pause.Index);
        StartAndStop();
    }

    private void OnRunnerReport(ProgressProtocol.RunnerReport report)
    {
        _ledger.Add(report);
        _links.Training.Tell(report);
    }

    private void OnSourceEnded(EnvironmentRunnerActor.SourceEnded ended)
    {
        _ended[ended.Index] = ended.Transitions;
        TellSourceEnded();
    }

    private void TellSourceEnded()
    {
        if (_ended.Count > 0 && _ended.Count == _options.Runner.Count)
        {
            _links.Training.Tell(new RunProtocol.SourceEnded(_ended.Values.Sum()));
        }
    }

    /// <summary>
    /// The run is ending. The leases are kept and claimed on: should the node that ends it be lost before it has, the next one's leases
    /// let the runners go on.
    /// </summary>
    private void OnStopRunners()
    {
        _isAnswered = true;
        _isStopped = true;
        _stopRun = null;
        StartAndStop();
    }

    private void OnTick()
    {
        _isOddTick = !_isOddTick;
        if (_isOddTick && _isAnswered)
        {
            return;
        }

        Claim();
        if (_isOddTick)
        {
            return;
        }

        if (_stopRun is not null)
        {
            // The singleton may be on its way to another node, and what was said to it lost.
            _links.Training.Tell(_stopRun);
        }

        // Said again, so that a learner that was restarted hears of it too.
        TellSourceEnded();
        _ledger.Advance(Stopwatch.GetElapsedTime(_lastReport));
        _lastReport = Stopwatch.GetTimestamp();
        RunnerPoolStatus status = new(_ledger.Runners(), _restarts, _ledger.Acknowledged());
        _links.Node.Tell(new NodeProtocol.PartReport("runners", _ledger.Steps, DescribeWaiting(), status));
    }

    private string DescribeWaiting()
    {
        if (!MayRun)
        {
            return "the end of the run";
        }

        return _leases.Count == 0
            ? "a runner index from the training singleton (is a node with the role learner up?)"
            : _ledger.DescribeWaiting();
    }

    private sealed record PauseEnded(int Index);

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}

/// <summary>Whom a pool and its runners talk to.</summary>
/// <param name="Region">The replay shards' region.</param>
/// <param name="Mirror">The node's policy mirror.</param>
/// <param name="Training">The training singleton, which is told everything that concerns the run.</param>
/// <param name="Node">The node's actor, which is told where the runners stand.</param>
public sealed record RunnerPoolLinks(IActorRef Region, IActorRef Mirror, IActorRef Training, IActorRef Node)
{
    /// <summary>Where fragments come from instead of environments; null for environments.</summary>
    public IFragmentSource? Source { get; init; }
}
