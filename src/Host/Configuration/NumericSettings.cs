using System.Globalization;

namespace DqnAkka.Host;

/// <summary>An integer; held as <see cref="decimal"/>, which takes every long and ulong.</summary>
internal sealed record IntegerSetting(string Key, decimal Minimum, decimal Maximum) : Setting(Key)
{
    private const string OutOfRange = "is out of range";

    /// <inheritdoc />
    public override string Allowed => $"Range: {RangeText(Minimum, Maximum)}";

    /// <inheritdoc />
    protected override string Expectation => $"an integer, {RangeText(Minimum, Maximum)}";

    /// <inheritdoc />
    public override string Render(object value) => ((decimal)value).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>The bounds in words; the types' own maxima are no news to anyone.</summary>
    public static string RangeText(decimal minimum, decimal maximum) =>
        IsTypesOwn(maximum) ? $"at least {minimum}" : $"{minimum} to {maximum}";

    /// <summary>Parses an integer, also one written as <c>1e6</c>.</summary>
    public static string? ParseInteger(string text, decimal minimum, decimal maximum, out decimal value)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out value))
        {
            // What is too large for a decimal is still an integer, but no bound is that large.
            bool isHuge = double.TryParse(text, Styles, CultureInfo.InvariantCulture, out double huge) && Math.Abs(huge) >= (double)decimal.MaxValue;
            return !isHuge ? "is not an integer" : huge < 0 ? OutOfRange : TooLarge(maximum);
        }

        return value != decimal.Truncate(value) ? "is not an integer"
            : value < minimum ? OutOfRange
            : value > maximum ? TooLarge(maximum)
            : null;
    }

    /// <summary>A bound that the range does not name is named to whom it stops.</summary>
    private static string TooLarge(decimal maximum) => IsTypesOwn(maximum) ? $"is out of range, above {maximum}" : OutOfRange;

    private static bool IsTypesOwn(decimal maximum) => maximum is int.MaxValue or long.MaxValue or ulong.MaxValue;

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        string? complaint = ParseInteger(items[0], Minimum, Maximum, out decimal number);
        value = number;
        return complaint;
    }
}

/// <summary>A finite float64 between two bounds.</summary>
internal sealed record NumberSetting(string Key, double Minimum, double Maximum) : Setting(Key)
{
    /// <summary>Whether the lower bound itself is excluded.</summary>
    public bool AboveMinimum { get; init; }

    /// <summary>Whether the word <c>none</c> is allowed; it is held as NaN.</summary>
    public bool OrNone { get; init; }

    private string RangeText
    {
        get
        {
            string range = (AboveMinimum, double.IsPositiveInfinity(Maximum), double.IsNegativeInfinity(Minimum)) switch
            {
                (_, _, true) => "any number",
                (true, true, _) => $"above {HoconLiteral.Number(Minimum)}",
                (true, false, _) => $"above {HoconLiteral.Number(Minimum)}, at most {HoconLiteral.Number(Maximum)}",
                (false, true, _) => $"at least {HoconLiteral.Number(Minimum)}",
                _ => $"{HoconLiteral.Number(Minimum)} to {HoconLiteral.Number(Maximum)}",
            };
            return OrNone ? $"{range}, or none" : range;
        }
    }

    /// <inheritdoc />
    public override string Allowed => $"Range: {RangeText}";

    /// <inheritdoc />
    protected override string Expectation => RangeText.StartsWith("any", StringComparison.Ordinal) ? RangeText : $"a number, {RangeText}";

    /// <inheritdoc />
    public override string Render(object value) => double.IsNaN((double)value) ? "none" : HoconLiteral.Number((double)value);

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        if (OrNone && items[0] == "none")
        {
            value = double.NaN;
            return null;
        }

        bool parsed = double.TryParse(items[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        value = number;
        if (!parsed || !double.IsFinite(number))
        {
            return "is not a number";
        }

        return number < Minimum || number > Maximum || (AboveMinimum && number == Minimum) ? "is out of range" : null;
    }
}

/// <summary>A list of integers; a single integer is a list of one.</summary>
internal sealed record IntegerListSetting(string Key, decimal Minimum, decimal Maximum) : Setting(Key)
{
    /// <inheritdoc />
    public override string Allowed => $"Range: a list, each {IntegerSetting.RangeText(Minimum, Maximum)}";

    /// <inheritdoc />
    protected override string Expectation => $"a list of integers such as [64, 64], each {IntegerSetting.RangeText(Minimum, Maximum)}";

    /// <inheritdoc />
    protected override bool TakesList => true;

    /// <inheritdoc />
    public override string Render(object value) =>
        HoconLiteral.List(((IReadOnlyList<int>)value).Select(item => item.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        List<int> numbers = [];
        value = numbers;
        foreach (string item in items)
        {
            if (IntegerSetting.ParseInteger(item, Minimum, Maximum, out decimal number) is { } complaint)
            {
                return complaint.StartsWith("is out of range", StringComparison.Ordinal) ? "has an item out of range" : "has an item that is not an integer";
            }

            numbers.Add((int)number);
        }

        return numbers.Count == 0 ? "is empty" : null;
    }
}
