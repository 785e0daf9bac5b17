using System.Globalization;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Tells all about one registered environment.</summary>
internal static class EnvironmentDescribeCommand
{
    // Longer ones say nothing more to a reader.
    private const int MostBounds = 12;

    /// <summary>Writes it.</summary>
    /// <exception cref="EnvironmentException">There is none of the id; the message names the nearest.</exception>
    public static void Run(IEnvironmentSource environments, string id, TextWriter output)
    {
        IReadOnlyList<EnvironmentEntry> known = environments.List();
        EnvironmentEntry entry = known.FirstOrDefault(candidate => candidate.Id == id) ?? throw new UserErrorException(
            $"{id} is no registered environment: did you mean {EnvironmentRegistry.NearestId(id, known.Select(candidate => candidate.Id))}? 'envs' lists them");
        output.WriteLine($"{entry.Id}: {entry.Description}");
        output.WriteLine();
        TextTable.Write(
            [
                ["family", entry.Family],
                ["observations", Observations(entry.Observations)],
                ["actions", EnvironmentsCommand.Actions(entry)],
                ["limit", entry.MaxEpisodeSteps == 0 ? "none" : $"{EnvironmentsCommand.Limit(entry)} steps"],
                ["solved at", entry.RewardThreshold is null ? "none" : $"a mean return of {EnvironmentsCommand.Threshold(entry)}"],
                ["scripted policy", entry.HasScriptedPolicy ? "yes" : "no"],
            ],
            output);
        output.WriteLine();
        if (entry.Arguments.Count == 0)
        {
            output.WriteLine("It takes no arguments.");
            return;
        }

        List<string[]> rows = [["argument", "default", "what it does"]];
        rows.AddRange(entry.Arguments.Select(argument => new[] { argument.Name, Default(argument), argument.Description }));
        TextTable.Write(rows, output);
        output.WriteLine();
        output.WriteLine($"Set one with --set dqn.environment.kwargs.{entry.Arguments[0].Name}={Default(entry.Arguments[0])}");
    }

    /// <summary>An argument's default as one types it.</summary>
    public static string Default(EnvironmentArgument argument) => argument.Default switch
    {
        bool flag => flag ? "true" : "false",
        "" => "\"\"",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => $"{other}",
    };

    private static string Observations(Space space)
    {
        if (space is not BoxSpace box)
        {
            return $"{space}";
        }

        string of = $"{box.Format.Shape} of {box.Format.Type}{(box.Format.Stack > 1 ? $", {box.Format.Stack} frames stacked" : "")}";
        return box.Size <= MostBounds ? $"{of}, [{Bounds(box.Low)}] to [{Bounds(box.High)}]" : $"{of}, {Text(box.Low.Min())} to {Text(box.High.Max())}";
    }

    private static string Bounds(IEnumerable<float> bounds) => string.Join(", ", bounds.Select(Text));

    private static string Text(float bound) =>
        float.IsPositiveInfinity(bound) ? "inf" : float.IsNegativeInfinity(bound) ? "-inf" : bound.ToString("0.####", CultureInfo.InvariantCulture);
}
