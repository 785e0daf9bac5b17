using System.Globalization;

namespace DqnAkka.Host;

/// <summary>Who waits for whom, in words.</summary>
internal static class LimiterText
{
    private const double Edge = 0.9;

    /// <summary>The limiter's error as a percentage of its tolerance, and near the edges who has to wait there.</summary>
    /// <param name="error">−1 to 1, beyond that while samples are made up or paid back; NaN where there is none.</param>
    public static string Describe(double error)
    {
        if (double.IsNaN(error))
        {
            return "–";
        }

        string percentage = $"{Percentage(error)} %";
        return error >= Edge ? $"{percentage}, runners wait"
            : error <= -Edge ? $"{percentage}, learner waits"
            : percentage;
    }

    /// <summary>The limiter's error as a percentage of its tolerance, with its sign and without the unit.</summary>
    /// <param name="error">As in <see cref="Describe"/>, and a number.</param>
    public static string Percentage(double error) => string.Create(CultureInfo.InvariantCulture, $"{error * 100:+0;-0;0}");
}
