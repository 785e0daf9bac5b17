using System.Reflection;

namespace DqnAkka.Host;

/// <summary>The files of <c>hocon/</c>, which travel inside the program.</summary>
internal static class EmbeddedHocon
{
    private const string Folder = "hocon/";
    private const string ExperimentFolder = Folder + "experiments/";
    private const string Extension = ".conf";

    /// <summary>The ready-made experiments by name, sorted.</summary>
    public static IReadOnlyList<string> Experiments =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Select(name => name.Replace('\\', '/'))
            .Where(name => name.StartsWith(ExperimentFolder, StringComparison.Ordinal))
            .Select(name => name[ExperimentFolder.Length..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Ready-made files that stand beside an experiment, by name.</summary>
    public static IReadOnlyList<string> Additions { get; } = ["tls"];

    /// <summary>The text of a file, for example <c>reference.conf</c> or <c>experiments/cartpole.conf</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + name)
            ?? throw new FileNotFoundException($"hocon/{name} is not part of this program");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
