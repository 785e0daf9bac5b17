using System.Diagnostics;
using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Steps a vector of environments on the newest policy snapshot, one fragment a message, as far as the shards' credit goes.
/// Fails with the environment's own exception; its parent starts it again with the same index.
/// </summary>
public sealed class EnvironmentRunnerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromMilliseconds(100);
    private readonly int _index;
    private readonly TrainingOptions _options;
    private readonly IActorRef _region;
    private readonly IActorRef _mirror;
    private readonly IActorRef _progress;
    private readonly FragmentCollector _collector;
    private readonly ExplorationSchedule _exploration;
    private readonly ShardLinks _links;
    private readonly List<double> _returns = [];
    private PolicySnapshot? _snapshot;
    private bool _stepPending;
    private long _steps;
    private long _unreportedSteps;
    private long _lastReport;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public EnvironmentRunnerActor(int index, int attempt, NetworkLayout layout, TrainingOptions options, RunnerLinks links)
    {
        _index = index;
        _options = options;
        _region = links.Region;
        _mirror = links.Mirror;
        _progress = links.Progress;
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(options.Environment, options.Runner.Environments);
        _collector = new FragmentCollector(environment, layout, options, index, attempt);
        _exploration = new ExplorationSchedule(options.Exploration, options.Runner.Count);
        _links = new ShardLinks(index, Incarnations.Next(), options.Replay.Shards);
        Receive<PolicySnapshot>(OnPolicySnapshot);
        Receive<ReplayProtocol.Credit>(OnCredit);
        Receive<Step>(_ => OnStep());
        Receive<ProbeTick>(_ => OnProbeTick());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a runner.</summary>
    /// <param name="index">Its index, 0 … N − 1.</param>
    /// <param name="attempt">How often a runner of this index was started before.</param>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom it talks to.</param>
    public static Props CreateProps(int index, int attempt, NetworkLayout layout, TrainingOptions options, RunnerLinks links) =>
        Props.Create(() => new EnvironmentRunnerActor(index, attempt, layout, options, links)).WithDispatcher(Dispatchers.Runner);

    /// <inheritdoc />
    protected override void PreStart()
    {
        _mirror.Tell(SnapshotProtocol.Subscribe.Instance);
        SendDueProbes();
        Timers.StartPeriodicTimer(nameof(ProbeTick), ProbeTick.Instance, ProbePeriod);
    }

    /// <inheritdoc />
    protected override void PostStop() => Report();

    // Several runners share the steps of a run about equally; the snapshot's count keeps a restarted runner from exploring anew.
    private double Epsilon => _exploration.Epsilon(_index, Math.Max(_steps * _options.Runner.Count, _snapshot?.Steps ?? 0));

    private void OnPolicySnapshot(PolicySnapshot snapshot)
    {
        _snapshot = snapshot;
        _collector.Load(snapshot.Parameters);
        Sender.Tell(SnapshotProtocol.Consumed.Instance);
        StepIfPossible();
    }

    private void OnCredit(ReplayProtocol.Credit credit)
    {
        foreach (ReplayProtocol.Insert insert in _links.Apply(credit))
        {
            _region.Tell(insert);
        }

        StepIfPossible();
    }

    private void OnStep()
    {
        _stepPending = false;
        (TransitionBatch batch, int steps) = _collector.Collect(_options.Runner.Fragment, Epsilon, _returns);
        _steps += steps;
        _unreportedSteps += steps;
        _region.Tell(_links.Send(batch, steps));
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
    }

    private void SendDueProbes()
    {
        foreach (ReplayProtocol.CreditProbe probe in _links.DueProbes())
        {
            _region.Tell(probe);
        }
    }

    private void StepIfPossible()
    {
        if (!_stepPending && _snapshot is not null && _links.CanSend)
        {
            _stepPending = true;
            Self.Tell(Step.Instance);
        }
    }

    private void Report()
    {
        _lastReport = Stopwatch.GetTimestamp();
        if (_unreportedSteps == 0)
        {
            return;
        }

        _progress.Tell(new ProgressProtocol.RunnerReport(_index, _unreportedSteps, Epsilon, [.. _returns], []));
        _unreportedSteps = 0;
        _returns.Clear();
    }

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
}

/// <summary>Whom a runner talks to.</summary>
/// <param name="Region">The replay shards' region.</param>
/// <param name="Mirror">The node's policy mirror.</param>
/// <param name="Progress">The Progress actor.</param>
public sealed record RunnerLinks(IActorRef Region, IActorRef Mirror, IActorRef Progress);
