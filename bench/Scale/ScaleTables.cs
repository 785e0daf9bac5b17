using System.Globalization;

namespace DqnAkka.Bench;

/// <summary>Predictions for one to 256 workers in each mode.</summary>
internal static class ScaleTables
{
    private const int MostWorkers = 256;

    /// <summary>Prints a table for each mode.</summary>
    /// <param name="costs">What was measured.</param>
    /// <param name="like">Placement, cores and links; mode and workers are set here.</param>
    public static void Print(ScaleCosts costs, ScaleScenario like)
    {
        double alone = ScaleSimulator.Predict(costs, like with { Mode = ScaleMode.Single, Workers = 1 }).RowsPerSecond;
        Console.WriteLine($"{Name(like.Placement)}: {like.Cores} cores each");
        Console.WriteLine("| mode | workers | updates/s | of one learner's rows/s | MB/s in all | MB/s of the busiest process | discarded | mean staleness |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (ScaleMode mode in Enum.GetValues<ScaleMode>())
        {
            for (int workers = 1; workers <= Most(mode, costs); workers *= 2)
            {
                ScalePrediction prediction = ScaleSimulator.Predict(costs, Scenario(like, mode, workers));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {Name(mode)} | {workers} | {Figure(prediction.UpdatesPerSecond)} | {prediction.RowsPerSecond / alone:G3} | {Figure(prediction.BytesPerSecond / 1e6)} | {Figure(prediction.BusiestBytesPerSecond / 1e6)} | {prediction.DiscardedShare:P0} | {prediction.MeanStaleness:F1} |"));
            }
        }

        Console.WriteLine();
    }

    /// <summary>A mode's name.</summary>
    public static string Name(ScaleMode mode) => mode switch
    {
        ScaleMode.Single => "single",
        ScaleMode.Devices => "data-parallel, devices",
        ScaleMode.Replicas => "data-parallel, nodes",
        ScaleMode.Asynchronous => "parameter server",
        _ => "parameter server, synchronous",
    };

    /// <summary>A placement's name.</summary>
    public static string Name(ScalePlacement placement) => placement switch
    {
        ScalePlacement.OneProcess => "one process",
        ScalePlacement.OneMachine => "processes of one machine",
        _ => "a machine for each process",
    };

    private static ScaleScenario Scenario(ScaleScenario like, ScaleMode mode, int workers) => like with
    {
        Mode = mode,
        Workers = workers,
        // A range, and a process for it, for every eight workers.
        Ranges = Math.Max(like.Ranges, workers / 8),
    };

    private static int Most(ScaleMode mode, ScaleCosts costs) => mode switch
    {
        ScaleMode.Single => 1,
        ScaleMode.Devices or ScaleMode.Replicas => Math.Min(MostWorkers, costs.BatchRows),
        _ => MostWorkers,
    };

    private static string Figure(double value) => value.ToString(value < 10 ? "F1" : "F0", CultureInfo.InvariantCulture);
}
