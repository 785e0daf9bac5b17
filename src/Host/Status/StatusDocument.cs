using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Prints a cluster's status for scripts: one JSON object on one line. Times are seconds; numbers that are none are null.</summary>
internal static class StatusDocument
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new Seconds(), new FiniteNumber(), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Writes the object: members as they are, transitions acknowledged by shard and incarnation over all members, and who lags.</summary>
    public static void Write(IReadOnlyList<NodeStatus> members, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(
        new Document(members, Acknowledged(members), Laggards.Find(members)), Json));

    private static List<ProgressProtocol.AcknowledgedTransitions> Acknowledged(IReadOnlyList<NodeStatus> members) =>
    [
        .. members
            .SelectMany(member => member.Runners?.Acknowledged ?? [])
            .GroupBy(entry => (entry.Shard, entry.Incarnation))
            .OrderBy(group => group.Key)
            .Select(group => new ProgressProtocol.AcknowledgedTransitions(group.Key.Shard, group.Key.Incarnation, group.Sum(entry => entry.Transitions))),
    ];

    private sealed record Document(
        IReadOnlyList<NodeStatus> Members, IReadOnlyList<ProgressProtocol.AcknowledgedTransitions> Acknowledged, IReadOnlyList<string> Lags);

    private sealed class Seconds : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
    }

    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
