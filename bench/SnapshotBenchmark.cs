using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>
/// A 7 MB network to eight mirrors, each in a process of its own: how long until all of them have it, and how quick a heartbeat stays
/// meanwhile. Beside it, named as the baseline, the same in one burst: a window of all chunks.
/// </summary>
internal static class SnapshotBenchmark
{
    /// <summary>Number of parameters: 7 MB of float32.</summary>
    public const int Length = 1_750_000;

    private const int Mirrors = 8;
    private const int Repeats = 20;
    private const int Warmup = 20;
    private const double LongestPing = 20;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it: <c>[windows to compare]</c>; with <c>--mirror host:port</c> it is one of the mirrors' processes.</summary>
    /// <returns>0 if the 99th percentile of the pings stays under 20 ms with the window that is the default.</returns>
    public static int Run(string[] arguments)
    {
        if (arguments is ["--mirror", string address])
        {
            return SnapshotNode.RunMirror(address);
        }

        SnapshotOptions options = new();
        int chunks = ((Length * sizeof(float)) + options.ChunkBytes - 1) / options.ChunkBytes;
        using ActorSystem system = SnapshotNode.Start();
        Cluster cluster = Cluster.Get(system);
        cluster.JoinAsync(cluster.SelfAddress).Wait(Patience);
        using SnapshotMeter meter = new(Mirrors);
        system.ActorOf(Props.Create(() => new SnapshotCollector(meter)), SnapshotNode.CollectorName);
        string self = $"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}";
        List<System.Diagnostics.Process> processes = [.. Enumerable.Range(0, Mirrors).Select(_ => StartMirror(self))];
        try
        {
            meter.WaitForMirrors(Patience);
            Console.WriteLine($"{Mirrors} mirrors in processes of their own, {Length * sizeof(float) / 1e6:F0} MB in {chunks} chunks, {Repeats} snapshots each, a ping to each mirror's process every 10 ms");
            Console.WriteLine("| window | ms until all have it: median | max | pings | ping p50 ms | p99 ms | max ms |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            MeasureIdle(system, meter);
            int[] windows = arguments.Length > 0
                ? [.. arguments.Select(argument => int.Parse(argument, CultureInfo.InvariantCulture))]
                : [options.ChunkWindow, chunks, options.ChunkWindow];
            double[] longest = [.. windows.Select(window => Measure(system, meter, options with { ChunkWindow = window }, window < chunks
                ? $"{window} chunks"
                : $"{window} chunks (one burst, the baseline)"))];
            return longest.Where((_, i) => windows[i] == options.ChunkWindow).All(ping => ping < LongestPing) ? 0 : 1;
        }
        finally
        {
            // A mirror's process ends with its standard input, so also when this process dies.
            processes.ForEach(process => process.StandardInput.Close());
            processes.ForEach(End);
        }
    }

    /// <summary>The pings alone, for what the machine and its other work cost.</summary>
    private static void MeasureIdle(ActorSystem system, SnapshotMeter meter)
    {
        using SnapshotPinger pinger = new(system, meter.Echoes);
        Thread.Sleep(IdleTime);
        pinger.Begin();
        Thread.Sleep(IdleTime);
        Print("no snapshot", "-", "-", pinger.End());
    }

    private static double Measure(ActorSystem system, SnapshotMeter meter, SnapshotOptions options, string name)
    {
        // A learner of its own: a newer generation, to whose publisher no mirror is known.
        long generation = DateTime.UtcNow.Ticks;
        IActorRef publisher = system.ActorOf(SnapshotPublisherActor.CreateProps(options));
        float[] parameters = [.. Enumerable.Range(0, Length).Select(i => (float)i)];
        using SnapshotPinger pinger = new(system, meter.Echoes);
        List<double> times = [];
        for (int version = 1; version <= Warmup + Repeats; version++)
        {
            if (version == Warmup + 1)
            {
                pinger.Begin();
            }

            long started = Stopwatch.GetTimestamp();
            meter.Publish(publisher, new PolicySnapshot(generation, version, version, version, parameters), Patience);
            if (version > Warmup)
            {
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        double[] pings = pinger.End();
        publisher.GracefulStop(Patience).Wait(Patience);
        times.Sort();
        Print(name, Number(times[times.Count / 2], "F0"), Number(times[^1], "F0"), pings);
        return Quantile(pings, 0.99);
    }

    private static void Print(string name, string median, string longest, double[] pings) => Console.WriteLine(
        $"| {name} | {median} | {longest} | {pings.Length} | {Number(Quantile(pings, 0.5), "F1")} | {Number(Quantile(pings, 0.99), "F1")} | {Number(pings[^1], "F1")} |");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static double Quantile(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static System.Diagnostics.Process StartMirror(string address)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardInput = true };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "DqnAkka.Bench.dll"), "snapshots", "--mirror", address])
        {
            start.ArgumentList.Add(argument);
        }

        return System.Diagnostics.Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
    }

    private static void End(System.Diagnostics.Process process)
    {
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            process.Kill();
        }

        process.Dispose();
    }
}
