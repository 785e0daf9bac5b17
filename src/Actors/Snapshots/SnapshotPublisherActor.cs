using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;

namespace DqnAkka.Actors;

/// <summary>
/// Sends the learner's snapshots over the cluster's pub/sub, as far as the mirrors' answers allow, and repeats the newest manifest,
/// since pub/sub delivers at most once and remembers nothing. What goes when to whom is decided by <see cref="SnapshotBroadcast{TMirror}"/>.
/// </summary>
public sealed class SnapshotPublisherActor : ReceiveActor, IWithTimers
{
    private readonly SnapshotOptions _options;
    private readonly SnapshotBroadcast<IActorRef> _broadcast;
    private IActorRef _learner = ActorRefs.Nobody;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public SnapshotPublisherActor(SnapshotOptions options)
    {
        _options = options;
        _broadcast = new SnapshotBroadcast<IActorRef>(
            options.ChunkBytes, options.ChunkWindow, new Channel(this, DistributedPubSub.Get(Context.System).Mediator, Self));
        Receive<SnapshotProtocol.Publish>(OnPublish);
        Receive<SnapshotProtocol.Received>(OnReceived);
        Receive<SnapshotProtocol.SnapshotRequest>(_ => OnSnapshotRequest());
        Receive<RepeatManifest>(_ => _broadcast.Repeat());
        Receive<Tick>(_ => _broadcast.Tick());
        Receive<Terminated>(terminated => _broadcast.Remove(terminated.ActorRef));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a publisher.</summary>
    /// <param name="options">Chunks, and the period of the manifest.</param>
    public static Props CreateProps(SnapshotOptions options) => Props.Create(() => new SnapshotPublisherActor(options));

    /// <inheritdoc />
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(RepeatManifest), RepeatManifest.Instance, TimeSpan.FromSeconds(_options.ManifestSeconds));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.FromMilliseconds(SnapshotBroadcast<IActorRef>.TickMilliseconds));
    }

    private void OnPublish(SnapshotProtocol.Publish publish)
    {
        _learner = Sender;
        _broadcast.Publish(publish.Snapshot);
    }

    private void OnReceived(SnapshotProtocol.Received received)
    {
        Context.Watch(Sender);
        _broadcast.Receive(Sender, received);
    }

    private void OnSnapshotRequest()
    {
        Context.Watch(Sender);
        _broadcast.Request(Sender);
    }

    private sealed class Channel(SnapshotPublisherActor publisher, IActorRef mediator, IActorRef self) : ISnapshotChannel<IActorRef>
    {
        public void Broadcast(IWireMessage piece) => mediator.Tell(new Publish(SnapshotProtocol.SnapshotTopic, piece), self);

        public void Send(IActorRef mirror, IWireMessage piece) => mirror.Tell(piece, self);

        public void Accept() => publisher._learner.Tell(SnapshotProtocol.PublishAccepted.Instance, self);

        public void TellNewerGeneration(long generation) =>
            publisher._learner.Tell(new SnapshotProtocol.NewerGenerationSeen(generation), self);
    }

    private sealed record RepeatManifest
    {
        private RepeatManifest()
        {
        }

        public static RepeatManifest Instance { get; } = new();
    }

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
