using System.Globalization;
using Akka.Actor;
using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>
/// Transition batches between two processes on loopback, beside a stream of raw byte arrays over the same connection in the same run,
/// each with the round trips of small messages beside it: heartbeats travel like those.
/// </summary>
internal static class TransportBenchmark
{
    /// <summary>Name of the benchmark's other process among the arguments.</summary>
    public const string PeerArgument = "transport-peer";

    private const double RequiredRatio = 0.6;
    private const double RequiredMilliseconds = 10;
    private const int Repeats = 3;
    private const int Links = 2;
    private const int FramesInFlight = 4;
    private const int RawBytes = WireFormat.MaxFrameBytes;
    private const int ObservationSize = 4;
    private const int TransitionBytes = ((2 * ObservationSize) + 4) * sizeof(float);
    private const int Transitions = 60_000 / TransitionBytes;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Measures, and prints a table.</summary>
    /// <param name="arguments">Seconds of each measurement, 3 where not given.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(string[] arguments)
    {
        TimeSpan time = TimeSpan.FromSeconds(arguments.Length > 0 ? double.Parse(arguments[0], CultureInfo.InvariantCulture) : 3);
        using TransportPeerProcess peer = TransportPeerProcess.Start(PeerArgument);
        using ActorSystem system = TransportSystem.Start();
        try
        {
            return Measure(system, peer.Address, time);
        }
        finally
        {
            system.Terminate().Wait(TimeSpan.FromSeconds(10));
        }
    }

    private static int Measure(ActorSystem system, string peer, TimeSpan time)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"payload between two processes on loopback, {Links} links of {FramesInFlight} frames in flight, {Repeats} alternating repeats of {time.TotalSeconds:F0} s"));
        Console.WriteLine("| stream | payload MB/s | frames/s | ping p50 ms | ping p99 ms | pings |");
        Console.WriteLine("|---|---|---|---|---|---|");
        byte[] frame = new byte[RawBytes];
        TransitionBatch batch = MakeBatch();
        List<TransportSample> raw = [];
        List<TransportSample> batches = [];
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            raw.Add(MeasureOnce(system, peer, time, RawBytes, (_, _) => frame));
            Print("raw byte[]", raw[^1]);
            batches.Add(MeasureOnce(
                system, peer, time, Transitions * TransitionBytes, (link, sequence) => new ReplayProtocol.Insert(link, link, 1, sequence, Transitions, batch, 1)));
            Print("Insert", batches[^1]);
        }

        double rawRate = Median(raw.Select(sample => sample.BytesPerSecond));
        double rate = Median(batches.Select(sample => sample.BytesPerSecond));
        double tail = Median(batches.Select(sample => sample.Percentile(0.99)));
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"medians: raw {rawRate / 1e6:F0} MB/s, transition batches {rate / 1e6:F0} MB/s, ratio {rate / rawRate:F2} (required {RequiredRatio}); ping p99 beside batches {tail:F1} ms (required {RequiredMilliseconds})"));
        return rate / rawRate >= RequiredRatio && tail < RequiredMilliseconds ? 0 : 1;
    }

    /// <summary>Measures one stream to the other process.</summary>
    /// <param name="system">This process's actor system.</param>
    /// <param name="peer">The other one's address.</param>
    /// <param name="time">How long.</param>
    /// <param name="payloadBytes">Bytes that one frame is worth.</param>
    /// <param name="makeFrame">Makes a frame, by link and number.</param>
    public static TransportSample MeasureOnce(ActorSystem system, string peer, TimeSpan time, int payloadBytes, Func<int, long, object> makeFrame)
    {
        TransportMeter meter = new(payloadBytes);
        List<IActorRef> actors = [];
        for (int link = 0; link < Links; link++)
        {
            int index = link;
            ActorSelection sink = system.ActorSelection($"{peer}/user/{TransportSystem.SinkName(link)}");
            actors.Add(system.ActorOf(
                Props.Create(() => new TransportSource(sink, FramesInFlight, sequence => makeFrame(index, sequence), meter)).WithDispatcher(Dispatchers.Runner)));
        }

        ActorSelection echo = system.ActorSelection($"{peer}/user/{TransportSystem.EchoName}");
        actors.Add(system.ActorOf(Props.Create(() => new TransportPing(echo, meter)).WithDispatcher("akka.actor.internal-dispatcher")));
        Thread.Sleep(WarmUp);
        meter.Begin();
        Thread.Sleep(time);
        TransportSample sample = meter.End();
        Task.WaitAll([.. actors.Select(actor => actor.GracefulStop(TimeSpan.FromSeconds(10)))]);
        return sample;
    }

    private static TransitionBatch MakeBatch()
    {
        float[] observations = [.. Enumerable.Range(0, Transitions * ObservationSize).Select(i => MathF.Sin(i))];
        float[] column = observations[..Transitions];
        return TransitionBatch.FromColumns(ObservationSize, observations, new int[Transitions], column, column, observations, [.. column.Select(MathF.Abs)]);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static void Print(string stream, TransportSample sample) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {stream} | {sample.BytesPerSecond / 1e6:F0} | {sample.FramesPerSecond:F0} | {sample.Percentile(0.5):F2} | {sample.Percentile(0.99):F2} | {sample.Pings} |"));
}
