using System.Diagnostics;
using Akka.Actor;

namespace DqnAkka.Bench;

/// <summary>Round trips of small messages to real nodes, as heartbeats travel, while these learn.</summary>
internal sealed class NodePings : IDisposable
{
    private readonly ActorSystem _system = TransportSystem.Start();
    private readonly TransportMeter _meter = new(payloadBytes: 1);

    /// <summary>Begins to ping.</summary>
    /// <param name="addresses">Hosts and ports of the nodes.</param>
    public NodePings(IEnumerable<string> addresses)
    {
        foreach (string address in addresses)
        {
            ActorSelection node = _system.ActorSelection($"akka.tcp://{Actors.TrainingSession.SystemName}@{address}/user/node");
            _system.ActorOf(Props.Create(() => new NodePing(node, _meter)).WithDispatcher("akka.actor.internal-dispatcher"));
        }
    }

    /// <summary>What counts begins now.</summary>
    public void Begin() => _meter.Begin();

    /// <summary>What counts ends now.</summary>
    public TransportSample End() => _meter.End();

    /// <inheritdoc />
    public void Dispose()
    {
        _system.Terminate().Wait(TimeSpan.FromSeconds(10));
        _system.Dispose();
    }

    /// <summary>Asks a node's actor who it is, every ten milliseconds unless an answer is outstanding.</summary>
    private sealed class NodePing : ReceiveActor, IWithTimers
    {
        private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);
        private static readonly TimeSpan Lost = TimeSpan.FromSeconds(2);
        private long _asked;

        public NodePing(ActorSelection node, TransportMeter meter)
        {
            Receive<Tick>(_ =>
            {
                if (_asked == 0 || Stopwatch.GetElapsedTime(_asked) > Lost)
                {
                    _asked = Stopwatch.GetTimestamp();
                    node.Tell(new Identify(null));
                }
            });
            Receive<ActorIdentity>(_ =>
            {
                meter.AddRoundTrip(Stopwatch.GetElapsedTime(_asked));
                _asked = 0;
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("tick", Tick.Instance, Period);

        private sealed record Tick
        {
            private Tick()
            {
            }

            public static Tick Instance { get; } = new();
        }
    }
}
