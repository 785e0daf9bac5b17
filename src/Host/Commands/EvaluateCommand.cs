using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What the <c>eval</c> command was asked.</summary>
/// <param name="CheckpointPath">A run's folder, its checkpoints', or one checkpoint's manifest.</param>
/// <param name="Episodes">Number of episodes; null for <c>evaluation.episodes</c>.</param>
/// <param name="Configuration">Where the environment is described, over the run's own configuration.</param>
/// <param name="IsBest">Whether the best checkpoint by evaluation is meant and not the newest.</param>
internal sealed record EvaluateRequest(string CheckpointPath, int? Episodes, ConfigurationSource Configuration, bool IsBest = false);

/// <summary>Plays greedy episodes with a checkpoint's policy.</summary>
internal sealed class EvaluateCommand(HostCollaborators collaborators, HostConsole console)
{
    // The range of evaluation.episodes.
    private const int MaxEpisodes = 100_000;

    /// <summary>Plays them and prints one line.</summary>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong.</exception>
    public int Run(EvaluateRequest request, CancellationToken stop)
    {
        if (request.Episodes is < 1 or > MaxEpisodes)
        {
            throw new UserErrorException($"--episodes {request.Episodes} is out of range: give 1 to {MaxEpisodes}");
        }

        (string checkpoint, string? runConfiguration) = Locate(request.CheckpointPath);
        // A network of the user's own is looked for before the checkpoint can say what it was trained on.
        TrainingOptions given = Resolve(request.Configuration, runConfiguration, "").Options;
        CheckpointChoice choice = request.IsBest ? CheckpointChoice.Best : CheckpointChoice.Newest;
        using SavedPolicy saved = collaborators.Checkpoints.Load(checkpoint, choice, given.Network.SearchPaths, given.Runner);
        foreach (string notice in saved.Notices)
        {
            console.Error.WriteLine($"warning: {notice}");
        }

        TrainingOptions options = Resolve(request.Configuration, runConfiguration, saved.EnvironmentName).Options;
        RequireFit(saved.Layout, options.Environment, checkpoint);
        using IVectorEnvironment environment = collaborators.Environments.CreateVector(options.Environment, request.Episodes ?? options.Evaluation.Episodes);
        IReadOnlyList<double> returns = new GreedyEvaluation(environment, saved.Policy) { EpisodesLost = WarnOfLoss }.Run(options.Run.Seed, SeedStreams.EvaluationCommand, stop);
        console.Output.WriteLine(EvaluationLine.Format(ReturnStatistics.From(returns)));
        return ExitCode.Done;
    }

    private void WarnOfLoss(string cause) => console.Error.WriteLine($"warning: {cause}");

    private static (string Checkpoint, string? Configuration) Locate(string path)
    {
        bool isManifest = File.Exists(path);
        if (!isManifest && !Directory.Exists(path))
        {
            throw new UserErrorException($"{path} does not exist: give a run's folder, the checkpoint folder in it, or a file manifest-N.json there");
        }

        if (isManifest && !CheckpointStore.IsManifest(path))
        {
            throw new UserErrorException($"{path} is a file, and no checkpoint's manifest-N.json: give a run's folder, or the checkpoint folder in it");
        }

        string inRun = Path.Combine(path, RunDirectory.CheckpointName);
        string checkpoint = Directory.Exists(inRun) ? inRun : path;
        string folder = Path.GetFullPath(isManifest ? Path.GetDirectoryName(Path.GetFullPath(path))! : checkpoint);
        string run = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? path;
        string configuration = Path.Combine(run, RunDirectory.ConfigurationName);
        return (checkpoint, File.Exists(configuration) ? configuration : null);
    }

    private static ResolvedConfiguration Resolve(ConfigurationSource source, string? runConfiguration, string environmentName)
    {
        IReadOnlyList<string> files = source.Files.Count > 0 || runConfiguration is null ? source.Files : [runConfiguration];
        if (files.Count > 0)
        {
            return (source with { Files = files }).Resolve();
        }

        return ConfigurationResolver.Resolve([.. source.Overrides(), .. EnvironmentLayers.Of(environmentName, "the checkpoint")]);
    }

    private void RequireFit(NetworkLayout layout, EnvironmentSpecification environment, string checkpoint)
    {
        (ObservationFormat observation, int actionCount) = collaborators.Environments.RequireSpaces(environment);
        if (layout.ObservationSize != observation.Size || layout.ActionCount != actionCount)
        {
            throw new UserErrorException(
                $"the network of {checkpoint} ({layout.Description}) takes {layout.ObservationSize} components and {layout.ActionCount} actions, but {environment.DisplayName} has {observation.Size} and {actionCount}: name the environment that it was trained on with --set dqn.environment.id=ID, and its wrappers, if it had any, with --set dqn.environment.wrappers=[...]");
        }
    }
}
