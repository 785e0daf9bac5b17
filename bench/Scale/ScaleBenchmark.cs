using System.Globalization;

namespace DqnAkka.Bench;

/// <summary>
/// Predicts how learning scales: <c>scale</c> from the costs that come with the program, <c>scale --costs FILE</c> from others, <c>scale --measure [FILE]</c> from costs
/// that it measures first (and writes), which it then checks against the real system. <c>--rows</c> sets the rows of a batch, <c>--cores</c>, <c>--microseconds</c> and
/// <c>--gigabits</c> describe the machines of the second table and the links between them.
/// </summary>
internal static class ScaleBenchmark
{
    private const string Usage = "usage: scale [--measure [FILE] | --costs FILE] [--rows N] [--cores N] [--microseconds N] [--gigabits N]";

    // So many rows that 256 replicas have two each.
    private const int DefaultRows = 512;

    /// <summary>Runs it.</summary>
    /// <returns>0, 1 where the check failed, 2 for bad arguments.</returns>
    public static int Run(string[] arguments)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Length; i++)
        {
            bool hasValue = i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            if (arguments[i] is not ("--measure" or "--costs" or "--rows" or "--cores" or "--microseconds" or "--gigabits") || (!hasValue && arguments[i] != "--measure"))
            {
                Console.Error.WriteLine($"{arguments[i]} is unknown or lacks its value; {Usage}");
                return 2;
            }

            given[arguments[i]] = hasValue ? arguments[++i] : "";
        }

        bool isMeasured = given.TryGetValue("--measure", out string? target);
        ScaleCosts costs = isMeasured
            ? ScaleCostMeasurement.Measure()
            : ScaleCosts.Read(given.GetValueOrDefault("--costs", Path.Combine(AppContext.BaseDirectory, "Scale", "costs.json")));
        if (!string.IsNullOrEmpty(target))
        {
            costs.Write(target);
        }

        Console.WriteLine($"costs of {costs.Machine}: {costs.Network}, {costs.Parameters} parameters");
        ScaleScenario own = new() { Mode = ScaleMode.Single, Placement = ScalePlacement.OneMachine, Workers = 1, Cores = costs.Cores };
        ScaleScenario others = own with
        {
            Placement = ScalePlacement.MachineEach,
            Cores = (int)Number(given, "--cores", 8),
            LinkSeconds = Number(given, "--microseconds", 50) * 1e-6,
            LinkBytesPerSecond = Number(given, "--gigabits", 10) * 1e9 / 8,
        };
        ScaleCosts wide = costs with { BatchRows = (int)Number(given, "--rows", DefaultRows) };
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"batches of {wide.BatchRows} rows, of each worker or shared by the replicas; staleness bound {own.MaxStaleness}, synchronous with nine tenths; machines of their own have links of {others.LinkBytesPerSecond * 8 / 1e9:G3} Gbit/s and {others.LinkSeconds * 1e6:F0} µs"));
        Console.WriteLine();
        ScaleTables.Print(wide, own);
        ScaleTables.Print(wide, others);
        return !isMeasured || ScaleCheck.Run(costs) ? 0 : 1;
    }

    private static double Number(Dictionary<string, string> given, string name, double otherwise) =>
        given.TryGetValue(name, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
