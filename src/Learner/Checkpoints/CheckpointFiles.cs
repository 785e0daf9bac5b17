using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace DqnAkka.Learner;

/// <summary>The files of a checkpoint's folder: their names, their checks, and which of them are left over.</summary>
internal static partial class CheckpointFiles
{
    public const string ManifestName = "manifest.json";
    public const string TemporarySuffix = ".tmp";
    public const long MaximumManifestLength = 1_000_000;

    public static string PolicyName(string stamp) => $"policy-{stamp}.safetensors";

    public static string LearnerName(string stamp) => $"learner-{stamp}.safetensors";

    /// <summary>The number of updates, with a suffix where files of that name are there already: the present manifest may vouch for them.</summary>
    public static string FreeStamp(string directory, long updates)
    {
        string stamp = $"{updates}";
        for (int copy = 2; File.Exists(Path.Combine(directory, PolicyName(stamp))) || File.Exists(Path.Combine(directory, LearnerName(stamp))); copy++)
        {
            stamp = $"{updates}-{copy}";
        }

        return stamp;
    }

    /// <summary>Deletes data files and temporary files of this format's names, except those to keep.</summary>
    /// <param name="directory">The checkpoint's folder.</param>
    /// <param name="kept">Names of files that stay.</param>
    /// <param name="stepDone">Called after each deletion, with its name.</param>
    public static void DeleteOthers(string directory, IReadOnlyCollection<string> kept, Action<string>? stepDone)
    {
        foreach (string path in Directory.GetFiles(directory))
        {
            string name = Path.GetFileName(path);
            if (!OwnName().IsMatch(name) || kept.Contains(name))
            {
                continue;
            }

            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The new checkpoint is whole; where a reader still holds an old file open, the next save deletes it.
            }

            stepDone?.Invoke($"deleted {name}");
        }
    }

    /// <summary>Reads a data file after checking it against the manifest.</summary>
    /// <param name="directory">The checkpoint's folder.</param>
    /// <param name="file">What the manifest says.</param>
    /// <returns>The file's path, for messages, and its tensors.</returns>
    /// <exception cref="CheckpointException">The file is missing, cut or altered.</exception>
    public static (string Path, IReadOnlyList<SafeTensor> Tensors) Read(string directory, ManifestFile file)
    {
        if (!DataName().IsMatch(file.File))
        {
            throw new CheckpointException($"checkpoint {Path.Combine(directory, ManifestName)} is damaged: it names a data file that is none; use another checkpoint");
        }

        string path = Path.Combine(directory, file.File);
        if (!File.Exists(path))
        {
            throw new CheckpointException($"checkpoint {path} is missing, though {ManifestName} names it; use another checkpoint");
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (stream.Length != file.Length)
        {
            throw new CheckpointException($"checkpoint {path} is damaged: it has {stream.Length} bytes where the manifest says {file.Length}; use another checkpoint");
        }

        string sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (sha256 != file.Sha256)
        {
            throw new CheckpointException($"checkpoint {path} is damaged: its sha256 {sha256} is not the one that the manifest says; use another checkpoint");
        }

        stream.Position = 0;
        return (path, SafeTensorsReader.Read(stream, path));
    }

    [GeneratedRegex(@"\A(policy|learner)-[0-9]+(-[0-9]+)?\.safetensors\z", RegexOptions.CultureInvariant)]
    private static partial Regex DataName();

    [GeneratedRegex(@"\A((policy|learner)-[0-9]+(-[0-9]+)?\.safetensors(\.tmp)?|manifest\.json\.tmp)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OwnName();
}
