using System.Globalization;
using Akka.Actor;
using DqnAkka.Actors;
using DqnAkka.Environments;

namespace DqnAkka.Bench;

/// <summary>
/// What one replay shard serves to a learner that does everything but train: in the same process, and from another process on loopback,
/// there beside a stream of raw byte arrays between the same two processes in the same run.
/// </summary>
internal static class ShardBenchmark
{
    private const double RequiredMillions = 1;
    private const double RequiredRatio = 0.6;
    private const int Repeats = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Measures, and prints a table.</summary>
    /// <param name="arguments">Seconds of each measurement, 2 where not given.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(string[] arguments)
    {
        TimeSpan time = TimeSpan.FromSeconds(arguments.Length > 0 ? double.Parse(arguments[0], CultureInfo.InvariantCulture) : 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"one prioritised shard, requests of 8 batches of 512, 2 outstanding, priorities returned; medians of {Repeats} alternating repeats of {time.TotalSeconds:F0} s"));
        Console.WriteLine("| observation | learner | million transitions/s | MB/s | of raw frames |");
        Console.WriteLine("|---|---|---|---|---|");
        bool isEnough = MeasureLocal(time);
        return MeasureRemote(time) && isEnough ? 0 : 1;
    }

    private static bool MeasureLocal(TimeSpan time)
    {
        bool isEnough = true;
        using ActorSystem system = TransportSystem.Start();
        for (int form = 0; form < ShardPeer.Forms.Count; form++)
        {
            IActorRef shard = ShardPeer.Start(system, form);
            double[] rates = [.. Enumerable.Range(0, Repeats).Select(_ => MeasureOnce(system, shard, form, time))];
            isEnough &= Print(form, "same process", Median(rates), raw: null) >= RequiredMillions || form > 0;
            shard.GracefulStop(TimeSpan.FromSeconds(10)).Wait();
        }

        system.Terminate().Wait(TimeSpan.FromSeconds(10));
        return isEnough;
    }

    private static bool MeasureRemote(TimeSpan time)
    {
        using TransportPeerProcess peer = TransportPeerProcess.Start(ShardPeer.Argument);
        using ActorSystem system = TransportSystem.Start();
        byte[] frame = new byte[WireFormat.MaxFrameBytes];
        List<double> raw = [];
        List<double>[] rates = [.. ShardPeer.Forms.Select(_ => new List<double>())];
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            raw.Add(TransportBenchmark.MeasureOnce(system, peer.Address, time, frame.Length, (_, _) => frame).BytesPerSecond);
            for (int form = 0; form < ShardPeer.Forms.Count; form++)
            {
                IActorRef shard = system.ActorSelection($"{peer.Address}/user/{ShardPeer.ShardName(form)}").ResolveOne(TimeSpan.FromSeconds(10)).Result;
                rates[form].Add(MeasureOnce(system, shard, form, time));
            }
        }

        bool isEnough = true;
        for (int form = 0; form < ShardPeer.Forms.Count; form++)
        {
            isEnough &= Print(form, "another process", Median(rates[form]), Median(raw)) >= RequiredRatio || form > 0;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"raw frames of {frame.Length} bytes: {Median(raw) / 1e6:F0} MB/s; required for 4 × float32: {RequiredMillions} million transitions/s in the same process, {RequiredRatio} of raw from another"));
        system.Terminate().Wait(TimeSpan.FromSeconds(10));
        return isEnough;
    }

    /// <returns>Transitions in a second.</returns>
    private static double MeasureOnce(ActorSystem system, IActorRef shard, int form, TimeSpan time)
    {
        TrainingOptions options = ShardPeer.OptionsOf(form);
        TransportMeter meter = new(payloadBytes: 1);
        IActorRef puller = system.ActorOf(Props.Create(() => new ShardPuller(shard, form, meter)).WithDispatcher(Dispatchers.Learner));
        Thread.Sleep(WarmUp);
        meter.Begin();
        Thread.Sleep(time);
        double rounds = meter.End().FramesPerSecond;
        puller.GracefulStop(TimeSpan.FromSeconds(10)).Wait();
        return rounds * options.Learner.BatchSize * options.Learner.BatchesPerRequest;
    }

    /// <returns>The ratio to raw frames, or where there are none, million transitions a second.</returns>
    private static double Print(int form, string learner, double transitionsPerSecond, double? raw)
    {
        (string name, ObservationFormat format, _) = ShardPeer.Forms[form];
        double bytes = transitionsPerSecond * ShardChecks.SampledBytesPerRow(format);
        string ratio = raw is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{bytes / raw:F2}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {learner} | {transitionsPerSecond / 1e6:F2} | {bytes / 1e6:F0} | {ratio} |"));
        return bytes / raw ?? transitionsPerSecond / 1e6;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
