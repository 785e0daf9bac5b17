using System.Globalization;

namespace DqnAkka.Host;

/// <summary>Prints a survey for people.</summary>
internal static class SurveyTables
{
    private const int LongestBar = 40;

    /// <summary>Writes what the transitions are, a row for each shard and one for all, and the histograms.</summary>
    /// <param name="description">What the transitions are.</param>
    /// <param name="shards">Each shard with its survey.</param>
    /// <param name="missing">Shards of which there is nothing.</param>
    /// <param name="all">The survey of all of them.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(
        ReplayDescription description,
        IReadOnlyList<(ShardDescription Shard, ReplaySurvey Survey)> shards,
        MissingShards missing,
        ReplaySurvey all,
        TextWriter output)
    {
        string environment = description.Environment.Length > 0 ? description.Environment : "unknown environment";
        output.WriteLine($"{environment}: observations {description.Observation}, {Known(description.ActionCount)} actions, n-step {Number(description.NStep)}, gamma {Number(description.Gamma)}");
        output.WriteLine();
        List<string[]> rows = [["shard", "transitions", "capacity", "inserted", "inherited", "evicted", "mass", "mean return", "terminated", "truncated", "bytes", "incarnation", "state"]];
        rows.AddRange(shards.Select(shard => Row(shard.Shard, shard.Survey)));
        if (shards.Count > 1)
        {
            rows.Add(Row(Sum([.. shards.Select(shard => shard.Shard)]), all));
        }

        TextTable.Write(rows, output);
        foreach (string line in missing.Lines)
        {
            output.WriteLine(line);
        }

        WriteHistogram("priorities (sampling mass p^α)", all.MassLogarithms.Bins.Select(bin => (Math.Pow(2, bin.From), Math.Pow(2, bin.To), bin.Count)), output);
        WriteHistogram("ages (later arrivals at the shard)", all.Ages.Bins, output);
        string title = string.Create(
            CultureInfo.InvariantCulture,
            $"{description.NStep}-step returns: min {all.LeastReturn:G4}, mean {all.MeanReturn:G4}, max {all.LargestReturn:G4}, sd {all.ReturnDeviation:G4}");
        WriteHistogram(title, all.Returns.Bins, output);
    }

    private static string[] Row(ShardDescription shard, ReplaySurvey survey) =>
    [
        shard.Shard < 0 ? "all" : Number(shard.Shard),
        Number(survey.Count),
        Known(shard.Capacity),
        Number(shard.Inserts),
        Number(shard.Inherited),
        Number(shard.Evicted),
        HumanNumber.Short(survey.Mass),
        HumanNumber.Short(survey.MeanReturn),
        Share(survey.Terminated, survey.Count),
        Share(survey.Truncated, survey.Count),
        Number(shard.Bytes),
        Known(shard.Incarnation),
        shard.State,
    ];

    private static ShardDescription Sum(ShardDescription[] shards) => new()
    {
        Shard = -1,
        Count = shards.Sum(shard => shard.Count),
        NextKey = 0,
        Capacity = shards.Sum(shard => shard.Capacity),
        Inserts = shards.Sum(shard => shard.Inserts),
        Inherited = shards.Sum(shard => shard.Inherited),
        Evicted = shards.Sum(shard => shard.Evicted),
        Bytes = shards.Sum(shard => shard.Bytes),
    };

    private static void WriteHistogram(string title, IEnumerable<(double From, double To, long Count)> bins, TextWriter output)
    {
        (double From, double To, long Count)[] all = [.. bins];
        long most = all.Select(bin => bin.Count).DefaultIfEmpty(1).Max();
        output.WriteLine();
        output.WriteLine(title);
        List<string[]> rows = [["from", "below", "transitions", ""]];
        rows.AddRange(all.Select(bin => new[] { Edge(bin.From), Edge(bin.To), Number(bin.Count), new string('#', (int)Math.Ceiling((double)bin.Count / most * LongestBar)) }));
        TextTable.Write(rows, output);
    }

    private static string Edge(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Known(long value) => value == 0 ? "–" : Number(value);

    private static string Share(long part, long count) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / Math.Max(1, count):0.##} %");
}
