using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Runs one training from start to end.</summary>
internal interface ITrainingSession
{
    /// <summary>Runs it.</summary>
    /// <param name="options">Checked options; the run's directory exists and is writable.</param>
    /// <param name="akka">What the user set under <c>akka</c>, to be laid over the program's own Akka configuration.</param>
    /// <param name="sinks">Where progress goes.</param>
    /// <param name="source">Where fragments come from instead of environments; null for environments.</param>
    /// <param name="stop">Cancelled when the user asks for an end: the run writes its checkpoint and returns.</param>
    Task<RunSummary> RunAsync(TrainingOptions options, Config akka, IReadOnlyList<IProgressSink> sinks, IFragmentSource? source, CancellationToken stop);
}
