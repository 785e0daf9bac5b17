using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>The policy of a checkpoint, and the environment that it is to act in.</summary>
internal sealed class TrainedAgent : IDisposable
{
    private readonly SavedPolicy _saved;

    private TrainedAgent(SavedPolicy saved, TrainingOptions options) => (_saved, Options) = (saved, options);

    /// <summary>The greedy policy.</summary>
    public GreedyPolicy Policy => _saved.Policy;

    /// <summary>The run's options, with what the user gave over them.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Loads it, and warns of checkpoints that were passed over.</summary>
    /// <param name="collaborators">Where checkpoints and environments come from.</param>
    /// <param name="console">Receives the warnings.</param>
    /// <param name="path">A run's folder, its checkpoints', or one checkpoint's manifest.</param>
    /// <param name="isBest">Whether the best checkpoint by evaluation is meant and not the newest.</param>
    /// <param name="source">What the user gave, over the run's own configuration.</param>
    /// <exception cref="UserErrorException">There is no such checkpoint, or its network does not fit the environment.</exception>
    public static TrainedAgent Load(HostCollaborators collaborators, HostConsole console, string path, bool isBest, ConfigurationSource source)
    {
        (string checkpoint, string? runConfiguration) = Locate(path);
        // A network of the user's own is looked for before the checkpoint can say what it was trained on.
        TrainingOptions given = Resolve(source, runConfiguration, "").Options;
        CheckpointChoice choice = isBest ? CheckpointChoice.Best : CheckpointChoice.Newest;
        SavedPolicy saved = collaborators.Checkpoints.Load(checkpoint, choice, given.Network.SearchPaths, given.Runner);
        try
        {
            foreach (string notice in saved.Notices)
            {
                console.Error.WriteLine($"warning: {notice}");
            }

            TrainingOptions options = Resolve(source, runConfiguration, saved.EnvironmentName).Options;
            RequireFit(collaborators.Environments, saved.Layout, options.Environment, checkpoint);
            return new TrainedAgent(saved, options);
        }
        catch
        {
            saved.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _saved.Dispose();

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

    private static void RequireFit(IEnvironmentSource environments, NetworkLayout layout, EnvironmentSpecification environment, string checkpoint)
    {
        (ObservationFormat observation, int actionCount) = environments.RequireSpaces(environment);
        if (layout.ObservationSize != observation.Size || layout.ActionCount != actionCount)
        {
            throw new UserErrorException(
                $"the network of {checkpoint} ({layout.Description}) takes {layout.ObservationSize} components and {layout.ActionCount} actions, but {environment.DisplayName} has {observation.Size} and {actionCount}: name the environment that it was trained on with --set dqn.environment.id=ID, and its wrappers, if it had any, with --set dqn.environment.wrappers=[...]");
        }
    }
}
