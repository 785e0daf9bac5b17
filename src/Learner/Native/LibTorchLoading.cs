using System.Text.RegularExpressions;

namespace DqnAkka.Learner;

/// <summary>Loads TorchSharp's native library, and finds the reason in words where it cannot be loaded.</summary>
/// <param name="platform">Where this process runs.</param>
/// <param name="load">Loads the library of that path or name with everything it needs; null, or what the system's loader says.</param>
internal sealed partial class LibTorchLoading(NativePlatform platform, Func<string, string?> load)
{
    private const string LibraryName = "LibTorchSharp";
    // build/WeakenGlibcxxRequirement.targets
    private const string MendedVersion = "GLIBCXX_3.4.32";

    /// <summary>Null where libtorch is loaded, otherwise why it is not, as the second half of a sentence.</summary>
    public string? FindProblem()
    {
        string? file = platform.Folders.Select(folder => Path.Combine(folder, platform.LibraryFile)).FirstOrDefault(File.Exists);
        string? said = load(file ?? LibraryName);
        return said is null ? null : Explain(file, said);
    }

    private string Explain(string? file, string said)
    {
        if (platform.IsMusl)
        {
            return $"libtorch needs glibc, and this system ({platform.RuntimeIdentifier}) has musl";
        }

        if (!platform.HasLibrary)
        {
            return $"there is no libtorch for {platform.RuntimeIdentifier}";
        }

        if (file is null)
        {
            return $"{platform.LibraryFile} is not in {platform.Folders[0]}: {Rebuild()}";
        }

        // The loader names one cause for each place that it has looked in; the first is the one for this file.
        string line = OneLine(said);
        if (MissingLibrary().Match(line) is { Success: true } missing)
        {
            return $"{missing.Groups["name"].Value}, which {file} needs, was not found: {Rebuild()}";
        }

        return MissingVersion().Match(line) is { Success: true } version
            ? TooOld(file, version.Groups["name"].Value)
            : $"{file} cannot be loaded: {line}";
    }

    private static string TooOld(string file, string version)
    {
        string library = version.StartsWith("GLIBC_", StringComparison.Ordinal) ? "glibc" : "libstdc++";
        string remedy = version == MendedVersion ? ", or the program as this repository's build makes it, which does not need it" : "";
        return $"the {library} of this system is too old for {file}, which asks for {version}: use a system with a newer one{remedy}";
    }

    private string Rebuild() => $"the program was built for another platform, or without libtorch; build it here, or publish it with -r {platform.RuntimeIdentifier}";

    // .NET puts a sentence of advice before the words of the system's loader, one line for each attempt.
    private static string OneLine(string said)
    {
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Skip(1).FirstOrDefault() ?? lines.FirstOrDefault() ?? "the system gives no reason";
    }

    [GeneratedRegex(@"^(?:.*: )?(?<name>lib[\w.+-]+): cannot open shared object file: No such file")]
    private static partial Regex MissingLibrary();

    [GeneratedRegex(@"version [`'](?<name>(GLIBC|GLIBCXX|CXXABI)_[\d.]+)' not found")]
    private static partial Regex MissingVersion();
}
