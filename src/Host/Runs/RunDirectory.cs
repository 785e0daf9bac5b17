using System.Globalization;

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
