using System.Globalization;

namespace DqnAkka.Bench;

/// <summary>Predictions beside what the real system does on this machine in the same run, with one, two and four workers.</summary>
internal static class ScaleCheck
{
    /// <summary>Prediction and measurement may differ by this factor either way: rates on a machine that others share do by themselves.</summary>
    public const double Band = 2;

    private static readonly (ScaleMode Mode, ScalePlacement Placement, int[] Workers)[] Cases =
    [
        (ScaleMode.Single, ScalePlacement.OneProcess, [1]),
        (ScaleMode.Devices, ScalePlacement.OneProcess, [1, 2, 4]),
        (ScaleMode.Replicas, ScalePlacement.OneMachine, [2, 4]),
        (ScaleMode.Asynchronous, ScalePlacement.OneProcess, [1, 2, 4]),
        (ScaleMode.Asynchronous, ScalePlacement.OneMachine, [1, 2, 4]),
        (ScaleMode.Synchronous, ScalePlacement.OneMachine, [2, 4]),
    ];

    /// <summary>Prints a table.</summary>
    /// <param name="costs">What was measured on this machine.</param>
    /// <returns>Whether every ratio lies within the band.</returns>
    public static bool Run(ScaleCosts costs)
    {
        bool isWithin = true;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"updates/s of the real nodes on this machine, {costs.Network}, batches of {costs.BatchRows}; the check allows a factor of {Band} either way"));
        Console.WriteLine("| mode | where | workers | predicted | measured | predicted / measured |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach ((ScaleMode mode, ScalePlacement placement, int[] all) in Cases)
        {
            foreach (int workers in all)
            {
                ScaleScenario scenario = new()
                {
                    Mode = mode,
                    Placement = placement,
                    Workers = workers,
                    Cores = costs.Cores,
                    GradientsPerUpdate = mode == ScaleMode.Synchronous ? workers : 0,
                };
                double predicted = ScaleSimulator.Predict(costs, scenario).UpdatesPerSecond;
                double measured = MeasuredScale.UpdatesPerSecond(scenario);
                double ratio = predicted / measured;
                bool isRowWithin = ratio is >= 1 / Band and <= Band;
                isWithin &= isRowWithin;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {ScaleTables.Name(mode)} | {ScaleTables.Name(placement)} | {workers} | {predicted:F0} | {measured:F0} | {ratio:F2}{(isRowWithin ? "" : ", outside the band")} |"));
            }
        }

        return isWithin;
    }
}
