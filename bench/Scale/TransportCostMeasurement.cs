using Akka.Actor;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>
/// Measures what messages take: processor time of both processes beside a stream of frames, and the time of a round trip where nothing else is on
/// the way.
/// </summary>
internal static class TransportCostMeasurement
{
    private const int SmallFrame = 256;
    // As many as a vector has underway.
    private const int FramesInFlight = ChunkWindow.MostUnderway;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    /// <summary>Measures between two processes on loopback, and between two actors of this one.</summary>
    public static TransportCosts Measure()
    {
        using TransportPeerProcess peer = TransportPeerProcess.Start(TransportBenchmark.PeerArgument);
        using ActorSystem system = TransportSystem.Start();
        TransportSystem.AddSinks(system);
        try
        {
            string here = $"akka://{system.Name}";
            (double localSeconds, double localProcessor, _) = Stream(system, here, SmallFrame, framesInFlight: 1, () => TimeSpan.Zero);
            (_, double ownAlone, double othersAlone) = Stream(system, peer.Address, SmallFrame, framesInFlight: 1, () => peer.ProcessorTime);
            (_, double own, double others) = Stream(system, peer.Address, SmallFrame, FramesInFlight, () => peer.ProcessorTime);
            (_, double ownLarge, double othersLarge) = Stream(system, peer.Address, WireFormat.MaxFrameBytes, FramesInFlight, () => peer.ProcessorTime);
            // Every frame is answered by a small message: a small exchange is two sendings and two receptions.
            double message = (own + others) / 4;
            // One that comes alone finds everybody asleep on both ways.
            double wake = Math.Max(0, ownAlone + othersAlone - own - others) / 4;
            const double Bytes = WireFormat.MaxFrameBytes - SmallFrame;
            // Within a process, an exchange is two messages.
            return new TransportCosts(
                Math.Max(0, localSeconds - localProcessor) / 2,
                localProcessor / 2,
                Math.Max(0, (RoundTrip(system, peer.Address) / 2) - (2 * (message + wake))),
                wake,
                message,
                Math.Max(0, ownLarge - own) / Bytes,
                message,
                Math.Max(0, othersLarge - others) / Bytes);
        }
        finally
        {
            system.Terminate().Wait(StopLimit);
        }
    }

    /// <summary>Processor time of one transition on its way from a shard's memory into a batch, its new priority on the way back included.</summary>
    public static double SampleRow()
    {
        TrainingOptions options = ShardPeer.OptionsOf(0);
        using ActorSystem system = TransportSystem.Start();
        IActorRef shard = ShardPeer.Start(system, 0);
        TransportMeter meter = new(payloadBytes: 1);
        IActorRef puller = system.ActorOf(Props.Create(() => new ShardPuller(shard, 0, meter)).WithDispatcher(Dispatchers.Learner));
        Thread.Sleep(WarmUp);
        meter.Begin();
        TimeSpan begin = Environment.CpuUsage.TotalTime;
        Thread.Sleep(Time);
        double processor = (Environment.CpuUsage.TotalTime - begin).TotalSeconds;
        double rows = meter.End().FramesPerSecond * Time.TotalSeconds * options.Learner.BatchSize * options.Learner.BatchesPerRequest;
        puller.GracefulStop(StopLimit).Wait();
        system.Terminate().Wait(StopLimit);
        return processor / rows;
    }

    /// <returns>For each frame the time it took, this process's processor time and the other one's.</returns>
    private static (double Seconds, double Own, double Others) Stream(
        ActorSystem system, string peer, int bytes, int framesInFlight, Func<TimeSpan> othersTime)
    {
        byte[] frame = new byte[bytes];
        TransportMeter meter = new(bytes);
        ActorSelection sink = system.ActorSelection($"{peer}/user/{TransportSystem.SinkName(0)}");
        IActorRef source = system.ActorOf(Props.Create(() => new TransportSource(sink, framesInFlight, _ => frame, meter)).WithDispatcher(Dispatchers.Runner));
        Thread.Sleep(WarmUp);
        meter.Begin();
        (TimeSpan own, TimeSpan others) = (Environment.CpuUsage.TotalTime, othersTime());
        Thread.Sleep(Time);
        double frames = meter.End().FramesPerSecond * Time.TotalSeconds;
        (TimeSpan ownAfter, TimeSpan othersAfter) = (Environment.CpuUsage.TotalTime, othersTime());
        source.GracefulStop(StopLimit).Wait();
        return (Time.TotalSeconds / frames, (ownAfter - own).TotalSeconds / frames, (othersAfter - others).TotalSeconds / frames);
    }

    private static double RoundTrip(ActorSystem system, string peer)
    {
        TransportMeter meter = new(payloadBytes: 1);
        ActorSelection echo = system.ActorSelection($"{peer}/user/{TransportSystem.EchoName}");
        IActorRef ping = system.ActorOf(Props.Create(() => new TransportPing(echo, meter)).WithDispatcher("akka.actor.internal-dispatcher"));
        Thread.Sleep(WarmUp);
        meter.Begin();
        Thread.Sleep(Time);
        TransportSample sample = meter.End();
        ping.GracefulStop(StopLimit).Wait();
        return sample.Percentile(0.5) / 1e3;
    }
}
