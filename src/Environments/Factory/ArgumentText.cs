using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>Converts the arguments of environments and wrappers from their text in the configuration, in the invariant culture.</summary>
internal static class ArgumentText
{
    private static readonly Dictionary<Type, (string Expected, Func<string, object?> Parse)> Conversions = new()
    {
        [typeof(string)] = ("text", text => text),
        [typeof(bool)] = ("true or false", text => bool.TryParse(text, out bool value) ? value : null),
        [typeof(int)] = (
            $"an integer from {int.MinValue} to {int.MaxValue}",
            text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : null),
        [typeof(long)] = (
            $"an integer from {long.MinValue} to {long.MaxValue}",
            text => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : null),
        [typeof(float)] = (
            "a finite number",
            text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value) ? value : null),
        [typeof(double)] = (
            "a finite number",
            text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null),
        [typeof(int[])] = ("a list of integers such as [0, 2]", ParseIntegers),
    };

    /// <summary>Whether a value of this type can be given as text.</summary>
    public static bool CanConvert(Type type) => Underlying(type).IsEnum || Conversions.ContainsKey(Underlying(type));

    /// <summary>The value that the text stands for.</summary>
    /// <exception cref="EnvironmentException">The type cannot be given as text, or the text is not a value of the type.</exception>
    public static object Convert(ArgumentOwner owner, string argument, string text, Type type)
    {
        if (!CanConvert(type))
        {
            throw new EnvironmentException($"argument {argument} of {owner} is a {type.Name}, which a configuration cannot give: leave it out");
        }

        (string expected, Func<string, object?> parse) = Underlying(type).IsEnum ? OfEnumeration(Underlying(type)) : Conversions[Underlying(type)];
        return parse(text) ?? throw new EnvironmentException($"argument {argument} of {owner} must be {expected}: got '{text}'");
    }

    // By name only: any number would pass for a value of any enumeration.
    private static (string Expected, Func<string, object?> Parse) OfEnumeration(Type type) => (
        $"one of {string.Join(", ", Enum.GetNames(type))}",
        text => Enum.GetNames(type).FirstOrDefault(name => string.Equals(name, text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse(type, name)
            : null);

    private static int[]? ParseIntegers(string text)
    {
        string list = text.Trim();
        if (list is not ['[', .., ']'])
        {
            return null;
        }

        string[] items = list[1..^1].Split(',', StringSplitOptions.TrimEntries);
        int[] values = new int[items is [""] ? 0 : items.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!int.TryParse(items[i], NumberStyles.Integer, CultureInfo.InvariantCulture, out values[i]))
            {
                return null;
            }
        }

        return values;
    }

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
