namespace DqnAkka.Host;

/// <summary>The typed value of every key that could be read, with where it came from. Keys are without the leading <c>dqn.</c>.</summary>
internal sealed class ConfigurationValues
{
    private readonly Dictionary<string, (object Value, RawValue Raw)> _values = [];

    /// <summary>The environment's constructor arguments, sorted by name.</summary>
    public SortedDictionary<string, string> Arguments { get; } = new(StringComparer.Ordinal);

    /// <summary>Stores a value.</summary>
    public void Set(string key, object value, RawValue raw) => _values[key] = (value, raw);

    /// <summary>Whether the key could be read.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The value of any key.</summary>
    public T Get<T>(string key) => (T)_values[key].Value;

    /// <summary>The value of an integer key.</summary>
    public int Integer(string key) => (int)Get<decimal>(key);

    /// <summary>The value of an integer key.</summary>
    public long Long(string key) => (long)Get<decimal>(key);

    /// <summary>The value of a number key.</summary>
    public double Number(string key) => Get<double>(key);

    /// <summary>The value of a number key, as float32.</summary>
    public float Single(string key) => (float)Get<double>(key);

    /// <summary>The value of a true-or-false key.</summary>
    public bool Flag(string key) => Get<bool>(key);

    /// <summary>The value of a text key.</summary>
    public string Text(string key) => Get<string>(key);

    /// <summary>Key, value and origin, as messages show them.</summary>
    public string Describe(string key) => $"{Setting.Root}{key} = {_values[key].Raw} ({_values[key].Raw.Origin})";
}
