using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DqnAkka.Bench;

/// <summary>
/// Runs the real program once for each seed and reads its last line: wall time from process start to process end, score of the
/// final greedy evaluation (100 episodes that took no part in stopping), and the learner's share of busy time.
/// </summary>
internal static partial class TrainingBenchmark
{
    /// <summary>Runs the seeds one after another and prints a table.</summary>
    /// <param name="experiment">Name of a file in hocon/experiments.</param>
    /// <param name="score">The mean to reach.</param>
    /// <param name="seeds">Seeds 1 … n.</param>
    /// <param name="required">Seeds that must reach it.</param>
    /// <param name="arguments">Further arguments of <c>train</c>.</param>
    /// <returns>0 if enough seeds reached the score.</returns>
    public static int Run(string experiment, double score, int seeds, int required, string[] arguments)
    {
        List<Outcome> outcomes = RunAll(experiment, seeds, arguments);
        int reached = outcomes.Count(outcome => outcome.ExitCode == 0 && outcome.Mean >= score);
        double[] times = [.. outcomes.Select(outcome => outcome.Seconds).Order()];
        double median = (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2;
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{reached} of {seeds} seeds reached a greedy mean of {score} (required: {required}); wall time median {median:F2} s, min {times[0]:F2} s, max {times[^1]:F2} s"));
        return reached >= required ? 0 : 1;
    }

    /// <summary>Runs the seeds of a task that the agent must not be able to learn: a negative control.</summary>
    /// <param name="experiment">Name of a file in hocon/experiments.</param>
    /// <param name="score">The mean that none may reach.</param>
    /// <param name="seeds">Seeds 1 … n.</param>
    /// <param name="arguments">Further arguments of <c>train</c>.</param>
    /// <returns>0 if every run went to its end and none reached the score.</returns>
    public static int RunControl(string experiment, double score, int seeds, string[] arguments)
    {
        List<Outcome> outcomes = RunAll(experiment, seeds, arguments);
        int stayed = outcomes.Count(outcome => outcome.ExitCode == 0 && Math.Abs(outcome.Mean) < score);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stayed} of {seeds} seeds stayed within {score} of chance (required: all)"));
        return stayed == seeds ? 0 : 1;
    }

    private static List<Outcome> RunAll(string experiment, int seeds, string[] arguments)
    {
        string host = Path.Combine(AppContext.BaseDirectory, "DqnAkka.Host.dll");
        string runs = Directory.CreateTempSubdirectory("dqn-bench-").FullName;
        List<Outcome> outcomes = [];
        Console.WriteLine("| seed | greedy mean | sd | min | steps | updates | learner busy | wall s | exit code |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        try
        {
            for (int seed = 1; seed <= seeds; seed++)
            {
                Outcome outcome = RunOnce(host, experiment, seed, Path.Combine(runs, seed.ToString(CultureInfo.InvariantCulture)), arguments);
                outcomes.Add(outcome);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {seed} | {outcome.Mean:G5} | {outcome.Deviation:G3} | {outcome.Minimum:G4} | {outcome.Steps} | {outcome.Updates} | {outcome.Busy} | {outcome.Seconds:F2} | {outcome.ExitCode} |"));
            }
        }
        finally
        {
            Directory.Delete(runs, recursive: true);
        }

        return outcomes;
    }

    private static Outcome RunOnce(string host, string experiment, int seed, string directory, string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        string[] all =
        [
            host, "train", "--config", ConfigurationFile(experiment), "--seed", seed.ToString(CultureInfo.InvariantCulture), "--run-dir", directory, .. arguments,
        ];
        foreach (string argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        long started = Stopwatch.GetTimestamp();
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Match? ending = EndingPattern().Matches(output).LastOrDefault();
        return new Outcome(
            seconds,
            process.ExitCode,
            Field(output, "mean"),
            Field(output, "sd"),
            Field(output, "min"),
            ending?.Groups["busy"].Value ?? "?",
            ending?.Groups["steps"].Value ?? "?",
            ending?.Groups["updates"].Value ?? "?");
    }

    private static string ConfigurationFile(string experiment)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DqnAkka.sln")))
        {
            folder = folder.Parent;
        }

        string root = folder?.FullName ?? throw new InvalidOperationException("the benchmark runs from inside the repository");
        return Path.Combine(root, "hocon", "experiments", $"{experiment}.conf");
    }

    private static double Field(string output, string name)
    {
        Match? match = Regex.Matches(output, $@"\b{name}=(-?[0-9.eE+]+)").LastOrDefault();
        return match is null ? double.NaN : double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(learner busy (?<busy>\d+ %), )?wall time [0-9.]+ s, (?<steps>\d+) steps, (?<updates>\d+) updates", RegexOptions.Multiline)]
    private static partial Regex EndingPattern();

    private sealed record Outcome(
        double Seconds, int ExitCode, double Mean, double Deviation, double Minimum, string Busy, string Steps, string Updates);
}
