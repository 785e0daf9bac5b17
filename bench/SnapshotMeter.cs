using Akka.Actor;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>Which mirrors are there, and which of them have the snapshot published last.</summary>
/// <param name="mirrors">Mirrors in all.</param>
internal sealed class SnapshotMeter(int mirrors) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<IActorRef> _reporters = [];
    private readonly HashSet<IActorRef> _have = [];
    private readonly ManualResetEventSlim _allAreThere = new();
    private readonly ManualResetEventSlim _allHaveIt = new();
    private PolicySnapshot? _published;

    /// <summary>The actor that publishes and hears of the mirrors.</summary>
    public IActorRef Collector { get; set; } = ActorRefs.Nobody;

    /// <summary>The paths of the actors that answer pings.</summary>
    public IReadOnlyList<ActorPath> Echoes
    {
        get
        {
            lock (_lock)
            {
                return [.. _reporters.Select(reporter => reporter.Path.Parent / SnapshotNode.EchoName)];
            }
        }
    }

    /// <summary>A mirror's node reports.</summary>
    public void Hear(IActorRef reporter, SnapshotProtocol.Received received)
    {
        lock (_lock)
        {
            if (_reporters.Add(reporter) && _reporters.Count == mirrors)
            {
                _allAreThere.Set();
            }

            bool isPublished = _published is { } published && (received.Generation, received.Version) == (published.Generation, published.Version);
            if (isPublished && _have.Add(reporter) && _have.Count == mirrors)
            {
                _allHaveIt.Set();
            }
        }
    }

    /// <summary>Waits until every mirror's process is there.</summary>
    public void WaitForMirrors(TimeSpan patience) => Wait(_allAreThere, patience, "the mirrors' processes");

    /// <summary>Publishes, and waits until every mirror has it.</summary>
    public void Publish(IActorRef publisher, PolicySnapshot snapshot, TimeSpan patience)
    {
        lock (_lock)
        {
            _published = snapshot;
            _have.Clear();
            _allHaveIt.Reset();
        }

        Collector.Tell(new PublishBy(publisher, snapshot));
        Wait(_allHaveIt, patience, $"snapshot {snapshot.Version} at every mirror");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _allAreThere.Dispose();
        _allHaveIt.Dispose();
    }

    private static void Wait(ManualResetEventSlim happened, TimeSpan patience, string what)
    {
        if (!happened.Wait(patience))
        {
            throw new InvalidOperationException($"waited {patience.TotalSeconds:F0} s in vain for {what}");
        }
    }

    /// <summary>Asks the collector to publish.</summary>
    internal sealed record PublishBy(IActorRef Publisher, PolicySnapshot Snapshot);
}
