using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Who hears of a run that may move from node to node: made when the training starts here, and going on with what is there.</summary>
internal static class RunSinks
{
    /// <summary>Makes them.</summary>
    /// <param name="directory">The run's folder.</param>
    /// <param name="name">The experiment's name.</param>
    /// <param name="score">The score to reach; NaN where there is none.</param>
    /// <param name="console">Where lines go.</param>
    public static IReadOnlyList<IProgressSink> Open(RunDirectory directory, string name, double score, HostConsole console)
    {
        LearningCurve curve = new(directory.LearningCurveFile, name, score, message => console.Error.WriteLine($"warning: {message}"));
        MetricsHistory.Replay(directory.MetricsFile, curve);
        return [MetricsFileSink.Append(directory.MetricsFile, isReproducible: false), new PlainConsoleSink(console.Output), curve];
    }
}
