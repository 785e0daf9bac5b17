using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>The lines that scripts read: <c>evaluation step=… mean=… sd=… min=… max=… episodes=…</c>, invariant culture.</summary>
internal static class EvaluationLine
{
    /// <summary>An evaluation during a run.</summary>
    public static string Format(EvaluationResult result) =>
        $"evaluation step={result.Step} {Fields(result.Mean, result.Deviation, result.Minimum, result.Maximum, result.Episodes)}";

    /// <summary>An evaluation outside a run.</summary>
    public static string Format(ReturnStatistics statistics) =>
        $"evaluation {Fields(statistics.Mean, statistics.Deviation, statistics.Minimum, statistics.Maximum, statistics.Episodes)}";

    /// <summary>A number for a script: up to four decimals, <c>nan</c> where there is none.</summary>
    public static string Number(double value) => double.IsNaN(value) ? "nan" : value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Fields(double mean, double deviation, double minimum, double maximum, int episodes) =>
        $"mean={Number(mean)} sd={Number(deviation)} min={Number(minimum)} max={Number(maximum)} episodes={episodes}";
}
