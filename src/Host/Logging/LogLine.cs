using System.Globalization;

namespace DqnAkka.Host;

/// <summary>The form of a node's log lines: when, how grave, which node, its roles, what.</summary>
internal static class LogLine
{
    private const int MaxLength = 1000;

    /// <summary>Writes one line, without its end.</summary>
    /// <param name="time">When.</param>
    /// <param name="level">How grave: <c>info</c>, <c>warn</c>, ….</param>
    /// <param name="address">The node.</param>
    /// <param name="roles">What it does.</param>
    /// <param name="message">What happened; made one line.</param>
    public static string Format(DateTimeOffset time, string level, string address, string roles, string message) => string.Create(
        CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} {level} {address} [{roles}] {OneLine(message)}");

    /// <summary>Peers choose some of the text: it must not write lines of its own, nor move a terminal's cursor.</summary>
    public static string OneLine(string text)
    {
        string line = string.Join(' ', new string([.. text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxLength ? line : $"{line.AsSpan(0, MaxLength - 1)}…";
    }
}
