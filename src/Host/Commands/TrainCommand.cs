using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What the <c>train</c> command was asked.</summary>
/// <param name="Configuration">Where the configuration comes from.</param>
/// <param name="Resume">The folder of the run to go on with; null for a new one.</param>
/// <param name="IsForced">Whether a run goes on although settings differ.</param>
internal sealed record TrainRequest(ConfigurationSource Configuration, string? Resume = null, bool IsForced = false);

/// <summary>Trains an agent: checks everything that can be wrong, makes the run's folder, and hands over to the session.</summary>
internal sealed class TrainCommand(HostCollaborators collaborators, HostConsole console)
{
    /// <summary>Runs the training.</summary>
    /// <param name="request">What the command line says.</param>
    /// <param name="stop">Cancelled when the user asks for an end.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong; nothing was started.</exception>
    public async Task<int> RunAsync(TrainRequest request, CancellationToken stop)
    {
        if (request.Resume is null)
        {
            return request.IsForced
                ? throw new UserErrorException("--force says that a run goes on with other settings: name the run with --resume")
                : await RunAsync(request.Configuration.Resolve(), source: null, stop).ConfigureAwait(false);
        }

        using ResumedRun run = ResumedRun.Open(request.Resume, request.Configuration, request.IsForced);
        return await ResumeAsync(run, stop).ConfigureAwait(false);
    }

    /// <summary>Runs the training on what a source gives.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="source">Where fragments come from instead of environments; null for environments.</param>
    /// <param name="stop">Cancelled when the user asks for an end.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong; nothing was started.</exception>
    public async Task<int> RunAsync(ResolvedConfiguration configuration, IFragmentSource? source, CancellationToken stop)
    {
        (TrainingOptions options, ObservationFormat observation, _, IReadOnlyList<string> device) = Check(configuration);
        RunDirectory directory = RunDirectory.Create(options.Run.Directory, configuration.Name, DateTime.UtcNow);
        using RunLock? runLock = RunLock.TryTake(directory.Path);
        directory.WriteConfiguration(configuration.Text);
        options = DurableReplay.ForTraining(options with { Run = options.Run with { Directory = directory.Path } }, observation);

        await console.Output.WriteAsync(configuration.Text).ConfigureAwait(false);
        await console.Output.WriteLineAsync($"run directory {directory.Path}").ConfigureAwait(false);
        return await RunAsync(configuration, options, device, directory, source, stop).ConfigureAwait(false);
    }

    private async Task<int> ResumeAsync(ResumedRun run, CancellationToken stop)
    {
        ResolvedConfiguration configuration = run.Configuration;
        (TrainingOptions options, ObservationFormat observation, NetworkLayout layout, IReadOnlyList<string> device) = Check(configuration);
        run.RequireFit(layout);
        string path = run.Directory.Path;
        options = DurableReplay.ForTraining(options with { Run = options.Run with { Directory = path, Resumption = run.Number } }, observation);
        run.Directory.ReplaceConfiguration(configuration.Text);
        foreach (string warning in run.Change is null ? run.Checkpoint.Notices : [.. run.Checkpoint.Notices, run.Change])
        {
            await console.Error.WriteLineAsync($"warning: {warning}").ConfigureAwait(false);
        }

        await console.Output.WriteAsync(configuration.Text).ConfigureAwait(false);
        await console.Output.WriteLineAsync($"run directory {path}").ConfigureAwait(false);
        // A deterministic run has its replay memory in the checkpoint.
        if (options.Replay.Durable != ReplayDurability.On && !options.Run.Deterministic)
        {
            await console.Output.WriteLineAsync(
                $"the replay buffer starts empty: training goes on when it holds dqn.replay.min-size = {options.Replay.MinSize} transitions again (dqn.replay.durable = true would have kept them)").ConfigureAwait(false);
        }

        return await RunAsync(configuration, options, device, run.Directory, source: null, stop).ConfigureAwait(false);
    }

    private (TrainingOptions Options, ObservationFormat Observation, NetworkLayout Layout, IReadOnlyList<string> Device) Check(
        ResolvedConfiguration configuration)
    {
        TrainingOptions options = configuration.Options;
        ModeChecks.RequireOneProcess(options);
        (ObservationFormat observation, int actionCount) = collaborators.Environments.RequireSpaces(options.Environment);
        NetworkLayout layout = RunChecks.RequireLayout(observation, actionCount, options.Network);
        ModeChecks.RequireRanges(layout, options);
        RunChecks.RequireBackends(layout, options, [ClusterRoles.Learner, ClusterRoles.Runner]);
        IReadOnlyList<string> device = RunChecks.RequireDevice(layout, options);
        options = ReplayMemory.Require(options, observation, options.Replay.Shards, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        return (options, observation, layout, device);
    }

    private async Task<int> RunAsync(
        ResolvedConfiguration configuration,
        TrainingOptions options,
        IReadOnlyList<string> device,
        RunDirectory directory,
        IFragmentSource? source,
        CancellationToken stop)
    {
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
        using MetricsFileSink metrics = MetricsFileSink.Append(directory.MetricsFile, options.Run.Deterministic);
        using IConsoleSink view = console.IsTerminal
            ? LiveConsoleSink.ForTerminal(console.Output, options.Stop)
            : new PlainConsoleSink(console.Output);
        LearningCurve curve = new(
            directory.LearningCurveFile,
            configuration.Name,
            options.Stop.Score,
            message => console.Error.WriteLine($"warning: {message}"));
        MetricsHistory.Replay(directory.MetricsFile, curve);
        // The curve comes last: drawing takes longer than anyone should wait for the result.
        return await collaborators.Session.RunAsync(options, configuration.AkkaSettings, [metrics, view, curve], source, stop).ConfigureAwait(false);
    }
}
