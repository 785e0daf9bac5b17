using System.Globalization;

namespace DqnAkka.Host;

/// <summary>Lists the registered environments.</summary>
internal static class EnvironmentsCommand
{
    /// <summary>Writes one row for each, in columns.</summary>
    public static void Run(IEnvironmentSource environments, TextWriter output)
    {
        List<string[]> rows = [["id", "actions", "limit", "solved at", "observations", "what it is"]];
        foreach (EnvironmentEntry entry in environments.List().OrderBy(entry => entry.Id, StringComparer.Ordinal))
        {
            rows.Add(
            [
                entry.Id,
                entry.Actions.ToString(),
                entry.MaxEpisodeSteps == 0 ? "none" : entry.MaxEpisodeSteps.ToString(CultureInfo.InvariantCulture),
                entry.RewardThreshold?.ToString(CultureInfo.InvariantCulture) ?? "none",
                entry.Observations.ToString(),
                entry.Description,
            ]);
        }

        TextTable.Write(rows, output);
    }
}
