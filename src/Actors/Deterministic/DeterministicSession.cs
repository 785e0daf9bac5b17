namespace DqnAkka.Actors;

/// <summary>Runs a deterministic training on a thread of its own.</summary>
internal static class DeterministicSession
{
    /// <summary>Trains until a stop condition, and gives the result.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sinks">Who hears of progress.</param>
    public static Task<RunSummary> RunAsync(TrainingRun run, IReadOnlyList<IProgressSink> sinks) => Task.Factory.StartNew(
        () => new DeterministicTraining(run, sinks).Run(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
