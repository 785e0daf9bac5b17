using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;

namespace DqnAkka.Actors;

/// <summary>
/// One on each node: assembles the snapshots that come over pub/sub and hands the newest to the node's runners and evaluator,
/// all of them the same immutable reference, at most one underway to each.
/// </summary>
public sealed class PolicyMirrorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RequestPeriod = TimeSpan.FromSeconds(1);
    private readonly IActorRef _mediator;
    private readonly SnapshotAssembly _assembly = new();
    private readonly Dictionary<IActorRef, Subscriber> _subscribers = [];
    private PolicySnapshot? _newest;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public PolicyMirrorActor()
    {
        _mediator = DistributedPubSub.Get(Context.System).Mediator;
        Receive<SnapshotProtocol.Manifest>(OnManifest);
        Receive<SnapshotProtocol.Chunk>(OnChunk);
        Receive<SnapshotProtocol.Subscribe>(_ => OnSubscribe());
        Receive<SnapshotProtocol.Consumed>(_ => OnConsumed());
        Receive<Terminated>(terminated => _subscribers.Remove(terminated.ActorRef));
        Receive<RequestTick>(_ => OnRequestTick());
        Receive<SubscribeAck>(_ => Request());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a mirror.</summary>
    public static Props CreateProps() => Props.Create(() => new PolicyMirrorActor());

    /// <inheritdoc />
    protected override void PreStart()
    {
        _mediator.Tell(new Subscribe(SnapshotProtocol.SnapshotTopic, Self));
        Timers.StartPeriodicTimer(nameof(RequestTick), RequestTick.Instance, RequestPeriod);
    }

    private void OnManifest(SnapshotProtocol.Manifest manifest)
    {
        if (_newest is not null && (manifest.Generation, manifest.Version).CompareTo((_newest.Generation, _newest.Version)) <= 0)
        {
            // A repeated manifest of what is held already: a publisher that restarted learns that this mirror is there.
            Sender.Tell(new SnapshotProtocol.Received(_newest.Generation, _newest.Version, manifest.Chunks, IsWhole: true));
            return;
        }

        _assembly.Begin(manifest);
    }

    private void OnChunk(SnapshotProtocol.Chunk chunk)
    {
        if (_assembly.Add(chunk) is not { } snapshot || !snapshot.IsNewerThan(_newest))
        {
            return;
        }

        _newest = snapshot;
        Sender.Tell(new SnapshotProtocol.Received(snapshot.Generation, snapshot.Version, chunk.Index + 1, IsWhole: true));
        foreach ((IActorRef reference, Subscriber subscriber) in _subscribers)
        {
            Hand(reference, subscriber);
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
        if (!subscriber.IsBusy && _newest is not null && _newest.IsNewerThan(subscriber.Last))
        {
            subscriber.IsBusy = true;
            subscriber.Last = _newest;
            reference.Tell(_newest);
        }
    }

    private void OnRequestTick()
    {
        // Still awaiting what was announced a period ago means that a chunk was lost.
        if (_newest is null || _assembly.Awaited is not null)
        {
            Request();
        }
    }

    private void Request() => _mediator.Tell(new Publish(SnapshotProtocol.RequestTopic, SnapshotProtocol.SnapshotRequest.Instance));

    private sealed class Subscriber
    {
        public bool IsBusy { get; set; }

        public PolicySnapshot? Last { get; set; }
    }

    private sealed record RequestTick
    {
        private RequestTick()
        {
        }

        public static RequestTick Instance { get; } = new();
    }
}
