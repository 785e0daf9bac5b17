using System.Text.RegularExpressions;

namespace DqnAkka.Host;

/// <summary>True or false.</summary>
internal sealed record BooleanSetting(string Key) : Setting(Key)
{
    /// <inheritdoc />
    public override string Allowed => "Choices: true, false";

    /// <inheritdoc />
    protected override string Expectation => "true or false";

    /// <inheritdoc />
    public override string Render(object value) => (bool)value ? "true" : "false";

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        value = items[0] is "true" or "on" or "yes";
        return (bool)value || items[0] is "false" or "off" or "no" ? null : "is neither true nor false";
    }
}

/// <summary>One of several names, each standing for a value of an enumeration.</summary>
internal sealed record ChoiceSetting(string Key, IReadOnlyList<(string Name, object Value)> Choices) : Setting(Key)
{
    private IEnumerable<string> Names => Choices.Select(choice => choice.Name);

    /// <inheritdoc />
    public override string Allowed => $"Choices: {string.Join(", ", Names)}";

    /// <inheritdoc />
    protected override string Expectation => Choices.Count == 2
        ? string.Join(" or ", Names)
        : $"one of {string.Join(", ", Names)}";

    /// <inheritdoc />
    public override string Render(object value) => Choices.First(choice => choice.Value.Equals(value)).Name;

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        foreach ((string name, object meaning) in Choices)
        {
            if (name == items[0])
            {
                value = meaning;
                return null;
            }
        }

        value = null;
        return "is not a choice";
    }
}

/// <summary>A text, optionally of a given pattern.</summary>
internal sealed record TextSetting(string Key, string Form, string Pattern = "") : Setting(Key)
{
    /// <inheritdoc />
    public override string Allowed => $"Range: {Form}";

    /// <inheritdoc />
    protected override string Expectation => Form;

    /// <inheritdoc />
    public override string Render(object value) => HoconLiteral.Quote((string)value);

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        value = items[0];
        return Pattern.Length == 0 || Regex.IsMatch(items[0], Pattern) ? null : "is not understood";
    }
}

/// <summary>A list of texts, optionally each of a given pattern; a single text is a list of one.</summary>
internal sealed record TextListSetting(string Key, string Form, string Pattern = "") : Setting(Key)
{
    /// <inheritdoc />
    public override string Allowed => $"Range: {Form}";

    /// <inheritdoc />
    protected override string Expectation => Form;

    /// <inheritdoc />
    protected override bool TakesList => true;

    /// <inheritdoc />
    public override string Render(object value) => HoconLiteral.List(((IReadOnlyList<string>)value).Select(HoconLiteral.Quote));

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        // Options that hold the same empty list are equal.
        value = items.Count == 0 ? Array.Empty<string>() : items;
        return Pattern.Length == 0 || items.All(item => Regex.IsMatch(item, Pattern)) ? null : "has an item that is not understood";
    }
}
