using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DqnAkka.Host;

/// <summary>Prints a survey for scripts: one JSON object on one line. What is not known is null.</summary>
internal static class SurveyDocument
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes the object.</summary>
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
        TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                description.Environment,
                ObservationType = description.Observation.Type,
                ObservationSize = description.Observation.Size,
                ObservationStack = description.Observation.Stack,
                description.ActionCount,
                Gamma = Finite(description.Gamma),
                description.NStep,
                Prioritized = description.IsPrioritized,
                description.Alpha,
                description.Algorithm,
                description.Seed,
                description.Steps,
                Shards = shards.Select(entry => new
                {
                    entry.Shard.Shard,
                    entry.Shard.Incarnation,
                    entry.Shard.Capacity,
                    Inserted = entry.Shard.Inserts,
                    entry.Shard.Inherited,
                    entry.Shard.Evicted,
                    entry.Shard.Bytes,
                    entry.Shard.State,
                    Survey = Survey(entry.Survey),
                }),
                MissingShards = missing.Indexes,
                All = Survey(all),
            },
            Json));

    private static object Survey(ReplaySurvey survey) => new
    {
        Transitions = survey.Count,
        survey.Mass,
        survey.Terminated,
        survey.Truncated,
        Priorities = Bins(survey.MassLogarithms.Bins.Select(bin => (Math.Pow(2, bin.From), Math.Pow(2, bin.To), bin.Count))),
        Ages = Bins(survey.Ages.Bins),
        Returns = new
        {
            Min = Finite(survey.LeastReturn),
            Mean = Finite(survey.MeanReturn),
            Max = Finite(survey.LargestReturn),
            Deviation = Finite(survey.ReturnDeviation),
            Histogram = Bins(survey.Returns.Bins),
        },
    };

    private static Bin[] Bins(IEnumerable<(double From, double To, long Count)> bins) => [.. bins.Select(bin => new Bin(bin.From, bin.To, bin.Count))];

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private sealed record Bin(double From, double Below, long Transitions);
}
