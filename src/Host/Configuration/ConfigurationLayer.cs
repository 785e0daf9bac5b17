using System.Globalization;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace DqnAkka.Host;

/// <summary>The keys that one source gives: a file, or one <c>--set</c>.</summary>
internal sealed class ConfigurationLayer
{
    private readonly Dictionary<string, RawValue> _values = [];

    private ConfigurationLayer()
    {
    }

    /// <summary>What was written, by whole key (<c>dqn.…</c>), without the keys under <c>akka</c>.</summary>
    public IReadOnlyDictionary<string, RawValue> Values => _values;

    /// <summary>The keys under <c>akka</c>, for Akka itself.</summary>
    public Config AkkaSettings { get; private set; } = Config.Empty;

    /// <summary>Reads a HOCON text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="folder">What relative paths in it count from.</param>
    /// <param name="variables">The value of an environment variable, null where it is not set; the process's own where left out.</param>
    /// <exception cref="UserErrorException">The text is not well-formed, or names a variable that is not set.</exception>
    public static ConfigurationLayer Parse(string text, string name, string folder, Func<string, string?>? variables = null)
    {
        (string resolved, IReadOnlyDictionary<string, string> origins) = HoconScanner.Scan(text, name, variables ?? Environment.GetEnvironmentVariable);
        if (origins.Count == 0)
        {
            return new ConfigurationLayer();
        }

        HoconRoot root = ParseHocon(resolved, name);
        Dictionary<string, HoconValue> items = root.Value.GetObject().Items;
        ConfigurationLayer layer = new();
        foreach (string key in items.Keys.Where(key => key != "akka").ToArray())
        {
            layer.Add(key, items[key], folder, path => origins.TryGetValue(path, out string? origin) ? $"{name}:{origin}" : name);
            items.Remove(key);
        }

        layer.AkkaSettings = items.Count > 0 ? new Config(root) : Config.Empty;
        return layer;
    }

    /// <summary>One key given on its own.</summary>
    /// <param name="key">The whole key.</param>
    /// <param name="value">Its value: a text, or a list in brackets.</param>
    /// <param name="origin">Where it was given, for example <c>--set</c>.</param>
    /// <exception cref="UserErrorException">The list is not well-formed.</exception>
    public static ConfigurationLayer Single(string key, string value, string origin)
    {
        bool literal = value.StartsWith('[') || value.StartsWith('"');
        if (literal || key.StartsWith("akka.", StringComparison.Ordinal))
        {
            ConfigurationLayer parsed = Parse($"{key} = {(literal ? value : HoconLiteral.Quote(value))}", origin, Environment.CurrentDirectory);
            foreach ((string path, RawValue raw) in parsed._values)
            {
                parsed._values[path] = raw with { Origin = origin };
            }

            return parsed;
        }

        return Literal(key, value, origin);
    }

    /// <summary>One key with a text that is taken as it is.</summary>
    /// <param name="key">The whole key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="origin">Where it was given, for example <c>--port</c>.</param>
    public static ConfigurationLayer Literal(string key, string value, string origin)
    {
        ConfigurationLayer layer = new();
        layer._values[key] = Rooted(key, new RawValue([value], false, origin), Environment.CurrentDirectory);
        return layer;
    }

    private static HoconRoot ParseHocon(string text, string name)
    {
        try
        {
            return Parser.Parse(text, null);
        }
        catch (Exception exception) when (exception is FormatException or ConfigurationException)
        {
            string message = exception.Message.Split('\n')[0].Trim().TrimEnd(':', '.');
            Match position = Regex.Match(message, @" at position (\d+)");
            string line = "";
            if (position.Success)
            {
                int end = Math.Min(text.Length, int.Parse(position.Groups[1].Value, CultureInfo.InvariantCulture));
                line = $"{1 + text.AsSpan(0, end).Count('\n')}:";
                message = message.Remove(position.Index, position.Length);
            }

            throw new UserErrorException($"{name}:{line} not readable as HOCON ({message}): write 'key = value', one on each line");
        }
    }

    // What names a file or a folder counts from the file that it stands in.
    private static RawValue Rooted(string key, RawValue raw, string folder) =>
        key is "dqn.environment.path" or "dqn.network.path" || key.StartsWith("dqn.remote.tls.", StringComparison.Ordinal)
            ? raw with { Items = [.. raw.Items.Select(item => item.Length == 0 ? "" : Path.GetFullPath(item, folder))] }
            : raw;

    // Akka's parser overflows the stack on such a value, so it is looked for before the value is touched.
    private static bool RefersToItself(HoconValue value, HashSet<HoconValue> above)
    {
        bool refers = !above.Add(value) || value.Values.OfType<HoconSubstitution>().Any(element => RefersToItself(element.ResolvedValue, above));
        above.Remove(value);
        return refers;
    }

    private void Add(string path, HoconValue value, string folder, Func<string, string> origin)
    {
        if (RefersToItself(value, new HashSet<HoconValue>(ReferenceEqualityComparer.Instance)))
        {
            throw new UserErrorException($"{origin(path)}: {path} refers to itself: give it a value");
        }

        if (value.IsArray() || (value.Values.Count > 0 && value.Values.All(element => element is HoconArray)))
        {
            RawValue list = new([.. value.GetArray().Select(item => item.GetString())], true, origin(path));
            _values[path] = Rooted(path, list, folder);
        }
        else if (value.IsObject())
        {
            foreach ((string key, HoconValue item) in value.GetObject().Items)
            {
                Add($"{path}.{key}", item, folder, origin);
            }
        }
        else
        {
            _values[path] = Rooted(path, new RawValue([value.GetString() ?? ""], false, origin(path)), folder);
        }
    }
}
