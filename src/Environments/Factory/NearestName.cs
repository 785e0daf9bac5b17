namespace DqnAkka.Environments;

/// <summary>Finds the name that the user probably meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate with the smallest edit distance to <paramref name="name"/>, ignoring case.</summary>
    public static string Of(string name, IEnumerable<string> candidates) => candidates.MinBy(candidate => EditDistance(name, candidate))!;

    /// <summary>
    /// The environment's id that was probably meant: nobody misses the name, but many the family before it and the version after it
    /// ("catch" for "bsuite/catch-v0"), so the names are compared first and the whole ids only where those are equally near.
    /// </summary>
    public static string OfId(string id, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => (EditDistance(NameIn(id), NameIn(candidate)), EditDistance(id, candidate)))!;

    /// <summary>Insertions, deletions and substitutions that turn one name into the other, ignoring case (Levenshtein 1966).</summary>
    public static int EditDistance(string first, string second)
    {
        int[] previous = [.. Enumerable.Range(0, second.Length + 1)];
        int[] current = new int[second.Length + 1];
        for (int i = 0; i < first.Length; i++)
        {
            current[0] = i + 1;
            for (int j = 0; j < second.Length; j++)
            {
                int substitution = char.ToUpperInvariant(first[i]) == char.ToUpperInvariant(second[j]) ? 0 : 1;
                current[j + 1] = Math.Min(Math.Min(current[j], previous[j + 1]) + 1, previous[j] + substitution);
            }

            (previous, current) = (current, previous);
        }

        return previous[second.Length];
    }

    private static string NameIn(string id)
    {
        string name = id[(id.LastIndexOf('/') + 1)..];
        string withoutDigits = name.TrimEnd("0123456789".ToCharArray());
        return withoutDigits.Length < name.Length && withoutDigits.EndsWith("-v", StringComparison.OrdinalIgnoreCase) ? withoutDigits[..^2] : name;
    }
}
