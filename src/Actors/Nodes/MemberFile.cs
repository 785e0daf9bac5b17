namespace DqnAkka.Actors;

/// <summary>
/// The cluster's members, kept in the run directory: a first seed that is started again asks them before it forms a cluster, and so
/// never forms a second one beside one that lives. One <c>host:port</c> a line, one file for each node that uses the directory: the
/// node that is left when the others have died still stands in its own.
/// </summary>
public sealed class MemberFile
{
    /// <summary>How its name in the run directory begins.</summary>
    public const string Prefix = "members-";

    private const int MaxMembers = 1000;
    private readonly string _directory;
    private readonly string _path;
    private readonly Action<string> _line;

    /// <summary>Names the file; nothing is read yet.</summary>
    /// <param name="directory">The run directory.</param>
    /// <param name="node">What tells this node from the others that use the directory.</param>
    /// <param name="line">Hears of a file that cannot be read or written.</param>
    public MemberFile(string directory, string node, Action<string> line)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(node);
        _directory = directory;
        _path = Path.Combine(directory, Prefix + string.Join('_', node.Split(Path.GetInvalidFileNameChars())));
        _line = line;
    }

    /// <summary>The members that any node has noted there; none where there is no file, or none that can be used.</summary>
    public IReadOnlyList<string> Read()
    {
        string[] files = Directory.Exists(_directory) ? Directory.GetFiles(_directory, Prefix + "*") : [];
        return [.. files.SelectMany(Read).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Replaces the file whole: a process that is killed meanwhile leaves the old one or the new one.</summary>
    /// <param name="members">The members.</param>
    public void Write(IReadOnlyList<string> members)
    {
        try
        {
            WholeFile.Write(_path, string.Concat(members.Take(MaxMembers).Select(member => member + "\n")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _line($"{_path} cannot be written, so that this node, started again, will not find the cluster without its seed nodes: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    private string[] Read(string path)
    {
        try
        {
            string[] lines = File.ReadAllLines(path);
            if (lines.Length <= MaxMembers && Array.TrueForAll(lines, line => NodeAddress.TryParse(line, out _, out _)))
            {
                return lines;
            }

            _line($"{path} holds something else than one host:port a line: it is ignored");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _line($"{path} cannot be read, members of an earlier cluster are not asked: {exception.Message.ReplaceLineEndings(" ")}");
        }

        return [];
    }
}
