using DqnAkka.Actors;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Trains an agent: checks everything that can be wrong, makes the run's folder, and hands over to the session.</summary>
internal sealed class TrainCommand(HostCollaborators collaborators, HostConsole console)
{
    /// <summary>Runs the training.</summary>
    /// <param name="source">What the command line says.</param>
    /// <param name="stop">Cancelled when the user asks for an end.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong; nothing was started.</exception>
    public Task<int> RunAsync(ConfigurationSource source, CancellationToken stop) => RunAsync(source.Resolve(), source: null, stop);

    /// <summary>Runs the training on what a source gives.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="source">Where fragments come from instead of environments; null for environments.</param>
    /// <param name="stop">Cancelled when the user asks for an end.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong; nothing was started.</exception>
    public async Task<int> RunAsync(ResolvedConfiguration configuration, IFragmentSource? source, CancellationToken stop)
    {
        TrainingOptions options = configuration.Options;
        (ObservationFormat observation, int actionCount) = collaborators.Environments.RequireSpaces(options.Environment);
        RunChecks.RequireLayout(observation, actionCount, options.Network);
        IReadOnlyList<string> device = RunChecks.RequireDevice(observation, actionCount, options);
        options = ReplayMemory.Require(options, observation, options.Replay.Shards, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        RunDirectory directory = RunDirectory.Create(options.Run.Directory, configuration.Name, DateTime.UtcNow);
        directory.WriteConfiguration(configuration.Text);
        options = DurableReplay.ForTraining(options with { Run = options.Run with { Directory = directory.Path } }, observation);

        await console.Output.WriteAsync(configuration.Text).ConfigureAwait(false);
        await console.Output.WriteLineAsync($"run directory {directory.Path}").ConfigureAwait(false);
        foreach (string line in device)
        {
            await console.Output.WriteLineAsync(line).ConfigureAwait(false);
        }

        RunSummary summary = await RunSessionAsync(configuration, options, directory, source, stop).ConfigureAwait(false);
        if (summary.Reason == StopReason.Failed)
        {
            await console.Error.WriteLineAsync($"error: {summary.Failure}").ConfigureAwait(false);
        }

        return summary.Reason switch
        {
            StopReason.Failed => ExitCode.Failed,
            StopReason.Interrupted => ExitCode.Interrupted,
            _ => ExitCode.Done,
        };
    }

    private async Task<RunSummary> RunSessionAsync(
        ResolvedConfiguration configuration,
        TrainingOptions options,
        RunDirectory directory,
        IFragmentSource? source,
        CancellationToken stop)
    {
        using MetricsFileSink metrics = MetricsFileSink.Append(directory.MetricsFile);
        using IConsoleSink view = console.IsTerminal
            ? LiveConsoleSink.ForTerminal(console.Output, options.Stop)
            : new PlainConsoleSink(console.Output);
        LearningCurve curve = new(
            directory.LearningCurveFile,
            configuration.Name,
            options.Stop.Score,
            message => console.Error.WriteLine($"warning: {message}"));
        // The curve comes last: drawing takes longer than anyone should wait for the result.
        return await collaborators.Session.RunAsync(options, configuration.AkkaSettings, [metrics, view, curve], source, stop).ConfigureAwait(false);
    }
}
