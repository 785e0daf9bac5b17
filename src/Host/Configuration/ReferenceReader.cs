using System.Text.RegularExpressions;

namespace DqnAkka.Host;

/// <summary>One key as the reference documents it.</summary>
/// <param name="Name">The key's name within its group.</param>
/// <param name="Default">The default as written.</param>
/// <param name="Unit">The unit; empty where it has none.</param>
/// <param name="Allowed">Range or choices, without the leading word.</param>
/// <param name="Meaning">What it means.</param>
internal sealed record ReferenceEntry(string Name, string Default, string Unit, string Allowed, string Meaning);

/// <summary>One group of keys.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Meaning">What it is about.</param>
/// <param name="Entries">Its keys, in order.</param>
internal sealed record ReferenceGroup(string Name, string Meaning, IReadOnlyList<ReferenceEntry> Entries);

/// <summary>
/// Reads the comments of <c>hocon/reference.conf</c>. Its shape: a comment of whole sentences above each group and key; the last
/// comment line of a key is <c>Unit: …. Range: ….</c>, <c>Range: ….</c> or <c>Choices: ….</c>
/// </summary>
internal static partial class ReferenceReader
{
    /// <summary>Reads the groups of <c>dqn { }</c>.</summary>
    /// <exception cref="FormatException">A key's comment does not have the shape.</exception>
    public static IReadOnlyList<ReferenceGroup> Read(string text)
    {
        List<ReferenceGroup> groups = [];
        List<ReferenceEntry> entries = [];
        List<string> comment = [];
        foreach (string line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('#'))
            {
                comment.Add(line[1..].Trim());
                continue;
            }

            if (line is not ("" or "}" or "dqn {"))
            {
                if (line.EndsWith(" {", StringComparison.Ordinal))
                {
                    entries = [];
                    groups.Add(new ReferenceGroup(line[..^2], string.Join(' ', comment), entries));
                }
                else
                {
                    entries.Add(ReadEntry(line, comment));
                }
            }

            comment.Clear();
        }

        return groups;
    }

    private static ReferenceEntry ReadEntry(string line, List<string> comment)
    {
        Match allowed = AllowedLine().Match(comment.Count > 1 ? comment[^1] : "");
        if (!allowed.Success)
        {
            throw new FormatException($"the comment above '{line}' needs its meaning and a last line 'Unit: …. Range: ….', 'Range: ….' or 'Choices: ….'");
        }

        string[] parts = line.Split([" = ", " "], 2, StringSplitOptions.None);
        return new ReferenceEntry(parts[0], parts[1], allowed.Groups["unit"].Value, allowed.Groups["allowed"].Value, string.Join(' ', comment[..^1]));
    }

    [GeneratedRegex(@"^(Unit: (?<unit>[^.]+)\. )?(Range|Choices): (?<allowed>.+)\.$")]
    private static partial Regex AllowedLine();
}
