using System.Globalization;
using System.Text.RegularExpressions;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>What the command line says about the configuration.</summary>
internal sealed record ConfigurationSource
{
    private const string DefaultExperiment = "cartpole";
    private const string IdKey = "dqn.environment.id";
    private const string TypeKey = "dqn.environment.type";

    /// <summary>
    /// Each <c>--config</c>: a file, or the name of one that travels inside the program; a later one wins. Without an experiment among
    /// them (none, or <c>tls</c> alone) it goes by the environment that <see cref="Assignments"/> name.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Options of the command that stand for keys; they win over <c>--set</c>.</summary>
    public IReadOnlyList<(string Key, string Value, string Option)> Options { get; init; } = [];

    /// <summary>The roles of a node, whose settings lie under the files; empty where the command is for no node.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Each <c>--set</c>, <c>key=value</c>; a later one wins.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary>The value of an environment variable, null where it is not set.</summary>
    public Func<string, string?> Variables { get; init; } = Environment.GetEnvironmentVariable;

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
        string? experiment = Files.FirstOrDefault(file => !IsAddition(file));
        IEnumerable<ConfigurationLayer> files =
        [
            .. Files.Reverse().Select(file => ReadFile(file, Variables)),
            // The first experiment names the run; what comes after it amends it.
            .. experiment is null ? LayersOfEnvironment(overrides) : [NameOf(experiment)],
        ];
        return ConfigurationResolver.Resolve([.. overrides, .. files, .. Roles.Select(role => Resource($"roles/{role}.conf", Variables))]);
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

        layers.AddRange(Options.Select(option => ConfigurationLayer.Literal(option.Key, option.Value, option.Option)));
        layers.AddRange(Assignments.Reverse().Select(ReadAssignment));
        if (Roles.Count > 0)
        {
            layers.Add(Resource("environment.conf", Variables));
        }

        return layers;
    }

    /// <summary>A file, and beneath it the name that it gives the experiment.</summary>
    /// <exception cref="UserErrorException">The file is missing, unreadable or not well-formed.</exception>
    public static IReadOnlyList<ConfigurationLayer> FileLayers(string file) => [ReadFile(file, Environment.GetEnvironmentVariable), NameOf(file)];

    private static bool IsAddition(string file) => !File.Exists(file) && EmbeddedHocon.Additions.Contains(file);

    private static ConfigurationLayer NameOf(string file) => RunName(Path.GetFileNameWithoutExtension(file), "the file's name");

    private static ConfigurationLayer ReadFile(string file, Func<string, string?> variables)
    {
        if (!File.Exists(file) && EmbeddedHocon.Experiments.Contains(file))
        {
            return Experiment(file);
        }

        if (IsAddition(file))
        {
            return Resource($"{file}.conf", variables);
        }

        try
        {
            string path = Path.GetFullPath(file);
            return ConfigurationLayer.Parse(File.ReadAllText(path), file, Path.GetDirectoryName(path)!, variables);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException($"{file} does not exist: give --config a file, or one of {string.Join(", ", EmbeddedHocon.Experiments.Concat(EmbeddedHocon.Additions))}");
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
            return new EnvironmentSpecification { Type = type }.IsGymnasium && ValueOf(IdKey, overrides) is { } gymnasium
                ? [RunName(gymnasium, "the environment's id")]
                : [RunName(type.Split(',')[0].Trim(), "the environment's type")];
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

    private static ConfigurationLayer Experiment(string name) => Resource($"experiments/{name}.conf", Environment.GetEnvironmentVariable);

    private static ConfigurationLayer Resource(string name, Func<string, string?> variables) =>
        ConfigurationLayer.Parse(EmbeddedHocon.Read(name), $"hocon/{name}", Environment.CurrentDirectory, variables);

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
