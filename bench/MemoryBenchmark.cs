using System.Diagnostics;
using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Process.Tests;

namespace DqnAkka.Bench;

/// <summary>A long run of two processes: resident memory must be flat once the replay buffer is full, and throughput must hold.</summary>
internal static class MemoryBenchmark
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>Runs it: <c>[minutes]</c>, by default sixty.</summary>
    /// <returns>0 if no process grows by more than 1 MB a minute over the last three quarters, and the last sixth is within 5 % of the first in steps a second.</returns>
    public static int Run(string[] arguments)
    {
        double minutes = arguments.Length > 0 ? double.Parse(arguments[0], CultureInfo.InvariantCulture) : 60;
        using TestCluster cluster = new([.. ClusterTraining.Endless, "--set", "dqn.evaluation.period=1000000"]);
        TestNode learner = cluster.Seed("seed,learner,replay");
        TestNode runner = TestCluster.Node("runner");
        int[] processes = [cluster.Start(learner).Id, cluster.Start(runner).Id];
        List<Sample> samples = WatchAsync(learner, processes, TimeSpan.FromMinutes(minutes)).GetAwaiter().GetResult();
        return Report(samples, minutes) ? 0 : 1;
    }

    private static async Task<List<Sample>> WatchAsync(TestNode learner, int[] processes, TimeSpan time)
    {
        await TestCluster.WaitForAsync(learner, nodes => nodes.Updates() > 0 && nodes.Count == 2, TimeSpan.FromMinutes(1), "a training of two processes");
        long started = Stopwatch.GetTimestamp();
        List<Sample> samples = [];
        using PeriodicTimer timer = new(Period);
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            await timer.WaitForNextTickAsync();
            if ((await TestCluster.StatusAsync(learner))?.Training() is { } training)
            {
                Sample sample = new(Stopwatch.GetElapsedTime(started), training.Steps, [.. processes.Select(Resident)]);
                samples.Add(sample);
                if (samples.Count % 30 == 0)
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{sample.Elapsed.TotalMinutes:F0} min: {sample.Steps} steps, resident {string.Join(" and ", sample.Megabytes.Select(each => each.ToString("F1", CultureInfo.InvariantCulture)))} MB"));
                }
            }
        }

        return samples;
    }

    private static bool Report(List<Sample> samples, double minutes)
    {
        bool isGood = true;
        List<Sample> late = [.. samples.Where(sample => sample.Elapsed.TotalMinutes >= minutes / 4)];
        for (int process = 0; process < late[0].Megabytes.Length; process++)
        {
            double slope = Slope(late, process);
            isGood &= slope <= 1;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"process {process}: {slope:F3} MB a minute over the last three quarters"));
        }

        double first = Rate(samples, 0, minutes / 6);
        double last = Rate(samples, minutes * 5 / 6, minutes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first:F0} steps/s in the first sixth, {last:F0} in the last: ratio {last / first:F3}"));
        return isGood && last / first is >= 0.95 and <= 1.05;
    }

    /// <summary>Least squares, in MB a minute.</summary>
    private static double Slope(List<Sample> samples, int process)
    {
        double meanTime = samples.Average(sample => sample.Elapsed.TotalMinutes);
        double meanSize = samples.Average(sample => sample.Megabytes[process]);
        return samples.Sum(sample => (sample.Elapsed.TotalMinutes - meanTime) * (sample.Megabytes[process] - meanSize))
            / samples.Sum(sample => Math.Pow(sample.Elapsed.TotalMinutes - meanTime, 2));
    }

    private static double Rate(List<Sample> samples, double fromMinute, double toMinute)
    {
        Sample[] part = [.. samples.Where(sample => sample.Elapsed.TotalMinutes >= fromMinute && sample.Elapsed.TotalMinutes <= toMinute)];
        return (part[^1].Steps - part[0].Steps) / (part[^1].Elapsed - part[0].Elapsed).TotalSeconds;
    }

    private static double Resident(int process)
    {
        using System.Diagnostics.Process watched = System.Diagnostics.Process.GetProcessById(process);
        return watched.WorkingSet64 / 1e6;
    }

    private sealed record Sample(TimeSpan Elapsed, long Steps, double[] Megabytes);
}
