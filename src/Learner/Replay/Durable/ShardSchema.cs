using System.Globalization;
using System.Text;
using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// What a shard's file holds and how it lies there, as names and values that a file begins with and that are compared when it is opened.
/// </summary>
public sealed class ShardSchema
{
    private const int MaxValueLength = 400;

    /// <summary>What may change from one start to the next: what is held is then carried over into a file of the new form.</summary>
    private static readonly string[] OfTheForm = [Names.Capacity, Names.Fragment, Names.Environments];

    private readonly KeyValuePair<string, string>[] _entries;

    private ShardSchema(KeyValuePair<string, string>[] entries) => _entries = entries;

    /// <summary>The schema of one shard.</summary>
    /// <param name="environment">The environment's name and arguments: transitions of another one are none of ours.</param>
    /// <param name="format">The form of an observation.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="capacity">Transitions that the shard holds.</param>
    /// <param name="replay">How they are drawn, and which leave first.</param>
    /// <param name="gamma">Discount of one environment step, γ.</param>
    /// <param name="shape">What its stream looks like.</param>
    public static ShardSchema Of(
        string environment, ObservationFormat format, int actionCount, int capacity, ReplayOptions replay, double gamma, StreamShape shape)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(replay);
        ArgumentNullException.ThrowIfNull(shape);
        return new ShardSchema(
        [
            new(Names.Environment, Abbreviate(environment.ReplaceLineEndings(" "))),
            new(Names.ObservationType, format.Type.ToString()),
            new(Names.ObservationSize, Text(format.Size)),
            new(Names.Stack, Text(format.Stack)),
            new(Names.ActionCount, Text(actionCount)),
            new(Names.NStep, Text(shape.Steps)),
            new(Names.Gamma, Text(gamma)),
            new(Names.Prioritized, replay.Prioritized ? "true" : "false"),
            // Without priorities the exponent says nothing.
            new(Names.Alpha, Text(replay.Prioritized ? replay.Alpha : 0)),
            new(Names.PriorityEpsilon, Text(replay.Prioritized ? replay.PriorityEpsilon : 0)),
            new(Names.Capacity, Text(capacity)),
            new(Names.Removal, replay.Removal.ToString()),
            new(Names.Fragment, Text(shape.Fragment)),
            new(Names.Environments, Text(shape.Environments)),
        ]);
    }

    /// <summary>The environment's name and arguments.</summary>
    public string Environment => this[Names.Environment];

    /// <summary>Number of actions.</summary>
    public int ActionCount => Integer(Names.ActionCount);

    /// <summary>n of the n-step returns.</summary>
    public int NStep => Integer(Names.NStep);

    /// <summary>Discount of one environment step, γ.</summary>
    public double Gamma => Number(Names.Gamma);

    /// <summary>Transitions that the shard holds.</summary>
    public int Capacity => Integer(Names.Capacity);

    /// <summary>The form of an observation.</summary>
    public ObservationFormat Format =>
        new(Enum.Parse<ObservationType>(this[Names.ObservationType]), Integer(Names.ObservationSize), Integer(Names.Stack));

    /// <summary>How transitions are drawn, and which leave first; the other values are not known here.</summary>
    public ReplayOptions Options => new()
    {
        Prioritized = this[Names.Prioritized] == "true",
        Alpha = Number(Names.Alpha),
        PriorityEpsilon = Number(Names.PriorityEpsilon),
        Removal = Enum.Parse<RemovalKind>(this[Names.Removal]),
    };

    /// <summary>What the stream looks like.</summary>
    public StreamShape Shape => new(Integer(Names.Fragment), Integer(Names.Environments), NStep);

    /// <summary>How the buffer lies in the file.</summary>
    public ReplayMemoryPlan Plan => ReplayMemoryPlan.For(Capacity, Format, Options, Shape);

    /// <summary>Compares a file's schema with the one that is wanted here.</summary>
    /// <param name="wanted">The schema here.</param>
    /// <param name="isForm">Whether the difference is one of form alone, or one of meaning.</param>
    /// <returns>What differs: <c>capacity is 1000 there and 2000 here; …</c>, or null where nothing does.</returns>
    public string? Difference(ShardSchema wanted, out bool isForm)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        string[] names = [.. _entries.Concat(wanted._entries).Select(entry => entry.Key).Distinct().Where(name => this[name] != wanted[name])];
        isForm = names.All(name => OfTheForm.Contains(name));
        return names.Length == 0 ? null : string.Join("; ", names.Select(name => $"{name} is {Shown(this[name])} there and {Shown(wanted[name])} here"));
    }

    /// <summary>The schema as a file holds it: a line for each name.</summary>
    public override string ToString() => string.Join('\n', _entries.Select(entry => $"{entry.Key}={entry.Value}"));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">The lines.</param>
    /// <returns>The schema, or null where the text is none.</returns>
    internal static ShardSchema? Parse(string text)
    {
        List<KeyValuePair<string, string>> entries = [];
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                return null;
            }

            entries.Add(new(line[..equals], line[(equals + 1)..]));
        }

        return new ShardSchema([.. entries]);
    }

    private string this[string name] => Array.Find(_entries, entry => entry.Key == name).Value ?? "";

    private static string Shown(string value) => value.Length == 0 ? "nothing" : value;

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Abbreviate(string value) => value.Length <= MaxValueLength
        ? value
        : string.Create(CultureInfo.InvariantCulture, $"{value[..(MaxValueLength / 2)]}… (hash {Checksums.Of(Encoding.UTF8.GetBytes(value)):x8})");

    private int Integer(string name) => int.Parse(this[name], CultureInfo.InvariantCulture);

    private double Number(string name) => double.Parse(this[name], CultureInfo.InvariantCulture);

    private static class Names
    {
        public const string Environment = "environment";
        public const string ObservationType = "observation type";
        public const string ObservationSize = "observation size";
        public const string Stack = "stacked frames";
        public const string ActionCount = "actions";
        public const string NStep = "n-step";
        public const string Gamma = "gamma";
        public const string Prioritized = "prioritized";
        public const string Alpha = "alpha";
        public const string PriorityEpsilon = "priority-epsilon";
        public const string Capacity = "capacity";
        public const string Removal = "removal";
        public const string Fragment = "fragment";
        public const string Environments = "environments of a runner";
    }
}
