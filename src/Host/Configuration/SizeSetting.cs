using System.Globalization;
using System.Text.RegularExpressions;

namespace DqnAkka.Host;

/// <summary>A number of bytes above 0 with a unit as HOCON writes them, or <c>auto</c>; held as <see cref="long"/>, auto as 0.</summary>
internal sealed partial record SizeSetting(string Key) : Setting(Key)
{
    private const string Auto = "auto";

    // One, two or three letters, as HOCON's specification has them: powers of 1024 but for kB, MB, GB and TB.
    private static readonly (string[] Names, long Bytes)[] Units =
    [
        (["B", "b", "byte", "bytes"], 1),
        (["TiB", "T", "t", "Ti", "tebibyte", "tebibytes"], 1L << 40),
        (["GiB", "G", "g", "Gi", "gibibyte", "gibibytes"], 1L << 30),
        (["MiB", "M", "m", "Mi", "mebibyte", "mebibytes"], 1L << 20),
        (["KiB", "K", "k", "Ki", "kibibyte", "kibibytes"], 1L << 10),
        (["TB", "terabyte", "terabytes"], 1_000_000_000_000),
        (["GB", "gigabyte", "gigabytes"], 1_000_000_000),
        (["MB", "megabyte", "megabytes"], 1_000_000),
        (["kB", "kilobyte", "kilobytes"], 1_000),
    ];

    /// <inheritdoc />
    public override string Allowed => "Range: above 0 with a unit (8GiB, 500MB), or auto";

    /// <inheritdoc />
    protected override string Expectation => "a number above 0 with a unit, as 8GiB or 500MB, or auto";

    /// <inheritdoc />
    public override string Render(object value)
    {
        long bytes = (long)value;
        (string[] names, long unit) = Units.Skip(1).Concat(Units.Take(1)).First(candidate => bytes % candidate.Bytes == 0);
        return bytes == 0 ? Auto : string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{names[0]}");
    }

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        value = 0L;
        if (items[0] == Auto)
        {
            return null;
        }

        Match match = NumberAndUnit().Match(items[0]);
        string name = match.Groups[2].Value;
        int unit = Array.FindIndex(Units, candidate => candidate.Names.Contains(name));
        if (!match.Success || unit < 0 || !decimal.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            string? meant = Units.SelectMany(candidate => candidate.Names).FirstOrDefault(candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase));
            return meant is null ? "is no size" : $"is no size, as capital and small letters differ (did you mean {match.Groups[1].Value}{meant}?)";
        }

        decimal bytes = decimal.Truncate(number * Units[unit].Bytes);
        value = bytes is >= 1 and <= long.MaxValue ? (long)bytes : 0L;
        return bytes is >= 1 and <= long.MaxValue ? null : "is out of range";
    }

    [GeneratedRegex("^([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([A-Za-z]*)$")]
    private static partial Regex NumberAndUnit();
}
