using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>The key-value metadata of an exported file.</summary>
/// <param name="Description">What the transitions are.</param>
/// <param name="Shards">The shards' accounts, in the order of their rows.</param>
/// <param name="Digests">A checksum for each row group, in hexadecimal.</param>
internal sealed record ReplayMetadata(ReplayDescription Description, IReadOnlyList<ShardDescription> Shards, IReadOnlyList<string> Digests)
{
    private const string Prefix = "dqnakka.";
    private const string SchemaKey = Prefix + "schema";

    // Counts up with every change that a reader of the last one would misread.
    private const string SchemaVersion = "1";

    // What the configuration allows; memory is reserved for as many steps.
    private const int LargestNStep = 1_000;

    /// <summary>The metadata as names and values.</summary>
    public Dictionary<string, string> Write() => new()
    {
        [SchemaKey] = SchemaVersion,
        [Prefix + "version"] = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3),
        [Prefix + "environment"] = Description.Environment,
        [Prefix + "observation-type"] = Name(Description.Observation.Type),
        [Prefix + "observation-size"] = Text(Description.Observation.Size),
        [Prefix + "observation-stack"] = Text(Description.Observation.Stack),
        [Prefix + "action-count"] = Text(Description.ActionCount),
        [Prefix + "gamma"] = Text(Description.Gamma),
        [Prefix + "n-step"] = Text(Description.NStep),
        [Prefix + "prioritized"] = Description.IsPrioritized ? "true" : "false",
        [Prefix + "alpha"] = Text(Description.Alpha),
        [Prefix + "priority-epsilon"] = Text(Description.PriorityEpsilon),
        [Prefix + "algorithm"] = Description.Algorithm,
        [Prefix + "seed"] = Description.Seed is { } seed ? Text(seed) : "",
        [Prefix + "steps"] = Description.Steps is { } steps ? Text(steps) : "",
        [Prefix + "shards"] = JsonSerializer.Serialize(Shards, JsonSerializerOptions.Web),
        [Prefix + "digests"] = JsonSerializer.Serialize(Digests),
    };

    /// <summary>Whether metadata is ours, of whatever version.</summary>
    public static bool IsOurs(IReadOnlyDictionary<string, string> values) => values.ContainsKey(SchemaKey);

    /// <summary>Reads metadata.</summary>
    /// <param name="values">Names and values of which <see cref="IsOurs"/> holds.</param>
    /// <param name="metadata">The metadata.</param>
    /// <param name="fault">What is wrong with it, in words that complete "it …".</param>
    /// <returns>Whether it could be read.</returns>
    public static bool TryRead(IReadOnlyDictionary<string, string> values, [NotNullWhen(true)] out ReplayMetadata? metadata, out string fault)
    {
        metadata = null;
        fault = "";
        if (values[SchemaKey] != SchemaVersion)
        {
            fault = $"was written by another version (schema {values[SchemaKey]} there, {SchemaVersion} here): export it again with this one";
            return false;
        }

        try
        {
            metadata = Read(name => values[Prefix + name]);
            return true;
        }
        catch (Exception exception) when (exception is KeyNotFoundException or FormatException or OverflowException or ArgumentException or JsonException)
        {
            fault = "has damaged metadata: export it again";
            return false;
        }
    }

    private static ReplayMetadata Read(Func<string, string> value)
    {
        ReplayDescription description = new()
        {
            Environment = value("environment"),
            Observation = new ObservationFormat(
                Enum.GetValues<ObservationType>().Single(type => Name(type) == value("observation-type")),
                Integer(value("observation-size")),
                Integer(value("observation-stack"))),
            ActionCount = Integer(value("action-count")),
            Gamma = Number(value("gamma")),
            NStep = Integer(value("n-step")),
            IsPrioritized = value("prioritized") == "true",
            Alpha = Number(value("alpha")),
            PriorityEpsilon = Number(value("priority-epsilon")),
            Algorithm = value("algorithm"),
            Seed = value("seed") is { Length: > 0 } seed ? ulong.Parse(seed, CultureInfo.InvariantCulture) : null,
            Steps = value("steps") is { Length: > 0 } steps ? long.Parse(steps, CultureInfo.InvariantCulture) : null,
        };
        ArgumentOutOfRangeException.ThrowIfLessThan(description.NStep, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(description.NStep, LargestNStep);
        return new ReplayMetadata(
            description,
            JsonSerializer.Deserialize<ShardDescription[]>(value("shards"), JsonSerializerOptions.Web) ?? [],
            JsonSerializer.Deserialize<string[]>(value("digests")) ?? []);
    }

    // As NumPy and Arrow call them.
    private static string Name(ObservationType type) => type switch
    {
        ObservationType.Float32 => "float32",
        ObservationType.UInt8 => "uint8",
        _ => "bool",
    };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
