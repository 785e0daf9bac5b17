using System.Globalization;
using System.Text.RegularExpressions;

namespace DqnAkka.Host;

/// <summary>What the command line says about the configuration.</summary>
internal sealed record ConfigurationSource
{
    private const string DefaultExperiment = "cartpole";

    /// <summary>The file of <c>--config</c>, or the name of a ready-made experiment; null for the default experiment.</summary>
    public string? File { get; init; }

    /// <summary>Each <c>--set</c>, <c>key=value</c>; a later one wins.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary><c>--seed</c>; wins over every other source.</summary>
    public ulong? Seed { get; init; }

    /// <summary><c>--run-dir</c>; wins over every other source.</summary>
    public string? RunDirectory { get; init; }

    /// <summary>Reads the sources: options of their own, then <c>--set</c>, then the file or the default experiment.</summary>
    /// <exception cref="UserErrorException">A file is missing or a source is not well-formed.</exception>
    public ResolvedConfiguration Resolve() => ConfigurationResolver.Resolve([.. Overrides(), .. FileLayers(File ?? DefaultExperiment)]);

    /// <summary>The sources that are stronger than any file, the strongest first.</summary>
    /// <exception cref="UserErrorException">An assignment is not well-formed.</exception>
    public IReadOnlyList<ConfigurationLayer> Overrides()
    {
        List<ConfigurationLayer> layers = [];
        if (Seed is { } seed)
        {
            layers.Add(ConfigurationLayer.Single("dqn.run.seed", seed.ToString(CultureInfo.InvariantCulture), "--seed"));
        }

        if (RunDirectory is { } directory)
        {
            layers.Add(ConfigurationLayer.Single("dqn.run.directory", directory, "--run-dir"));
        }

        layers.AddRange(Assignments.Reverse().Select(ReadAssignment));
        return layers;
    }

    /// <summary>A file, and beneath it the name that it gives the experiment.</summary>
    /// <exception cref="UserErrorException">The file is missing, unreadable or not well-formed.</exception>
    public static IReadOnlyList<ConfigurationLayer> FileLayers(string file)
    {
        string stem = Regex.Replace(Path.GetFileNameWithoutExtension(file), "[^A-Za-z0-9._-]", "-");
        ConfigurationLayer name = ConfigurationLayer.Single("dqn.run.name", stem, "the file's name");
        if (!System.IO.File.Exists(file) && EmbeddedHocon.Experiments.Contains(file))
        {
            string resource = $"experiments/{file}.conf";
            return [ConfigurationLayer.Parse(EmbeddedHocon.Read(resource), $"hocon/{resource}", Environment.CurrentDirectory), name];
        }

        try
        {
            string path = Path.GetFullPath(file);
            return [ConfigurationLayer.Parse(System.IO.File.ReadAllText(path), file, Path.GetDirectoryName(path)!), name];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException($"{file} does not exist: give --config a file, or one of {string.Join(", ", EmbeddedHocon.Experiments)}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserErrorException($"{file} cannot be read: {exception.Message}");
        }
    }

    private static ConfigurationLayer ReadAssignment(string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? ConfigurationLayer.Single(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim(), "--set")
            : throw new UserErrorException($"--set {assignment} has no value: write --set key=value, for example --set dqn.learner.batch-size=64");
    }
}
