using System.Globalization;
using DqnAkka.Process.Tests;

namespace DqnAkka.Bench;

/// <summary>CartPole by a parameter server, over staleness bounds and over the forms in which gradients travel.</summary>
internal static class ParameterServerBenchmark
{
    private const double Score = 475;
    private const string Roles = "seed,learner,replay,runner,parameter-server,gradient";
    private static readonly int[] Bounds = [0, 4, 16, 64];
    private static readonly string[] Forms = ["none", "bfloat16", "top-k"];

    /// <summary>Workers that are so slow to send, that others' gradients are applied meanwhile: <c>[seeds] [workers] [delay in ms] [minutes]</c>, by default 3, 24, 10 and 2.</summary>
    /// <returns>0 if nothing older than the bound was ever applied.</returns>
    public static int RunStaleness(string[] arguments)
    {
        int seeds = Number(arguments, 0, 3);
        int workers = Number(arguments, 1, 24);
        int delay = Number(arguments, 2, 10);
        int minutes = Number(arguments, 3, 2);
        Console.WriteLine($"CartPole, {workers} workers of one process, each of which waits {delay} ms before it sends a gradient; runs end at the score or after {minutes} min");
        Console.WriteLine("| bound | seed | greedy mean | steps | updates | s | applied | discarded as stale | oldest applied | MB/s sent by workers |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        bool holds = true;
        foreach (int bound in Bounds)
        {
            for (int seed = 1; seed <= seeds; seed++)
            {
                Outcome outcome = Train(
                    $"{bound} | {seed}",
                    seed,
                    minutes,
                    [
                        .. LearningCluster.Set("gradient.workers", workers),
                        .. LearningCluster.Set("gradient.delay-milliseconds", delay),
                        .. LearningCluster.Set("parameter-server.max-staleness", bound),
                    ]);
                holds &= outcome.Oldest <= bound;
            }
        }

        Console.WriteLine(holds ? "nothing older than the bound was applied" : "older gradients than the bound allows WERE applied");
        return holds ? 0 : 1;
    }

    /// <summary>What travels, and what is learned from it: <c>[seeds] [workers] [minutes]</c>, by default 3, 2 and 2.</summary>
    /// <returns>0 if every form reached the score with every seed.</returns>
    public static int RunCompression(string[] arguments)
    {
        int seeds = Number(arguments, 0, 3);
        int workers = Number(arguments, 1, 2);
        int minutes = Number(arguments, 2, 2);
        Console.WriteLine($"CartPole, {workers} workers and the server in one process; runs end at the score or after {minutes} min");
        Console.WriteLine("| gradients travel as | seed | greedy mean | steps | updates | s | applied | discarded as stale | oldest applied | MB/s sent by workers |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        bool reaches = true;
        foreach (string form in Forms)
        {
            for (int seed = 1; seed <= seeds; seed++)
            {
                Outcome outcome = Train(
                    $"{form} | {seed}",
                    seed,
                    minutes,
                    [.. LearningCluster.Set("gradient.workers", workers), .. LearningCluster.Set("parameter-server.compression", form)]);
                reaches &= outcome.Mean >= Score;
            }
        }

        return reaches ? 0 : 1;
    }

    private static Outcome Train(string name, int seed, int minutes, string[] settings)
    {
        string[] common =
        [
            "--config", "cartpole",
            .. LearningCluster.Set("learner.mode", "parameter-server"),
            .. LearningCluster.Set("run.seed", seed),
            .. LearningCluster.Set("stop.minutes", minutes),
            .. settings,
        ];
        using LearningCluster cluster = new(common, Roles);
        HostResult result = cluster.WaitForEnd();
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{name}: the node ended with {result.ExitCode}: {result.Error}");
        }

        RunReading end = cluster.Newest();
        int oldest = end.Staleness.Select((count, staleness) => count > 0 ? staleness : 0).DefaultIfEmpty(0).Max();
        Outcome outcome = new(EvaluationLines.Mean(result.Lines.Last(line => line.StartsWith("evaluation ", StringComparison.Ordinal))), oldest);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {outcome.Mean:F1} | {end.Steps} | {end.Updates} | {end.Seconds:F0} | {end.Staleness.Sum()} | {end.DiscardedStale} | {oldest} | {end.SentBytesPerSecond / 1e6:F2} |"));
        return outcome;
    }

    private static int Number(string[] arguments, int index, int otherwise) =>
        arguments.Length > index ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : otherwise;

    private sealed record Outcome(double Mean, int Oldest);
}
