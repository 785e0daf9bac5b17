namespace DqnAkka.Host;

/// <summary>Rows of cells in columns.</summary>
internal static class TextTable
{
    /// <summary>Writes the rows, each column as wide as its longest cell.</summary>
    /// <param name="rows">The rows, all of one length; the first is the header.</param>
    /// <param name="output">Where they go.</param>
    public static void Write(IReadOnlyList<string[]> rows, TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
