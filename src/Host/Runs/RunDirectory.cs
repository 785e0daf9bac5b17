using System.Globalization;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>The folder of one run. It is made before anything starts, and never over another run's.</summary>
internal sealed class RunDirectory
{
    /// <summary>The checkpoint's folder in it.</summary>
    public const string CheckpointName = Learner.CheckpointStore.FolderName;

    /// <summary>The resolved configuration's file in it.</summary>
    public const string ConfigurationName = "resolved.conf";

    private RunDirectory(string path) => Path = path;

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>JSON Lines of the run's course.</summary>
    public string MetricsFile => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>The picture of the learning curve.</summary>
    public string LearningCurveFile => System.IO.Path.Combine(Path, "returns.png");

    /// <summary>Makes the folder.</summary>
    /// <param name="requested">The folder that the user named; empty for <c>runs/&lt;name&gt;-&lt;time&gt;</c> in the current folder.</param>
    /// <param name="name">The experiment's name.</param>
    /// <param name="time">Now, in UTC.</param>
    /// <exception cref="UserErrorException">It holds files already or cannot be written.</exception>
    public static RunDirectory Create(string requested, string name, DateTime time)
    {
        string path = System.IO.Path.GetFullPath(requested.Length > 0 ? requested : Choose(name, time));
        try
        {
            Directory.CreateDirectory(path);
            if (Directory.EnumerateFileSystemEntries(path).FirstOrDefault() is { } entry)
            {
                throw new UserErrorException(Occupied(path, System.IO.Path.GetFileName(entry)));
            }

            return new RunDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, exception);
        }
    }

    /// <summary>Uses a folder that may hold a run already, which then goes on.</summary>
    /// <param name="requested">The folder.</param>
    /// <exception cref="UserErrorException">It cannot be made.</exception>
    public static RunDirectory Open(string requested)
    {
        string path = System.IO.Path.GetFullPath(requested);
        try
        {
            Directory.CreateDirectory(path);
            return new RunDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, exception);
        }
    }

    /// <summary>Writes the resolved configuration where there is none; where there is one, it must be of the same run.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="isForced">Whether the run goes on although settings differ; what its state is laid out by must still be the same.</param>
    /// <returns>One line that says which settings change from what to what where that is forced, or null.</returns>
    /// <exception cref="UserErrorException">The folder holds another run, or cannot be written.</exception>
    public string? RequireSameRun(ResolvedConfiguration configuration, bool isForced)
    {
        string file = System.IO.Path.Combine(Path, ConfigurationName);
        try
        {
            // Where no training has begun there is nothing that another configuration could spoil.
            if (!File.Exists(file) || !Directory.Exists(System.IO.Path.Combine(Path, CheckpointName)))
            {
                WholeFile.Write(file, configuration.Text);
                return null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(Path, exception);
        }

        return ConfigurationDrift.Require(
            Path,
            ReadConfiguration(file),
            configuration,
            isForced,
            key => SharedKeys.MustAgree(key, [ClusterRoles.Learner]),
            "another folder with --run-dir");
    }

    /// <summary>Reads a run's configuration.</summary>
    /// <param name="file">Its file.</param>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public static ResolvedConfiguration ReadConfiguration(string file) => ConfigurationResolver.Resolve(ConfigurationSource.FileLayers(file));

    /// <summary>Writes the resolved configuration in the place of that of the run's earlier part.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void ReplaceConfiguration(string text)
    {
        try
        {
            WholeFile.Write(System.IO.Path.Combine(Path, ConfigurationName), text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(Path, exception);
        }
    }

    /// <summary>Writes the resolved configuration.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void WriteConfiguration(string text)
    {
        try
        {
            using StreamWriter writer = new(new FileStream(System.IO.Path.Combine(Path, ConfigurationName), FileMode.CreateNew));
            writer.Write(text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(Path, exception);
        }
    }

    /// <summary>What was learned or played there may be wanted: the line names the ways to it, and not how to lose it.</summary>
    private static string Occupied(string path, string entry)
    {
        bool hasReplay = Learner.ShardFiles.Find(path).Count > 0;
        bool hasCheckpoint = new Learner.CheckpointStore(System.IO.Path.Combine(path, CheckpointName)).Exists;
        if (!hasReplay && !hasCheckpoint)
        {
            return $"run directory {path} is not empty (it holds {entry}): give a new one with --run-dir, or delete it";
        }

        string file = System.IO.Path.Combine(path, ConfigurationName);
        string configuration = File.Exists(file) ? $" --config {file}" : "";
        string[] ways =
        [
            // Without a checkpoint there is nothing to resume, but a node goes on with the transitions.
            $"go on with it by {(hasCheckpoint ? $"train --resume {path}" : $"node --roles seed,learner,replay,runner --run-dir {path}{configuration}")}",
            .. hasReplay ? [$"take what it played with replay export {path} --output FILE"] : Array.Empty<string>(),
        ];
        return $"run directory {path} holds a run: {string.Join(", ", ways)}, or give a new one with --run-dir";
    }

    private static UserErrorException Unwritable(string path, Exception exception) =>
        new($"run directory {path} cannot be written ({exception.Message.TrimEnd('.')}): give another with --run-dir");

    private static string Choose(string name, DateTime time)
    {
        string stamp = time.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string first = System.IO.Path.Combine("runs", $"{name}-{stamp}");
        string path = first;
        for (int number = 2; Directory.Exists(path); number++)
        {
            path = $"{first}-{number}";
        }

        return path;
    }
}
