using System.Globalization;

namespace DqnAkka.Bench;

/// <summary>What a synchronous step costs more than a single learner's, on devices of one process and on nodes, with round trips to the nodes meanwhile.</summary>
internal static class DataParallelBenchmark
{
    private const double RequiredMilliseconds = 20;
    private const int Repeats = 3;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(6);
    private static readonly (ScaleMode Mode, ScalePlacement Placement, int Workers)[] Cases =
    [
        (ScaleMode.Single, ScalePlacement.OneProcess, 1),
        (ScaleMode.Devices, ScalePlacement.OneProcess, 2),
        (ScaleMode.Devices, ScalePlacement.OneProcess, 4),
        (ScaleMode.Replicas, ScalePlacement.OneMachine, 2),
        (ScaleMode.Replicas, ScalePlacement.OneMachine, 4),
    ];

    /// <summary>Measures, and prints a table.</summary>
    /// <returns>0 if the round trips stayed under what is required.</returns>
    public static int Run()
    {
        (double Rate, double Tail)[][] samples = [.. Cases.Select(_ => new (double Rate, double Tail)[Repeats])];
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            for (int i = 0; i < Cases.Length; i++)
            {
                samples[i][repeat] = MeasureOnce(Cases[i].Mode, Cases[i].Placement, Cases[i].Workers);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(' ', ScaleCostMeasurement.Settings)}; medians of {Repeats} alternating repeats of {Time.TotalSeconds:F0} s"));
        Console.WriteLine("| mode | replicas | updates/s | µs a step | more than a single learner's | ping p99 ms |");
        Console.WriteLine("|---|---|---|---|---|---|");
        double alone = 1e6 / Median(samples[0].Select(sample => sample.Rate));
        bool isQuick = true;
        for (int i = 0; i < Cases.Length; i++)
        {
            double rate = Median(samples[i].Select(sample => sample.Rate));
            double tail = Median(samples[i].Select(sample => sample.Tail));
            isQuick &= tail < RequiredMilliseconds;
            double step = 1e6 / rate;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {ScaleTables.Name(Cases[i].Mode)} | {Cases[i].Workers} | {rate:F0} | {step:F0} | {step - alone:F0} µs, {(step - alone) / alone:P0} | {tail:F1} |"));
        }

        return isQuick ? 0 : 1;
    }

    private static (double Rate, double Tail) MeasureOnce(ScaleMode mode, ScalePlacement placement, int workers)
    {
        ScaleScenario scenario = new() { Mode = mode, Placement = placement, Workers = workers, Cores = Environment.ProcessorCount };
        using LearningCluster cluster = MeasuredScale.Start(scenario);
        cluster.WaitForMembers(MeasuredScale.Members(scenario));
        using NodePings pings = new(cluster.Addresses);
        Thread.Sleep(Settling);
        pings.Begin();
        double rate = cluster.UpdatesPerSecond(Time);
        return (rate, pings.End().Percentile(0.99));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
