using System.Globalization;
using DqnAkka.Process.Tests;

namespace DqnAkka.Bench;

/// <summary>The soak: processes of a training cluster are killed at random moments, and the account of its transitions must close.</summary>
internal static class ChaosBenchmark
{
    private const double RequiredMean = 475;

    /// <summary>Runs it: <c>[kills] [minutes] [seed]</c>, by default thirty kills over fifteen minutes.</summary>
    /// <returns>0 if the run reached its score, nothing ended by itself, and the account closes.</returns>
    public static int Run(string[] arguments)
    {
        int kills = Number(arguments, 0, 30);
        int minutes = Number(arguments, 1, 15);
        int seed = Number(arguments, 2, 1);
        // What is left after the last kill lets everybody come back and the run end by its own clock.
        using Chaos chaos = new(minutes + 1.5, seed, Console.WriteLine);
        string last = chaos.RunAsync(kills, TimeSpan.FromMinutes(minutes)).GetAwaiter().GetResult();
        (IReadOnlyList<string> lines, IReadOnlyList<string> errors) = chaos.Account.Close();
        foreach (string line in lines.Concat(errors))
        {
            Console.WriteLine(line);
        }

        Console.WriteLine($"{kills} kills, {chaos.Unbidden} processes ended by themselves, {errors.Count} errors in the account; {last}");
        return errors.Count == 0 && chaos.Unbidden == 0 && EvaluationLines.Mean(last) >= RequiredMean ? 0 : 1;
    }

    private static int Number(string[] arguments, int index, int otherwise) =>
        arguments.Length > index ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : otherwise;
}
