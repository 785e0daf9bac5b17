using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Event;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Steps a vector of environments on the newest policy snapshot (or reads a source of stored transitions), one fragment a message, as far
/// as the shards' credit goes. Fails with the environment's own exception; its parent starts it again with the same index.
/// </summary>
public sealed class EnvironmentRunnerActor : ReceiveActor, IWithTimers
{
    private const string RenewalPause = "renewal-pause";
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestRenewal = TimeSpan.FromSeconds(1);
    private readonly int _index;
    private readonly TrainingOptions _options;
    private readonly IActorRef _mirror;
    private readonly IActorRef _pool;
    private readonly IFragmentSource _source;
    private readonly FragmentPost _post;
    private readonly ShardLinks _links;
    private readonly List<double> _returns = [];
    private ExplorationSchedule _exploration;
    private int _total;
    private PolicySnapshot? _snapshot;
    private bool _stepPending;
    private bool _isThrough;
    private long _steps;
    private long _transitions;
    private long _unreportedSteps;
    private long? _stepsBefore;
    private long _lastReport;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public EnvironmentRunnerActor(RunnerProtocol.RunnerLease lease, int total, NetworkLayout layout, TrainingOptions options, RunnerLinks links)
    {
        _index = lease.Index;
        _options = options;
        _mirror = links.Mirror;
        _pool = links.Pool;
        _post = new FragmentPost(links.Region, options.Replay.Shards);
        _source = links.Source ?? Collector(layout, lease);
        _exploration = Climb(total);
        _links = new ShardLinks(lease.Index, Incarnations.Next(), options.Replay.Shards);
        Receive<PolicySnapshot>(OnPolicySnapshot);
        Receive<ReplayProtocol.Credit>(OnCredit);
        Receive<ReplayProtocol.CreditRefused>(OnCreditRefused);
        Receive<ReplayProtocol.InsertRefused>(OnInsertRefused);
        Receive<RunnerProtocol.Ladder>(ladder => _exploration = Climb(ladder.Total));
        Receive<Step>(_ => OnStep());
        Receive<ProbeTick>(_ => OnProbeTick());
        Receive<RenewalPauseEnded>(_ => { });
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a runner.</summary>
    /// <param name="lease">Its index, and the number of this start, on which its random numbers depend.</param>
    /// <param name="total">Runners in the whole cluster, N of the ladder.</param>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom it talks to.</param>
    public static Props CreateProps(RunnerProtocol.RunnerLease lease, int total, NetworkLayout layout, TrainingOptions options, RunnerLinks links) =>
        Props.Create(() => new EnvironmentRunnerActor(lease, total, layout, options, links)).WithDispatcher(Dispatchers.Runner);

    /// <inheritdoc />
    protected override void PreStart()
    {
        _mirror.Tell(SnapshotProtocol.Subscribe.Instance);
        SendDueProbes();
        Timers.StartPeriodicTimer(nameof(ProbeTick), ProbeTick.Instance, ProbePeriod);
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        Report();
        if (_source is FragmentCollector own)
        {
            own.Dispose();
        }
    }

    // Several runners share the steps of a run about equally; the first snapshot's count keeps a runner that is restarted, or resumed, from
    // exploring anew, also as long as an empty buffer has no further one made.
    private double Epsilon => _exploration.Epsilon(_index, Math.Max((_stepsBefore ?? 0) + (_steps * _total), _snapshot?.Steps ?? 0));

    private FragmentCollector Collector(NetworkLayout layout, RunnerProtocol.RunnerLease lease)
    {
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(
            _options.Environment, _options.Runner.Environments, PythonLog.To(Context.GetLogger(), $"runner {_index}"));
        return new FragmentCollector(environment, layout, _options, lease.Index, lease.Attempt)
        {
            EpisodesLost = cause => _pool.Tell(new ProgressProtocol.EnvironmentRestarted($"runner {_index}", cause)),
        };
    }

    [MemberNotNull(nameof(_exploration))]
    private ExplorationSchedule Climb(int total)
    {
        // While pools come and go, this runner's rung may for a moment lie above the ladder that it is told of.
        _total = Math.Max(total, _index + 1);
        return _exploration = new ExplorationSchedule(_options.Exploration, _total);
    }

    private void OnPolicySnapshot(PolicySnapshot snapshot)
    {
        _snapshot = snapshot;
        _stepsBefore ??= snapshot.Steps;
        _source.Load(snapshot.Parameters);
        Sender.Tell(SnapshotProtocol.Consumed.Instance);
        StepIfPossible();
    }

    private void OnCredit(ReplayProtocol.Credit credit)
    {
        if (credit.Shard >= _links.Count)
        {
            return;
        }

        _post.Locate(credit.Shard, Sender);
        foreach (ReplayProtocol.Insert insert in _links.Apply(credit))
        {
            _post.Send(insert);
        }

        ReportEnd();
        StepIfPossible();
    }

    private void OnCreditRefused(ReplayProtocol.CreditRefused refused)
    {
        Incarnations.Observe(refused.Incarnation);
        // What refuses an incarnation given up already says nothing new. And should another runner of this index live, for as long as
        // it takes the registry to part them, the two must not drive each other on: who may not go on yet is refused again after its next probe.
        if (refused.Incarnation > _links.Incarnation && !Timers.IsTimerActive(RenewalPause))
        {
            Timers.StartSingleTimer(RenewalPause, RenewalPauseEnded.Instance, ShortestRenewal);
            _links.Renew(Incarnations.Next());
            SendDueProbes();
        }
    }

    private void OnInsertRefused(ReplayProtocol.InsertRefused refused)
    {
        // What was refused under a name that was given up is given up too.
        if (refused.Incarnation == _links.Incarnation)
        {
            throw new FragmentRefusedException($"replay shard {refused.Shard} refused what was sent to it: {refused.Fault}");
        }
    }

    private void OnStep()
    {
        _stepPending = false;
        if (!_links.CanSend)
        {
            return;
        }

        if (_source.Collect(_options.Runner.Fragment, Epsilon, _returns) is not var (batch, steps))
        {
            _isThrough = true;
            ReportEnd();
            return;
        }

        _steps += steps;
        _transitions += batch.Count;
        _unreportedSteps += steps;
        _post.Send(_links.Send(batch, steps));
        if (Stopwatch.GetElapsedTime(_lastReport) >= ReportPeriod)
        {
            Report();
        }

        StepIfPossible();
    }

    private void OnProbeTick()
    {
        SendDueProbes();
        Report();
        _pool.Tell(new Standing(_index, _snapshot is not null, [.. _links.Closed], [.. _links.Silent]));
    }

    private void SendDueProbes()
    {
        foreach (ReplayProtocol.CreditProbe probe in _links.DueProbes())
        {
            _post.Send(probe);
        }
    }

    private void StepIfPossible()
    {
        if (!_stepPending && !_isThrough && _snapshot is not null && _links.CanSend)
        {
            _stepPending = true;
            Self.Tell(Step.Instance);
        }
    }

    /// <summary>The source has no more, and the shards have all of it.</summary>
    private void ReportEnd()
    {
        if (_isThrough && _links.InFlight == 0)
        {
            Report();
            _pool.Tell(new SourceEnded(_index, _transitions));
        }
    }

    private void Report()
    {
        _lastReport = Stopwatch.GetTimestamp();
        IReadOnlyList<ProgressProtocol.AcknowledgedTransitions> acknowledged = _links.TakeAcknowledged();
        if (_unreportedSteps == 0 && acknowledged.Count == 0)
        {
            return;
        }

        double[] returns = [.. _returns];
        _returns.Clear();
        int first = Math.Min(returns.Length, ProgressProtocol.MaxReturns);
        _pool.Tell(new ProgressProtocol.RunnerReport(_index, _unreportedSteps, Epsilon, returns[..first], acknowledged));
        _unreportedSteps = 0;
        foreach (double[] further in returns[first..].Chunk(ProgressProtocol.MaxReturns))
        {
            _pool.Tell(new ProgressProtocol.RunnerReport(_index, 0, Epsilon, further, []));
        }
    }

    /// <summary>A runner tells its pool, every two seconds, what it has to go on with.</summary>
    /// <param name="Index">Its index.</param>
    /// <param name="HasPolicy">Whether it has a policy.</param>
    /// <param name="Closed">The shards that grant no credit.</param>
    /// <param name="Silent">Those of them that do not answer either.</param>
    internal sealed record Standing(int Index, bool HasPolicy, IReadOnlyList<int> Closed, IReadOnlyList<int> Silent);

    /// <summary>A runner tells its pool that its source has no more, and that all of it is in the buffer. May be said more than once.</summary>
    /// <param name="Index">Its index.</param>
    /// <param name="Transitions">Transitions that it has inserted.</param>
    internal sealed record SourceEnded(int Index, long Transitions);

    private sealed record Step
    {
        private Step()
        {
        }

        public static Step Instance { get; } = new();
    }

    private sealed record ProbeTick
    {
        private ProbeTick()
        {
        }

        public static ProbeTick Instance { get; } = new();
    }

    private sealed record RenewalPauseEnded
    {
        private RenewalPauseEnded()
        {
        }

        public static RenewalPauseEnded Instance { get; } = new();
    }
}

/// <summary>Whom a runner talks to.</summary>
/// <param name="Region">The replay shards' region.</param>
/// <param name="Mirror">The node's policy mirror.</param>
/// <param name="Pool">Who hears its reports.</param>
public sealed record RunnerLinks(IActorRef Region, IActorRef Mirror, IActorRef Pool)
{
    /// <summary>Where fragments come from instead of environments; null for environments.</summary>
    public IFragmentSource? Source { get; init; }
}
