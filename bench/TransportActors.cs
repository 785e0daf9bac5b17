using System.Diagnostics;
using Akka.Actor;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>Keeps a few frames in flight: each acknowledgement sends the next.</summary>
internal sealed class TransportSource : ReceiveActor
{
    /// <summary>Called by Akka.</summary>
    public TransportSource(ActorSelection sink, int framesInFlight, Func<long, object> makeFrame, TransportMeter meter)
    {
        long sequence = 0;
        IActorRef? resolved = null;
        Receive<ActorIdentity>(identity =>
        {
            resolved = identity.Subject ?? throw new InvalidOperationException("the peer has no sink");
            while (sequence < framesInFlight)
            {
                resolved.Tell(makeFrame(++sequence));
            }
        });
        Receive<ReplayProtocol.Credit>(_ =>
        {
            meter.CountFrame();
            resolved.Tell(makeFrame(++sequence));
        });
        sink.Tell(new Identify(null));
    }
}

/// <summary>Acknowledges every frame.</summary>
internal sealed class TransportSink : ReceiveActor
{
    /// <summary>Called by Akka.</summary>
    public TransportSink()
    {
        long received = 0;
        Receive<byte[]>(_ => Acknowledge(++received));
        Receive<ReplayProtocol.Insert>(_ => Acknowledge(++received));
    }

    private void Acknowledge(long received) => Sender.Tell(new ReplayProtocol.Credit(0, 1, 1, received, received, false));
}

/// <summary>Sends a small message every ten milliseconds and measures when it comes back.</summary>
internal sealed class TransportPing : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    /// <summary>Called by Akka.</summary>
    public TransportPing(ActorSelection echo, TransportMeter meter)
    {
        IActorRef? resolved = null;
        Receive<ActorIdentity>(identity => resolved = identity.Subject);
        Receive<Tick>(_ => resolved?.Tell(new ReplayProtocol.CreditProbe(0, 0, 1, Stopwatch.GetTimestamp())));
        Receive<ReplayProtocol.CreditProbe>(pong => meter.AddRoundTrip(Stopwatch.GetElapsedTime(pong.FirstUnacknowledged)));
        echo.Tell(new Identify(null));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart() => Timers.StartPeriodicTimer("tick", Tick.Instance, Period);

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}

/// <summary>Sends back what it gets.</summary>
internal sealed class TransportEcho : ReceiveActor
{
    /// <summary>Called by Akka.</summary>
    public TransportEcho() => Receive<ReplayProtocol.CreditProbe>(ping => Sender.Tell(ping));
}
