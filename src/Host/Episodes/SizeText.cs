using System.Globalization;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Reads <c>--size WIDTHxHEIGHT</c>.</summary>
internal static class SizeText
{
    /// <summary>The size; null where none is given.</summary>
    /// <param name="text">What was typed, or null.</param>
    /// <param name="smallest">The least of each side.</param>
    /// <param name="largest">The most of each side.</param>
    /// <param name="unit">What is counted, <c>pixels</c>.</param>
    /// <param name="example">A size as one types it.</param>
    /// <exception cref="UserErrorException">It is no size, or out of range.</exception>
    public static ImageSize? Read(string? text, int smallest, int largest, string unit, string example)
    {
        if (text is null)
        {
            return null;
        }

        string[] sides = text.Split('x', 'X', '×');
        return sides is [string width, string height]
            && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
            && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
            && columns >= smallest && columns <= largest && rows >= smallest && rows <= largest
                ? new ImageSize(columns, rows)
                : throw new UserErrorException($"--size {text} is no size: write WIDTHxHEIGHT in {unit}, each {smallest} to {largest}, for example --size {example}");
    }
}
