using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;

namespace DqnAkka.Actors;

/// <summary>
/// Sends the learner's snapshots over the cluster's pub/sub, never more than a few ahead of the slowest mirror that is alive, and
/// repeats the newest manifest, since pub/sub delivers at most once and remembers nothing.
/// </summary>
public sealed class SnapshotPublisherActor : ReceiveActor, IWithTimers
{
    private const int Window = 4;
    private readonly SnapshotOptions _options;
    private readonly IActorRef _mediator;
    private readonly Dictionary<IActorRef, long> _received = [];
    private PolicySnapshot? _newest;
    private SnapshotProtocol.Manifest? _manifest;
    private PolicySnapshot? _waiting;
    private IActorRef _waitingLearner = ActorRefs.Nobody;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public SnapshotPublisherActor(SnapshotOptions options)
    {
        _options = options;
        _mediator = DistributedPubSub.Get(Context.System).Mediator;
        Receive<SnapshotProtocol.Publish>(OnPublish);
        Receive<SnapshotProtocol.Received>(OnReceived);
        Receive<SnapshotProtocol.SnapshotRequest>(_ => OnSnapshotRequest());
        Receive<RepeatManifest>(_ => OnRepeatManifest());
        Receive<Terminated>(OnTerminated);
        Receive<SubscribeAck>(_ => { });
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a publisher.</summary>
    /// <param name="options">Chunk size and period of the manifest.</param>
    public static Props CreateProps(SnapshotOptions options) => Props.Create(() => new SnapshotPublisherActor(options));

    /// <inheritdoc />
    protected override void PreStart()
    {
        _mediator.Tell(new Subscribe(SnapshotProtocol.RequestTopic, Self));
        Timers.StartPeriodicTimer(nameof(RepeatManifest), RepeatManifest.Instance, TimeSpan.FromSeconds(_options.ManifestSeconds));
    }

    private bool IsWindowFull => _newest is not null && _received.Values.Any(version => _newest.Version - version >= Window);

    private void OnPublish(SnapshotProtocol.Publish publish)
    {
        // A learner that restarted numbers its versions anew, so what the mirrors had of the old ones says nothing.
        if (_newest is not null && publish.Snapshot.Generation != _newest.Generation)
        {
            _received.Clear();
        }

        // The newest alone is worth sending; what waited, perhaps of a learner that is gone, must not follow it.
        _waiting = null;
        if (IsWindowFull)
        {
            _waiting = publish.Snapshot;
            _waitingLearner = Sender;
            return;
        }

        Send(publish.Snapshot);
        Sender.Tell(SnapshotProtocol.PublishAccepted.Instance);
    }

    private void Send(PolicySnapshot snapshot)
    {
        _newest = snapshot;
        _manifest = SnapshotWire.Describe(snapshot, _options.ChunkBytes);
        foreach (object piece in Pieces(_manifest, snapshot))
        {
            _mediator.Tell(new Publish(SnapshotProtocol.SnapshotTopic, piece));
        }
    }

    /// <summary>What a mirror needs of a snapshot, in order: the manifest, then the chunks.</summary>
    private IEnumerable<object> Pieces(SnapshotProtocol.Manifest manifest, PolicySnapshot snapshot) =>
        [manifest, .. SnapshotWire.Cut(snapshot, _options.ChunkBytes)];

    private void OnReceived(SnapshotProtocol.Received received)
    {
        if (_newest is null || received.Generation != _newest.Generation)
        {
            return;
        }

        Context.Watch(Sender);
        _received[Sender] = received.Version;
        SendWaiting();
    }

    private void SendWaiting()
    {
        if (_waiting is { } snapshot && !IsWindowFull)
        {
            _waiting = null;
            Send(snapshot);
            _waitingLearner.Tell(SnapshotProtocol.PublishAccepted.Instance);
        }
    }

    private void OnSnapshotRequest()
    {
        if (_newest is null || _manifest is null)
        {
            return;
        }

        foreach (object piece in Pieces(_manifest, _newest))
        {
            Sender.Tell(piece);
        }
    }

    private void OnRepeatManifest()
    {
        if (_manifest is not null)
        {
            _mediator.Tell(new Publish(SnapshotProtocol.SnapshotTopic, _manifest));
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        _received.Remove(terminated.ActorRef);
        SendWaiting();
    }

    private sealed record RepeatManifest
    {
        private RepeatManifest()
        {
        }

        public static RepeatManifest Instance { get; } = new();
    }
}
