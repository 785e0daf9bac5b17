using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;

namespace DqnAkka.Actors;

/// <summary>
/// One on each node: assembles the snapshots that come over pub/sub and hands the newest to the node's runners and evaluator,
/// all of them the same immutable reference, at most one underway to each. What it lacks it asks the training for, whose singleton
/// proxy knows the way sooner than pub/sub does on a node that has just joined.
/// </summary>
public sealed class PolicyMirrorActor : ReceiveActor, IWithTimers
{
    private const int TicksPerReport = 1000 / RequestSchedule.TickMilliseconds;
    private readonly IActorRef _node;
    private readonly IActorRef _training;
    private readonly int _length;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SnapshotAssembly _assembly;
    private readonly RequestSchedule _requests = new();
    private readonly Dictionary<IActorRef, Subscriber> _subscribers = [];
    private TimeSpan _newestSince;
    private int _refusedLength;
    private long _taken;
    private int _ticks;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public PolicyMirrorActor(IActorRef node, IActorRef training, int length)
    {
        _node = node;
        _training = training;
        _length = length;
        _assembly = new SnapshotAssembly(length);
        Receive<SnapshotProtocol.Manifest>(OnManifest);
        Receive<SnapshotProtocol.Chunk>(OnChunk);
        Receive<SnapshotProtocol.Subscribe>(_ => OnSubscribe());
        Receive<SnapshotProtocol.Consumed>(_ => OnConsumed());
        Receive<Terminated>(terminated => _subscribers.Remove(terminated.ActorRef));
        Receive<Tick>(_ => OnTick());
        Receive<SubscribeAck>(_ => Request());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a mirror.</summary>
    /// <param name="node">The node's actor, which hears of the mirror once a second.</param>
    /// <param name="training">The way to the training, which passes requests on to the publisher.</param>
    /// <param name="length">Number of parameters of the network.</param>
    public static Props CreateProps(IActorRef node, IActorRef training, int length) =>
        Props.Create(() => new PolicyMirrorActor(node, training, length));

    /// <inheritdoc />
    protected override void PreStart()
    {
        DistributedPubSub.Get(Context.System).Mediator.Tell(new Subscribe(SnapshotProtocol.SnapshotTopic, Self));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.FromMilliseconds(RequestSchedule.TickMilliseconds));
    }

    private void OnManifest(SnapshotProtocol.Manifest manifest)
    {
        if (!_assembly.Fits(manifest))
        {
            Refuse(manifest);
            return;
        }

        Incarnations.Observe(manifest.Generation);
        bool wasIdle = _assembly.Awaited is null;
        SnapshotProtocol.Received? answer = _assembly.Take(manifest);
        if (answer is not null)
        {
            Sender.Tell(answer);
        }

        // Only what begins from rest: manifests that go on cancelling each other are no progress, and the mirror asks.
        if (wasIdle && _assembly.Awaited is not null)
        {
            _requests.Progress();
        }
    }

    private void Refuse(SnapshotProtocol.Manifest manifest)
    {
        if (_refusedLength != manifest.Length)
        {
            _refusedLength = manifest.Length;
            _log.Warning(
                "A policy snapshot of {Length} parameters from {Publisher} was refused: this node's network has {Expected}; give all nodes the same dqn.environment and dqn.network",
                manifest.Length,
                Sender,
                _length);
        }
    }

    private void OnChunk(SnapshotProtocol.Chunk chunk)
    {
        int before = _assembly.Present;
        if (_assembly.Take(chunk) is not { } answer)
        {
            return;
        }

        _taken += answer.Chunks - before;
        _requests.Progress();
        Sender.Tell(answer);
        if (answer.IsWhole)
        {
            _newestSince = Context.System.Scheduler.MonotonicClock;
            foreach ((IActorRef reference, Subscriber subscriber) in _subscribers)
            {
                Hand(reference, subscriber);
            }
        }
    }

    private void OnSubscribe()
    {
        Context.Watch(Sender);
        Subscriber subscriber = new();
        _subscribers[Sender] = subscriber;
        Hand(Sender, subscriber);
    }

    private void OnConsumed()
    {
        if (_subscribers.TryGetValue(Sender, out Subscriber? subscriber))
        {
            subscriber.IsBusy = false;
            Hand(Sender, subscriber);
        }
    }

    private void Hand(IActorRef reference, Subscriber subscriber)
    {
        if (!subscriber.IsBusy && _assembly.Newest is { } newest && newest.IsNewerThan(subscriber.Last))
        {
            subscriber.IsBusy = true;
            subscriber.Last = newest;
            reference.Tell(newest);
        }
    }

    private void OnTick()
    {
        if (_requests.Tick(isLacking: _assembly.Newest is null || _assembly.Awaited is not null))
        {
            Request();
        }

        if (++_ticks % TicksPerReport == 0)
        {
            Report();
        }
    }

    private void Request() => _training.Tell(SnapshotProtocol.SnapshotRequest.Instance);

    private void Report()
    {
        MirrorStatus status = _assembly.Newest is { } newest
            ? new MirrorStatus(newest.Generation, newest.Version, Context.System.Scheduler.MonotonicClock - _newestSince)
            : new MirrorStatus(0, 0, TimeSpan.Zero);
        _node.Tell(new NodeProtocol.PartReport("mirror", _taken, WaitsFor(), status));
    }

    private string WaitsFor() => _assembly switch
    {
        { Awaited: { } awaited } =>
            $"{awaited.Chunks - _assembly.Present} of {awaited.Chunks} chunks of policy snapshot {awaited.Version} from the learner",
        { Newest: null } => "a policy snapshot from the learner",
        _ => "",
    };

    private sealed class Subscriber
    {
        public bool IsBusy { get; set; }

        public PolicySnapshot? Last { get; set; }
    }

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
