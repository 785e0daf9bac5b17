namespace DqnAkka.Actors;

/// <summary>Small text files that other processes read: never half written.</summary>
public static class WholeFile
{
    /// <summary>Writes a file under another name and renames it; a process that is killed meanwhile leaves the old one or the new one.</summary>
    /// <param name="path">The file, in a folder that exists.</param>
    /// <param name="text">What it is to hold.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, string text)
    {
        // Two processes may write the same file at once, and a name must not begin as the file's does: some are found by that.
        string temporary = Path.Combine(Path.GetDirectoryName(path) ?? "", $"new-{Guid.NewGuid():N}-{Path.GetFileName(path)}");
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
