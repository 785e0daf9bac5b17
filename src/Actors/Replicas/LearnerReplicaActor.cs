using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// A node's replica of the learner, on a thread of its own: offers itself to the learner wherever that is, and takes part in its steps. On the node that has the
/// training it rests, and makes no trainer. One whose learner is gone waits for the next.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor disposes what it owns in PostStop.")]
internal sealed class LearnerReplicaActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private readonly NetworkLayout _layout;
    private readonly TrainingOptions _options;
    private readonly LearnerReplicaLinks _links;
    private readonly long _incarnation = Incarnations.Next();
    private readonly IActorRef _self = Context.Self;
    private readonly ActorSystem _system = Context.System;
    private readonly int _mostSilentTicks;
    private ReplicaProcess? _process;
    private string _arithmetic = "";
    private bool _isAnswered;
    private int _silentTicks;
    private long _lastGradients;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public LearnerReplicaActor(NetworkLayout layout, TrainingOptions options, LearnerReplicaLinks links)
    {
        _layout = layout;
        _options = options;
        _links = links;
        // A learner that has nothing to train on asks every two seconds.
        _mostSilentTicks = (int)Math.Ceiling(3 * Math.Max(2, options.Learner.ReplicaTimeoutSeconds));
        Receive<Tick>(_ => OnTick());
        Receive<Terminated>(OnTerminated);
        Receive<ReplicaProtocol.JoinGroupRefused>(OnRefused);
        Receive<ReplicaProtocol.State>(OnState);
        Receive<ReplicaProtocol.GroupFormed>(message => Hear(process => process.Take(message)));
        Receive<ReplicaProtocol.StepBegin>(message => Hear(process => process.Take(message)));
        Receive<ReplicaProtocol.Rows>(message => Hear(process => process.Take(message)));
        Receive<ReplicaProtocol.Segment>(message => _process?.Take(message, Sender));
        Receive<ReplicaProtocol.SegmentReceived>(message => _process?.Take(message));
        Receive<ReplicaProtocol.AreYouAlive>(OnAreYouAlive);
        Receive<ReplicaProtocol.Dropped>(OnDropped);
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a replica.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom it talks to.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, LearnerReplicaLinks links) =>
        Props.Create(() => new LearnerReplicaActor(layout, options, links)).WithDispatcher(Dispatchers.Gradient);

    /// <inheritdoc />
    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, TickPeriod);

    /// <summary>Whatever breaks a trainer would break it again, and a replica that comes and goes holds up all others: the node ends, with the cause.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _links.Fail(reason);
        base.PreRestart(reason, message);
    }

    /// <inheritdoc />
    protected override void PostStop() => _process?.Dispose();

    private bool IsOfLearner => _process is not null && Sender.Equals(_process.Learner);

    private void OnTick()
    {
        if (_links.HasTraining())
        {
            Leave();
            _process?.Dispose();
            _process = null;
            return;
        }

        if ((_process ??= CreateProcess()) is not { } process)
        {
            Context.Stop(Self);
            return;
        }

        if (++_silentTicks > _mostSilentTicks)
        {
            Leave();
        }

        if (process.Epoch == 0 && !process.IsJoining)
        {
            string name = $"replica at {NodeAddress.Format(((ExtendedActorSystem)_system).Provider.DefaultAddress)}";
            // Above all epochs that it has seen, so that a learner whose clock is behind another's gives larger ones still.
            long incarnation = Math.Max(_incarnation, process.JoiningEpoch);
            _links.Training.Tell(new ReplicaProtocol.JoinGroup(name, incarnation, _layout.Description, _layout.Length, _arithmetic), Self);
        }

        Report(process);
    }

    private ReplicaProcess? CreateProcess()
    {
        try
        {
            IGradientTrainer trainer = _links.CreateTrainer();
            _arithmetic = trainer.Arithmetic;
            return new ReplicaProcess(trainer, _options.Learner.BatchSize, _self, path => ((ExtendedActorSystem)_system).Provider.ResolveActorRef(path));
        }
        catch (LearnerException exception)
        {
            _links.Fail(exception);
            return null;
        }
    }

    private void OnState(ReplicaProtocol.State state)
    {
        if (_process is not { } process)
        {
            return;
        }

        IActorRef before = process.Learner;
        process.Take(state, Sender);
        if (!before.Equals(process.Learner))
        {
            Unwatch(before);
            Context.Watch(process.Learner);
        }

        _silentTicks = IsOfLearner ? 0 : _silentTicks;
        _isAnswered = true;
    }

    private void Hear(Action<ReplicaProcess> take)
    {
        if (IsOfLearner)
        {
            _silentTicks = 0;
            take(_process!);
        }
    }

    private void OnAreYouAlive(ReplicaProtocol.AreYouAlive question)
    {
        _silentTicks = IsOfLearner ? 0 : _silentTicks;
        Sender.Tell(new ReplicaProtocol.Alive(IsOfLearner ? _process!.Epoch : 0, question.Number));
    }

    private void OnDropped(ReplicaProtocol.Dropped dropped)
    {
        // One of an earlier group, on its way while the state of the next came, says nothing of that.
        if (IsOfLearner && !(_process!.IsJoining && dropped.Epoch < _process.JoiningEpoch))
        {
            Leave();
        }
    }

    private void OnRefused(ReplicaProtocol.JoinGroupRefused refused)
    {
        _isAnswered = true;
        if (refused.Fault.Length > 0)
        {
            _links.Fail(new ReplicaRefusedException(refused.Fault));
            Context.Stop(Self);
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_process is not null && terminated.ActorRef.Equals(_process.Learner))
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (_process is not { } process)
        {
            return;
        }

        Unwatch(process.Learner);
        process.Leave();
        _silentTicks = 0;
        _isAnswered = false;
    }

    private static void Unwatch(IActorRef learner)
    {
        if (!learner.IsNobody())
        {
            Context.Unwatch(learner);
        }
    }

    private void Report(ReplicaProcess process)
    {
        double rate = (process.Gradients - _lastGradients) / TickPeriod.TotalSeconds;
        _lastGradients = process.Gradients;
        _links.Node.Tell(new NodeProtocol.PartReport(
            "replica",
            process.Gradients,
            process.Epoch == 0 && !process.IsJoining && !_isAnswered ? "a learner that takes it as a replica" : "",
            new GradientMemberStatus(-1, process.Epoch, process.Updates, process.Gradients, rate)));
    }

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}

/// <summary>Whom a replica talks to.</summary>
/// <param name="Training">The way to the training, wherever it is.</param>
/// <param name="Node">The node's actor.</param>
/// <param name="CreateTrainer">Makes its trainer.</param>
internal sealed record LearnerReplicaLinks(IActorRef Training, IActorRef Node, Func<IGradientTrainer> CreateTrainer)
{
    /// <summary>Whether the training is on this node.</summary>
    public Func<bool> HasTraining { get; init; } = () => false;

    /// <summary>Ends the node's part in the run.</summary>
    public Action<Exception> Fail { get; init; } = _ => { };
}
