using System.Globalization;
using System.Text.RegularExpressions;

namespace DqnAkka.Process.Tests;

/// <summary>Reads the line that scripts read.</summary>
internal static partial class EvaluationLines
{
    /// <summary>The mean of an evaluation line; fails on any other line.</summary>
    public static double Mean(string line)
    {
        Match match = Pattern().Match(line);
        if (!match.Success)
        {
            throw new InvalidOperationException($"no evaluation line: {line}");
        }

        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^evaluation (?:step=\d+ )?mean=(-?[0-9.]+) sd=[0-9.]+ min=-?[0-9.]+ max=-?[0-9.]+ episodes=\d+$")]
    private static partial Regex Pattern();
}
