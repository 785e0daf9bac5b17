using DqnAkka.Actors;
using ScottPlot;
using ScottPlot.Plottables;

namespace DqnAkka.Host;

/// <summary>
/// Draws the learning curve at the end of a run: training returns (mean ± standard deviation) and greedy evaluations over
/// environment steps. A picture that cannot be drawn costs one warning, never the run.
/// </summary>
/// <param name="path">The PNG file.</param>
/// <param name="title">The experiment's name.</param>
/// <param name="target">The score to reach; NaN where there is none.</param>
/// <param name="warn">Receives the warning.</param>
internal sealed class LearningCurve(string path, string title, double target, Action<string> warn) : IProgressSink
{
    private const int Width = 960;
    private const int Height = 600;
    private readonly ThinnedSeries _returns = new(2_048);
    private readonly List<EvaluationResult> _evaluations = [];

    /// <inheritdoc />
    public void Report(ProgressReport report) => Add(report.Steps, report.ReturnMean, report.ReturnDeviation);

    /// <summary>Adds a point of the training returns, unless there were none yet.</summary>
    /// <param name="step">Environment steps.</param>
    /// <param name="mean">Mean return.</param>
    /// <param name="deviation">Standard deviation of the returns.</param>
    public void Add(long step, double mean, double deviation)
    {
        if (double.IsFinite(mean) && double.IsFinite(deviation))
        {
            _returns.Add(step, mean, deviation);
        }
    }

    /// <inheritdoc />
    public void Evaluated(EvaluationResult result) => _evaluations.Add(result);

    /// <inheritdoc />
    public void Notice(string message)
    {
    }

    /// <inheritdoc />
    public void Completed(RunSummary summary)
    {
        if (summary.Evaluation is { } final && !_evaluations.Contains(final))
        {
            _evaluations.Add(final);
        }

        try
        {
            using Plot plot = Draw();
            plot.SavePng(path, Width, Height);
        }
        // Drawing rests on a native library that fails in ways of its own; the run's result matters more than its picture.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            warn($"the learning curve {path} could not be drawn: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    private Plot Draw()
    {
        Plot plot = new();
        plot.Title(title);
        plot.XLabel("environment steps");
        plot.YLabel("return of an episode");
        Color training = Colors.SteelBlue;
        if (_returns.Points.Count > 0)
        {
            // A run that goes on from a checkpoint does the steps since then once more.
            (double Step, double Mean, double Deviation)[] points = [.. _returns.Points.OrderBy(point => point.Step)];
            double[] steps = [.. points.Select(point => point.Step)];
            double[] low = [.. points.Select(point => point.Mean - point.Deviation)];
            double[] high = [.. points.Select(point => point.Mean + point.Deviation)];
            FillY band = plot.Add.FillY(steps, low, high);
            band.FillStyle.Color = training.WithAlpha(0.2);
            band.LineStyle.Width = 0;
            Scatter mean = plot.Add.ScatterLine(steps, points.Select(point => point.Mean).ToArray(), training);
            mean.LineWidth = 2;
            mean.LegendText = "training, mean ± sd of 100 episodes";
        }

        if (_evaluations.Count > 0)
        {
            EvaluationResult[] evaluations = [.. _evaluations.OrderBy(result => result.Step)];
            Scatter greedy = plot.Add.Scatter(
                evaluations.Select(result => (double)result.Step).ToArray(),
                evaluations.Select(result => result.Mean).ToArray(),
                Colors.DarkOrange);
            greedy.MarkerSize = 8;
            greedy.LineWidth = 1;
            greedy.LegendText = "greedy evaluation, mean";
        }

        if (double.IsFinite(target))
        {
            HorizontalLine line = plot.Add.HorizontalLine(target, 1, Colors.Gray, LinePattern.Dashed);
            line.LegendText = "target score";
        }

        plot.ShowLegend(Alignment.UpperLeft);
        return plot;
    }
}
