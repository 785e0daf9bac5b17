using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What the <c>eval</c> command was asked.</summary>
/// <param name="CheckpointPath">A run's folder or a checkpoint's.</param>
/// <param name="Episodes">Number of episodes; null for <c>evaluation.episodes</c>.</param>
/// <param name="Configuration">Where the environment is described, over the run's own configuration.</param>
internal sealed record EvaluateRequest(string CheckpointPath, int? Episodes, ConfigurationSource Configuration);

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
        IReadOnlyList<string> networkPath = Resolve(request.Configuration, runConfiguration, "").Options.Network.SearchPaths;
        using SavedPolicy saved = collaborators.Checkpoints.Load(checkpoint, networkPath);
        TrainingOptions options = Resolve(request.Configuration, runConfiguration, saved.EnvironmentName).Options;
        RequireFit(saved.Layout, options.Environment, checkpoint);
        IVectorEnvironment environment = collaborators.Environments.CreateVector(options.Environment, request.Episodes ?? options.Evaluation.Episodes);
        IReadOnlyList<double> returns = new GreedyEvaluation(environment, saved.Policy).Run(options.Run.Seed, SeedStreams.EvaluationCommand, stop);
        console.Output.WriteLine(EvaluationLine.Format(ReturnStatistics.From(returns)));
        return ExitCode.Done;
    }

    private static (string Checkpoint, string? Configuration) Locate(string path)
    {
        if (File.Exists(path))
        {
            throw new UserErrorException($"{path} is a file: give a run's folder, or the checkpoint folder in it");
        }

        if (!Directory.Exists(path))
        {
            throw new UserErrorException($"{path} does not exist: give a run's folder, or the checkpoint folder in it");
        }

        string inRun = Path.Combine(path, RunDirectory.CheckpointName);
        string checkpoint = Directory.Exists(inRun) ? inRun : path;
        string run = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint))) ?? path;
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

        List<ConfigurationLayer> layers = [.. source.Overrides()];
        if (environmentName.Length > 0)
        {
            // A user's own type is assembly-qualified, "Type, Assembly"; a registered id has no comma.
            string key = environmentName.Contains(',', StringComparison.Ordinal) ? "dqn.environment.type" : "dqn.environment.id";
            layers.Add(ConfigurationLayer.Single(key, environmentName, "the checkpoint"));
        }

        return ConfigurationResolver.Resolve(layers);
    }

    private void RequireFit(NetworkLayout layout, EnvironmentSpecification environment, string checkpoint)
    {
        (ObservationFormat observation, int actionCount) = collaborators.Environments.RequireSpaces(environment);
        if (layout.ObservationSize != observation.Size || layout.ActionCount != actionCount)
        {
            throw new UserErrorException(
                $"the network of {checkpoint} ({layout.Description}) takes {layout.ObservationSize} components and {layout.ActionCount} actions, but {environment.DisplayName} has {observation.Size} and {actionCount}: name the environment that it was trained on with --set dqn.environment.id=ID");
        }
    }
}
