using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The learner's side of the group, on a thread of its own, so that vectors travel while the learner computes.</summary>
internal sealed class ReplicaGroupActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1.0 / ReplicaGroup.TicksPerSecond);
    private readonly ReplicaGroup _group;
    private readonly ReplicaExchange _exchange;
    private readonly ReplicaGroupReport _report;
    private int _ticks;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public ReplicaGroupActor(LearnerOptions options, ReplicaExchange exchange, IActorRef progress)
    {
        _exchange = exchange;
        IActorContext context = Context;
        _group = new ReplicaGroup(
            options,
            exchange,
            Self,
            Akka.Serialization.Serialization.SerializedActorPath(Self),
            (replica, isWatched) => _ = isWatched ? context.Watch(replica) : context.Unwatch(replica),
            line => progress.Tell(new ProgressProtocol.Notice(line)));
        _report = new ReplicaGroupReport(_group);
        Receive<Attach>(message => _group.Attach(message.Identity));
        Receive<Admit>(message => _group.Admit(message.Admission));
        Receive<Begin>(message => _group.Begin(message.Attempt));
        Receive<Reduce>(message => _group.Reduce(message.Attempt));
        Receive<ReplicaProtocol.JoinGroup>(message => _group.Offer(message, Sender));
        Receive<ReplicaProtocol.StateReceived>(message => _group.Take(message, Sender));
        Receive<ReplicaProtocol.RowsReceived>(message => _group.Take(message, Sender));
        Receive<ReplicaProtocol.Segment>(message => _group.Take(message, Sender));
        Receive<ReplicaProtocol.SegmentReceived>(message => _group.Take(message));
        Receive<ReplicaProtocol.StepComputed>(message => _group.Take(message, Sender));
        Receive<ReplicaProtocol.Alive>(message => _group.Take(message, Sender));
        Receive<Terminated>(terminated => _group.Lose(terminated.ActorRef));
        Receive<Tick>(_ => OnTick());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the group's actor.</summary>
    /// <param name="options">The learner's options.</param>
    /// <param name="exchange">The way to the learner's thread.</param>
    /// <param name="progress">Who hears of the group's size.</param>
    public static Props CreateProps(LearnerOptions options, ReplicaExchange exchange, IActorRef progress) =>
        Props.Create(() => new ReplicaGroupActor(options, exchange, progress)).WithDispatcher(Dispatchers.Exchange);

    /// <inheritdoc />
    protected override void PreStart()
    {
        _exchange.IsClosed = false;
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickPeriod);
    }

    /// <inheritdoc />
    protected override void PostStop() => _group.Close();

    private void OnTick()
    {
        _group.Tick();
        if (++_ticks % ReplicaGroup.TicksPerSecond == 0)
        {
            _exchange.Status = _report.Next();
        }
    }

    /// <summary>A learner begins, or has another state than its replicas.</summary>
    internal sealed record Attach(ReplicaIdentity Identity);

    /// <summary>The learner gives its state to those who wait.</summary>
    internal sealed record Admit(StateHandover Admission);

    /// <summary>The learner begins an attempt of a step.</summary>
    internal sealed record Begin(StepAttempt Attempt);

    /// <summary>The learner's own part of an attempt is there.</summary>
    internal sealed record Reduce(StepAttempt Attempt);

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
