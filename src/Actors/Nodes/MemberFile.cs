using System.Text;

namespace DqnAkka.Actors;

/// <summary>
/// The cluster's other members, kept in the run directory: a first seed that is started again asks them before it forms a cluster,
/// and so never forms a second one beside one that lives. One <c>host:port</c> a line.
/// </summary>
public sealed class MemberFile
{
    /// <summary>Its name in the run directory.</summary>
    public const string FileName = "members";

    private const int MaxMembers = 1000;
    private readonly string _path;
    private readonly Action<string> _line;

    /// <summary>Names the file; nothing is read yet.</summary>
    /// <param name="directory">The run directory.</param>
    /// <param name="line">Hears of a file that cannot be read or written.</param>
    public MemberFile(string directory, Action<string> line)
    {
        ArgumentNullException.ThrowIfNull(line);
        _path = Path.Combine(directory, FileName);
        _line = line;
    }

    /// <summary>The members; none where there is no file, or none that can be used.</summary>
    public IReadOnlyList<string> Read()
    {
        try
        {
            string[] lines = File.Exists(_path) ? File.ReadAllLines(_path) : [];
            if (lines.Length <= MaxMembers && Array.TrueForAll(lines, line => NodeAddress.TryParse(line, out _, out _)))
            {
                return lines;
            }

            _line($"{_path} holds something else than one host:port a line: it is ignored, and written anew when the node has joined");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _line($"{_path} cannot be read, members of an earlier cluster are not asked: {exception.Message.ReplaceLineEndings(" ")}");
        }

        return [];
    }

    /// <summary>Replaces the file whole: a process that is killed meanwhile leaves the old one or the new one.</summary>
    /// <param name="members">The members.</param>
    public void Write(IReadOnlyList<string> members)
    {
        string temporary = _path + ".new";
        try
        {
            File.WriteAllText(temporary, string.Concat(members.Take(MaxMembers).Select(member => member + "\n")), Encoding.ASCII);
            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _line($"{_path} cannot be written, so that this node, started again, will not find the cluster without its seed nodes: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }
}
