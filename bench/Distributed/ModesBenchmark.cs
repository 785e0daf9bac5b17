using System.Diagnostics;
using System.Globalization;
using DqnAkka.Process.Tests;

namespace DqnAkka.Bench;

/// <summary>CartPole over real processes in every mode, and by a parameter server whose workers are killed one after another.</summary>
internal static class ModesBenchmark
{
    private const double Score = 475;
    private static readonly TimeSpan KillPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Runs it: <c>[seeds] [mode ...]</c>, by default five seeds of each mode and of <c>kills</c>.</summary>
    /// <returns>0 if at most one seed in five of each missed the score.</returns>
    public static int Run(string[] arguments)
    {
        int seeds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        string[] modes = arguments.Length > 1 ? arguments[1..] : [.. ModeTraining.Modes, "kills"];
        Console.WriteLine("| mode | seed | greedy mean | wall s | workers killed | exit code |");
        Console.WriteLine("|---|---|---|---|---|---|");
        bool isEnough = true;
        foreach (string mode in modes)
        {
            int reached = Enumerable.Range(1, seeds).Count(seed => Reaches(mode, seed));
            isEnough &= seeds - reached <= seeds / 5;
            Console.WriteLine($"{mode}: {reached} of {seeds} seeds reached a greedy mean of {Score}");
        }

        return isEnough ? 0 : 1;
    }

    private static bool Reaches(string mode, int seed)
    {
        bool isKilled = mode == "kills";
        using ModeTraining training = new(isKilled ? "parameter-server" : mode, seed);
        long started = Stopwatch.GetTimestamp();
        HostResult result = training.RunAsync(isKilled ? KillPeriod : Timeout.InfiniteTimeSpan).GetAwaiter().GetResult();
        string last = result.Lines.LastOrDefault(line => line.StartsWith("evaluation ", StringComparison.Ordinal)) ?? "";
        double mean = last.Length > 0 ? EvaluationLines.Mean(last) : double.NaN;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {mode} | {seed} | {mean:F1} | {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} | {training.Kills} | {result.ExitCode} |"));
        return result.ExitCode == 0 && mean >= Score;
    }
}
