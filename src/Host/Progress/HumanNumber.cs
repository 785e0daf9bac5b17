using System.Globalization;

namespace DqnAkka.Host;

/// <summary>Numbers for people.</summary>
internal static class HumanNumber
{
    private static readonly string[] Prefixes = ["", " k", " M", " G", " T"];

    /// <summary>All digits, in groups of three.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>About three digits, with an SI prefix from 10,000 up; a dash where there is no number.</summary>
    public static string Short(double value)
    {
        if (!double.IsFinite(value))
        {
            return "–";
        }

        double size = Math.Abs(value);
        if (size is > 0 and < 0.001)
        {
            return value.ToString("0.0e0", CultureInfo.InvariantCulture);
        }

        int prefix = 0;
        if (size >= 10_000)
        {
            while (size >= 999.5 && prefix < Prefixes.Length - 1)
            {
                size /= 1_000;
                value /= 1_000;
                prefix++;
            }
        }

        string format = size switch { >= 1_000 => "N0", >= 100 => "0", >= 10 => "0.0", >= 0.9995 => "0.00", _ => "0.###" };
        return value.ToString(format, CultureInfo.InvariantCulture) + Prefixes[prefix];
    }

    /// <summary>Hours, minutes and seconds.</summary>
    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
