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
                throw new UserErrorException($"run directory {path} is not empty (it holds {System.IO.Path.GetFileName(entry)}): give a new one with --run-dir, or delete it");
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
    /// <exception cref="UserErrorException">The folder holds another run, or cannot be written.</exception>
    public void RequireSameRun(ResolvedConfiguration configuration)
    {
        string file = System.IO.Path.Combine(Path, ConfigurationName);
        try
        {
            // Where no training has begun there is nothing that another configuration could spoil.
            if (!File.Exists(file) || !Directory.Exists(System.IO.Path.Combine(Path, CheckpointName)))
            {
                WholeFile.Write(file, configuration.Text);
                return;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(Path, exception);
        }

        ResolvedConfiguration existing = ConfigurationResolver.Resolve(ConfigurationSource.FileLayers(file));
        string[] different =
        [
            .. from entry in configuration.Node.Agreement
               where SharedKeys.MustAgree(entry.Key, [ClusterRoles.Learner])
               let other = existing.Node.Agreement.GetValueOrDefault(entry.Key, "nothing")
               where other != entry.Value
               select $"{entry.Key} is {other} there and {entry.Value} here",
        ];
        if (different.Length > 0)
        {
            throw new UserErrorException(
                $"run directory {Path} holds a run with another configuration ({string.Join("; ", different)}): give the same configuration, or another folder with --run-dir");
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
