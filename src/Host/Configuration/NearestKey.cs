namespace DqnAkka.Host;

/// <summary>Finds what a user most likely meant.</summary>
internal static class NearestKey
{
    /// <summary>The candidate with the fewest single-letter edits (Levenshtein 1966); the first of equals.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="candidates">What exists, at least one.</param>
    public static string Find(string typed, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => Math.Min(Distance(typed, candidate), Distance(Setting.Root + typed, candidate)))!;

    /// <summary>Insertions, deletions and replacements of one letter that turn one word into the other.</summary>
    public static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[to.Length];
    }
}
