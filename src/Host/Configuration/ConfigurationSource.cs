using System.Globalization;
using System.Text.RegularExpressions;

namespace DqnAkka.Host;

/// <summary>What the command line says about the configuration.</summary>
internal sealed record ConfigurationSource
{
    private const string DefaultExperiment = "cartpole";
    private const string TlsName = "tls";
    private const string IdKey = "dqn.environment.id";
    private const string TypeKey = "dqn.environment.type";

    /// <summary>
    /// Each <c>--config</c>: a file, or the name of one that travels inside the program; a later one wins. None to go by the environment
    /// that <see cref="Assignments"/> name.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Options of the command that stand for keys; they win over <c>--set</c>.</summary>
    public IReadOnlyList<(string Key, string Value, string Option)> Options { get; init; } = [];

    /// <summary>The roles of a node, whose settings lie under the files; empty where the command is for no node.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Each <c>--set</c>, <c>key=value</c>; a later one wins.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary><c>--seed</c>; wins over every other source.</summary>
    public ulong? Seed { get; init; }

    /// <summary><c>--run-dir</c>; wins over every other source.</summary>
    public string? RunDirectory { get; init; }

    /// <summary>
    /// Reads the sources: options of their own, then <c>--set</c>, for a node the environment's variables, then the files, for a node its
    /// roles. Without a file: the ready-made experiment of the
    /// environment that is set, none where it has none, and the default experiment where no environment is set.
    /// </summary>
    /// <exception cref="UserErrorException">A file is missing or a source is not well-formed.</exception>
    public ResolvedConfiguration Resolve()
    {
        IReadOnlyList<ConfigurationLayer> overrides = Overrides();
        // The first file names the experiment; what comes after it amends it.
        IEnumerable<ConfigurationLayer> files = Files.Count == 0
            ? LayersOfEnvironment(overrides)
            : [.. Files.Skip(1).Reverse().Select(file => FileLayers(file)[0]), .. FileLayers(Files[0])];
        return ConfigurationResolver.Resolve([.. overrides, .. files, .. Roles.Select(role => Resource($"roles/{role}.conf"))]);
    }

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

        layers.AddRange(Options.Select(option => ConfigurationLayer.Single(option.Key, option.Value, option.Option)));
        layers.AddRange(Assignments.Reverse().Select(ReadAssignment));
        if (Roles.Count > 0)
        {
            layers.Add(Resource("environment.conf"));
        }

        return layers;
    }

    /// <summary>A file, and beneath it the name that it gives the experiment.</summary>
    /// <exception cref="UserErrorException">The file is missing, unreadable or not well-formed.</exception>
    public static IReadOnlyList<ConfigurationLayer> FileLayers(string file)
    {
        ConfigurationLayer name = RunName(Path.GetFileNameWithoutExtension(file), "the file's name");
        if (!File.Exists(file) && EmbeddedHocon.Experiments.Contains(file))
        {
            return [Experiment(file), name];
        }

        if (!File.Exists(file) && file == TlsName)
        {
            return [Resource("tls.conf"), name];
        }

        try
        {
            string path = Path.GetFullPath(file);
            return [ConfigurationLayer.Parse(File.ReadAllText(path), file, Path.GetDirectoryName(path)!), name];
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

    // Another environment must not inherit the score and the hyperparameters that were chosen for the default experiment's.
    private static IReadOnlyList<ConfigurationLayer> LayersOfEnvironment(IReadOnlyList<ConfigurationLayer> overrides)
    {
        if (ValueOf(TypeKey, overrides) is { Length: > 0 } type)
        {
            return [RunName(type.Split(',')[0].Trim(), "the environment's type")];
        }

        if (ValueOf(IdKey, overrides) is not { } id)
        {
            return FileLayers(DefaultExperiment);
        }

        string? experiment = EmbeddedHocon.Experiments.FirstOrDefault(name => ValueOf(IdKey, [Experiment(name)]) == id);
        return experiment is null
            ? [RunName(id, "the environment's id")]
            : [Experiment(experiment), RunName(experiment, "the experiment's name")];
    }

    private static string? ValueOf(string key, IEnumerable<ConfigurationLayer> layers) =>
        layers.Select(layer => layer.Values.GetValueOrDefault(key)).FirstOrDefault(raw => raw is { Items.Count: > 0 })?.Items[0];

    private static ConfigurationLayer Experiment(string name) => Resource($"experiments/{name}.conf");

    private static ConfigurationLayer Resource(string name) =>
        ConfigurationLayer.Parse(EmbeddedHocon.Read(name), $"hocon/{name}", Environment.CurrentDirectory);

    private static ConfigurationLayer RunName(string text, string origin) =>
        ConfigurationLayer.Single("dqn.run.name", Regex.Replace(text, "[^A-Za-z0-9._-]", "-"), origin);

    private static ConfigurationLayer ReadAssignment(string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? ConfigurationLayer.Single(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim(), "--set")
            : throw new UserErrorException($"--set {assignment} has no value: write --set key=value, for example --set dqn.learner.batch-size=64");
    }
}
