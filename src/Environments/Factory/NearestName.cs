namespace DqnAkka.Environments;

/// <summary>Finds the name that the user probably meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate with the smallest edit distance to <paramref name="name"/>, ignoring case.</summary>
    public static string Of(string name, IEnumerable<string> candidates) => candidates.MinBy(candidate => EditDistance(name, candidate))!;

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
}
