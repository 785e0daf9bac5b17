using System.Globalization;

namespace DqnAkka.Learner;

/// <summary>The shards' files in a run's folder: <c>replay/shard-&lt;index&gt;-&lt;incarnation&gt;.replay</c>, by the incarnation that made the file.</summary>
public static class ShardFiles
{
    /// <summary>The files' folder in the run's.</summary>
    public const string FolderName = "replay";

    private const string Extension = ".replay";
    private const string SetAsideExtension = ".set-aside";
    private const string MarkExtension = ".unfinished";

    /// <summary>All shards' files in a run's folder, by shard, of each the newest first.</summary>
    /// <param name="runDirectory">The run's folder.</param>
    /// <returns>Their paths; none where there is no such folder.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static IReadOnlyList<string> Find(string runDirectory)
    {
        string folder = Path.Combine(runDirectory, FolderName);
        return !Directory.Exists(folder)
            ? []
            :
            [
                .. from path in Directory.EnumerateFiles(folder, "*" + Extension)
                   let name = ParseName(path)
                   where name is not null
                   orderby name.Value.Shard, name.Value.Incarnation descending
                   select path,
            ];
    }

    /// <summary>Bytes of a shard's file.</summary>
    /// <param name="plan">How its buffer lies in memory.</param>
    public static long LengthOf(ReplayMemoryPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return ShardFile.LengthFor(plan.RegionBytes);
    }

    /// <summary>Opens a shard's newest file that fits, or makes one.</summary>
    /// <param name="runDirectory">The run's folder.</param>
    /// <param name="shard">The shard's index.</param>
    /// <param name="schema">What it is to hold.</param>
    /// <param name="nextIncarnation">Gives a new incarnation.</param>
    /// <returns>The shard, and what became of the files that were there.</returns>
    /// <exception cref="ReplayFileException">There is no room, or the folder cannot be written.</exception>
    public static ShardOpening Open(string runDirectory, int shard, ShardSchema schema, Func<long> nextIncarnation) =>
        new ShardOpener(runDirectory, shard, schema, nextIncarnation, MappedFile.Create).Open();

    internal static string NameOf(int shard, long incarnation) => string.Create(CultureInfo.InvariantCulture, $"shard-{shard}-{incarnation}{Extension}");

    /// <summary>
    /// The empty file that stands beside a shard's file while that is being made. Whatever else is not as it should be is damage: that a
    /// file is empty or zero does not say that it never held anything.
    /// </summary>
    internal static string MarkOf(string path) => Path.ChangeExtension(path, MarkExtension);

    /// <summary>Deletes a shard's file and, after it, its mark.</summary>
    internal static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(MarkOf(path));
    }

    /// <summary>Deletes marks of a shard whose file was never begun.</summary>
    internal static void DeleteMarksWithoutFile(string folder, int shard)
    {
        foreach (string mark in Directory.EnumerateFiles(folder, string.Create(CultureInfo.InvariantCulture, $"shard-{shard}-*{MarkExtension}")))
        {
            if (!File.Exists(Path.ChangeExtension(mark, Extension)))
            {
                File.Delete(mark);
            }
        }
    }

    /// <summary>Renames a shard's file to one that no shard opens, and that nothing overwrites.</summary>
    /// <returns>The new name.</returns>
    internal static string SetAside(string path)
    {
        string aside = Path.ChangeExtension(path, SetAsideExtension);
        for (int copy = 2; File.Exists(aside); copy++)
        {
            aside = Path.ChangeExtension(path, string.Create(CultureInfo.InvariantCulture, $"{copy}{SetAsideExtension}"));
        }

        File.Move(path, aside);
        return aside;
    }

    /// <summary>Whose file that is, by its name.</summary>
    /// <param name="path">A path as <see cref="Find"/> gives it.</param>
    /// <returns>The shard and the incarnation that made the file; null where the name is no such one.</returns>
    public static (int Shard, long Incarnation)? ParseName(string path)
    {
        string[] parts = Path.GetFileNameWithoutExtension(path).Split('-');
        return parts.Length == 3 && parts[0] == "shard"
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int shard)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long incarnation)
            ? (shard, incarnation)
            : null;
    }
}

/// <summary>A shard that was opened.</summary>
/// <param name="Memory">The shard.</param>
/// <param name="Notes">What its user should know, one line each; none where the shard is simply new.</param>
/// <param name="IsLoss">Whether something was there that is not held any more.</param>
public sealed record ShardOpening(ShardMemory Memory, IReadOnlyList<string> Notes, bool IsLoss);
