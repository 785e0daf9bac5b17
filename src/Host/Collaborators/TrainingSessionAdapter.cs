using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Runs a training on the actors of this process.</summary>
internal sealed class TrainingSessionAdapter : ITrainingSession
{
    /// <inheritdoc />
    public Task<RunSummary> RunAsync(TrainingOptions options, Config akka, IReadOnlyList<IProgressSink> sinks, IFragmentSource? source, CancellationToken stop) =>
        TrainingSession.RunAsync(options, akka.WithFallback(ConfigurationFactory.ParseString(EmbeddedHocon.Read("akka.conf"))), sinks, source, stop);
}
