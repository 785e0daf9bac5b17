using Akka.Actor;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>Answers pings, which are Akka's own messages of who is there.</summary>
internal sealed class SnapshotEcho : ReceiveActor;

/// <summary>Tells the collector of each snapshot that its node's mirror hands out.</summary>
internal sealed class SnapshotReporter : ReceiveActor
{
    public SnapshotReporter(IActorRef mirror, IActorRef collector)
    {
        mirror.Tell(SnapshotProtocol.Subscribe.Instance);
        // Makes itself known.
        collector.Tell(new SnapshotProtocol.Received(0, 0, 0, IsWhole: false));
        Receive<PolicySnapshot>(snapshot =>
        {
            collector.Tell(new SnapshotProtocol.Received(snapshot.Generation, snapshot.Version, 0, IsWhole: true));
            Sender.Tell(SnapshotProtocol.Consumed.Instance);
        });
    }
}

/// <summary>Stands for the learner and for the way to the training.</summary>
internal sealed class SnapshotCollector : ReceiveActor
{
    private IActorRef _publisher = ActorRefs.Nobody;

    public SnapshotCollector(SnapshotMeter meter)
    {
        meter.Collector = Self;
        Receive<SnapshotMeter.PublishBy>(message =>
        {
            _publisher = message.Publisher;
            _publisher.Tell(new SnapshotProtocol.Publish(message.Snapshot));
        });
        Receive<SnapshotProtocol.SnapshotRequest>(request => _publisher.Forward(request));
        Receive<SnapshotProtocol.Received>(received => meter.Hear(Sender, received));
        Receive<SnapshotProtocol.PublishAccepted>(_ => { });
    }
}
