using System.Globalization;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Lists the registered environments.</summary>
internal static class EnvironmentsCommand
{
    /// <summary>Writes one row for each, in columns, under the names of their families.</summary>
    public static void Run(IEnvironmentSource environments, TextWriter output)
    {
        List<string[]> rows = [["id", "observations", "actions", "limit", "solved at", "what it is"]];
        foreach (IGrouping<string, EnvironmentEntry> family in environments.List().GroupBy(entry => entry.Family))
        {
            rows.Add(["", "", "", "", "", ""]);
            rows.Add([family.Key, "", "", "", "", ""]);
            rows.AddRange(family.OrderBy(entry => entry.Id, StringComparer.Ordinal).Select(entry => new[]
            {
                $"  {entry.Id}", Observations(entry), Actions(entry), Limit(entry), Threshold(entry), entry.Description,
            }));
        }

        TextTable.Write(rows, output);
        output.WriteLine();
        output.WriteLine("'envs describe ID' shows one with its arguments, 'envs show ID' plays it in the terminal, 'envs check ID' checks one of your own.");
    }

    /// <summary>An environment's observations in a few letters: what they are arranged in, and their type where it is not float32.</summary>
    public static string Observations(EnvironmentEntry entry) => entry.Observations is BoxSpace { Format: var format }
        ? format.Type == ObservationType.Float32 ? $"{format.Shape}" : $"{format.Shape} {format.Type}"
        : $"{entry.Observations}";

    /// <summary>The number of its actions.</summary>
    public static string Actions(EnvironmentEntry entry) =>
        entry.Actions is DiscreteSpace discrete ? discrete.Count.ToString(CultureInfo.InvariantCulture) : $"{entry.Actions}";

    /// <summary>Its time limit.</summary>
    public static string Limit(EnvironmentEntry entry) =>
        entry.MaxEpisodeSteps == 0 ? "none" : entry.MaxEpisodeSteps.ToString(CultureInfo.InvariantCulture);

    /// <summary>The return that solves it.</summary>
    public static string Threshold(EnvironmentEntry entry) => entry.RewardThreshold?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
