using System.Globalization;
using Akka.Actor;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>
/// The gradient of a network of 7 MB, reduced between two processes on loopback, beside a stream of raw byte arrays over the same connection
/// in the same run, each with the round trips of small messages beside it.
/// </summary>
internal static class AllReduceBenchmark
{
    /// <summary>Name of the benchmark's other process among the arguments.</summary>
    public const string PeerArgument = "all-reduce-peer";

    private const string MemberName = "ring-member";
    private const string SideName = "ring-side";
    private const int Members = 2;
    private const int VectorBytes = 7_000_064;
    private const double RequiredRatio = 0.5;
    private const double RequiredMilliseconds = 20;
    private const int Repeats = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    // Every member sends each part of the vector but one, twice.
    private static double MemberBytes => 2.0 * (Members - 1) / Members * VectorBytes;

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
            system.Terminate().Wait(StopLimit);
        }
    }

    /// <summary>The other process: says its address and takes part until its standard input ends.</summary>
    /// <returns>The process's exit code.</returns>
    public static int RunPeer()
    {
        using ActorSystem system = TransportSystem.Start();
        TransportSystem.AddSinks(system);
        IActorRef member = system.ActorOf(RingMemberActor.CreateProps(1, Members, new byte[VectorBytes]), MemberName);
        system.ActorOf(Props.Create(() => new AllReduceSide(member)), SideName);
        Console.WriteLine(((ExtendedActorSystem)system).Provider.DefaultAddress);
        Console.In.ReadToEnd();
        return 0;
    }

    private static int Measure(ActorSystem system, string peer, TimeSpan time)
    {
        IActorRef member = system.ActorOf(RingMemberActor.CreateProps(0, Members, new byte[VectorBytes]), MemberName);
        TransportMeter reductions = new(Members * (int)MemberBytes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{VectorBytes / 1e6:F0} MB between {Members} processes on loopback, {Repeats} alternating repeats of {time.TotalSeconds:F0} s; of an all-reduce both directions count, {MemberBytes / 1e6:F0} MB each"));
        Console.WriteLine("| what | MB/s | a second | ping p50 ms | ping p99 ms | pings |");
        Console.WriteLine("|---|---|---|---|---|---|");
        byte[] frame = new byte[WireFormat.MaxFrameBytes];
        List<TransportSample> raw = [];
        List<TransportSample> all = [];
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            raw.Add(TransportBenchmark.MeasureOnce(system, peer, time, frame.Length, (_, _) => frame));
            Print("raw frames of 64,000 bytes", raw[^1]);
            all.Add(MeasureOnce(system, peer, member, time, reductions));
            Print("all-reduce", all[^1]);
        }

        double rawRate = Median(raw.Select(sample => sample.BytesPerSecond));
        double rate = Median(all.Select(sample => sample.BytesPerSecond));
        double tail = Median(all.Select(sample => sample.Percentile(0.99)));
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"medians: raw {rawRate / 1e6:F0} MB/s, all-reduce {rate / 1e6:F0} MB/s, ratio {rate / rawRate:F2} (required {RequiredRatio}); one takes {1e3 / Median(all.Select(sample => sample.FramesPerSecond)):F1} ms; ping p99 beside it {tail:F1} ms (required {RequiredMilliseconds})"));
        return rate / rawRate >= RequiredRatio && tail < RequiredMilliseconds ? 0 : 1;
    }

    private static TransportSample MeasureOnce(ActorSystem system, string peer, IActorRef member, TimeSpan time, TransportMeter meter)
    {
        ActorSelection otherMember = system.ActorSelection($"{peer}/user/{MemberName}");
        ActorSelection otherSide = system.ActorSelection($"{peer}/user/{SideName}");
        ActorSelection echo = system.ActorSelection($"{peer}/user/{TransportSystem.EchoName}");
        IActorRef driver = system.ActorOf(Props.Create(() => new AllReduceDriver(member, otherMember, otherSide, meter)));
        IActorRef ping = system.ActorOf(Props.Create(() => new TransportPing(echo, meter)).WithDispatcher("akka.actor.internal-dispatcher"));
        Thread.Sleep(WarmUp);
        meter.Begin();
        Thread.Sleep(time);
        TransportSample sample = meter.End();
        Task.WaitAll(driver.GracefulStop(StopLimit), ping.GracefulStop(StopLimit));
        // The exchange that is underway must be over before another driver begins one.
        Thread.Sleep(WarmUp);
        return sample;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static void Print(string what, TransportSample sample) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {sample.BytesPerSecond / 1e6:F0} | {sample.FramesPerSecond:F1} | {sample.Percentile(0.5):F2} | {sample.Percentile(0.99):F2} | {sample.Pings} |"));
}
