using System.Globalization;

namespace DqnAkka.Host;

/// <summary>Writes values as HOCON.</summary>
internal static class HoconLiteral
{
    /// <summary>A quoted string.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A number, with as many digits as bring the same double back.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A list on one line.</summary>
    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items)}]";
}
