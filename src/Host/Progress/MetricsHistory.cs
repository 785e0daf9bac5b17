using System.Text.Json;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Reads what an earlier part of a run wrote to its metrics file, so that its learning curve is drawn whole.</summary>
internal static class MetricsHistory
{
    /// <summary>Adds the points of a file to a curve; a line that was cut by a crash is passed over.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <param name="curve">The curve.</param>
    public static void Replay(string path, LearningCurve curve)
    {
        if (!File.Exists(path))
        {
            return;
        }

        foreach (string line in File.ReadLines(path))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                Add(document.RootElement, curve);
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                // The process that wrote this line was killed while it did.
            }
        }
    }

    /// <summary>Whether the last line says how the run came to its end, other than by being interrupted or by failing.</summary>
    /// <param name="path">The file; it need not exist.</param>
    public static bool HasResult(string path)
    {
        if (!File.Exists(path) || File.ReadLines(path).LastOrDefault() is not { } last)
        {
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(last);
            JsonElement line = document.RootElement;
            return line.GetProperty("type").GetString() == "summary" && line.GetProperty("reason").GetString() is not ("interrupted" or "failed");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void Add(JsonElement line, LearningCurve curve)
    {
        switch (line.GetProperty("type").GetString())
        {
            case "progress":
                curve.Add(line.GetProperty("steps").GetInt64(), Number(line, "return_mean"), Number(line, "return_deviation"));
                break;
            case "evaluation":
                curve.Evaluated(new EvaluationResult(
                    line.GetProperty("step").GetInt64(),
                    line.GetProperty("updates").GetInt64(),
                    line.GetProperty("episodes").GetInt32(),
                    Number(line, "mean"),
                    Number(line, "deviation"),
                    Number(line, "minimum"),
                    Number(line, "maximum")));
                break;
            default:
                break;
        }
    }

    private static double Number(JsonElement line, string name) =>
        line.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.NaN;
}
