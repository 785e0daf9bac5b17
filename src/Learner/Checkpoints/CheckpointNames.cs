using System.Globalization;
using System.Text.RegularExpressions;

namespace DqnAkka.Learner;

/// <summary>Names of the files of a checkpoint's folder. Whatever is not named so is the user's, and stays.</summary>
internal static partial class CheckpointNames
{
    public const string TemporarySuffix = ".tmp";
    public const string OldManifest = "manifest.json";

    public static string Manifest(long number) => string.Create(CultureInfo.InvariantCulture, $"manifest-{number}.json");

    public static string Policy(long number) => string.Create(CultureInfo.InvariantCulture, $"policy-{number}.safetensors");

    public static string Learner(long number) => string.Create(CultureInfo.InvariantCulture, $"learner-{number}.safetensors");

    public static string Attachment(long number, string name) => string.Create(CultureInfo.InvariantCulture, $"attachment-{number}-{name}.bin");

    /// <summary>The number of the checkpoint that a manifest of this name seals; null where it is no manifest's name.</summary>
    public static long? NumberOf(string manifest) =>
        ManifestPattern().Match(manifest) is { Success: true } match && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;

    /// <summary>Whether a file holds the data that a manifest may name.</summary>
    public static bool IsData(string name) => DataPattern().IsMatch(name);

    /// <summary>The number in a data file's name, finished or not; null where it is none's.</summary>
    public static long? NumberOfData(string name) =>
        OwnPattern().Match(name) is { Success: true } match && long.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;

    /// <summary>Whether an attachment may be called so.</summary>
    public static bool IsAttachment(string name) => name.Length <= 40 && AttachmentPattern().IsMatch(name);

    [GeneratedRegex(@"\Amanifest-([1-9][0-9]{0,17})\.json\z", RegexOptions.CultureInvariant)]
    private static partial Regex ManifestPattern();

    [GeneratedRegex(@"\A((policy|learner)-[1-9][0-9]{0,17}\.safetensors|attachment-[1-9][0-9]{0,17}-[a-z0-9-]+\.bin)\z", RegexOptions.CultureInvariant)]
    private static partial Regex DataPattern();

    [GeneratedRegex(
        @"\A((policy|learner)-(?<number>[1-9][0-9]{0,17})\.safetensors|attachment-(?<number>[1-9][0-9]{0,17})-[a-z0-9-]+\.bin|manifest-(?<number>[1-9][0-9]{0,17})\.json)(\.tmp)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex OwnPattern();

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex AttachmentPattern();
}
