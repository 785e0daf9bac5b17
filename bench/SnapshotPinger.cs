using System.Diagnostics;
using Akka.Actor;

namespace DqnAkka.Bench;

/// <summary>Sends a ping to each mirror's process every 10 ms and keeps the round-trip times.</summary>
internal sealed class SnapshotPinger : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);
    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;
    private readonly IActorRef _hearer;
    private readonly ActorSystem _system;
    private long _begun = long.MaxValue;

    /// <summary>Starts.</summary>
    /// <param name="system">The measuring process's system.</param>
    /// <param name="echoes">Whom to ping.</param>
    public SnapshotPinger(ActorSystem system, IReadOnlyList<ActorPath> echoes)
    {
        _system = system;
        IActorRef[] targets = [.. echoes.Select(path => system.ActorSelection(path).ResolveOne(TimeSpan.FromSeconds(10)).Result)];
        _hearer = system.ActorOf(Props.Create(() => new Hearer(this)).WithDispatcher("akka.actor.internal-dispatcher"));
        _thread = new Thread(() => Ping(targets)) { IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Pings sent from now on count.</summary>
    public void Begin() => Volatile.Write(ref _begun, Stopwatch.GetTimestamp());

    /// <summary>Stops.</summary>
    /// <returns>The round-trip times in milliseconds, sorted.</returns>
    public double[] End()
    {
        _end.Set();
        _thread.Join();
        lock (_lock)
        {
            return [.. _milliseconds.Order()];
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        End();
        _system.Stop(_hearer);
        _end.Dispose();
    }

    private void Ping(IActorRef[] targets)
    {
        while (!_end.Wait(Period))
        {
            foreach (IActorRef target in targets)
            {
                target.Tell(new Identify(Stopwatch.GetTimestamp()), _hearer);
            }
        }
    }

    private void Hear(long sent)
    {
        if (sent >= Volatile.Read(ref _begun))
        {
            double milliseconds = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            lock (_lock)
            {
                _milliseconds.Add(milliseconds);
            }
        }
    }

    private sealed class Hearer : ReceiveActor
    {
        public Hearer(SnapshotPinger pinger) => Receive<ActorIdentity>(identity => pinger.Hear((long)identity.MessageId));
    }
}
